import { Command, InvalidArgumentError } from 'commander';
import { mostMaxMegapixels, type Settings } from '../../contract/index.ts';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';
import { withEngine } from '../with-engine.ts';

interface SettingsOptions extends LibraryOptions {
  maxMegapixels?: number;
  cacheGigabytes?: number;
  lowPriority?: boolean;
}

export const settingsCommand = new Command('settings')
  .description('show the settings of the library, and change those that are given')
  .option(
    '--max-megapixels <n>',
    'leave out photos with more; those left out before are read at the next indexing',
    numberWithin(1, mostMaxMegapixels),
  )
  .option('--cache-gigabytes <n>', 'what feature statistics may take', numberWithin(0, 1e6))
  .option('--low-priority', 'read one photo at a time')
  .option('--no-low-priority', 'read as many as the machine can')
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async ({ library, json, maxMegapixels, cacheGigabytes, lowPriority }: SettingsOptions) => {
    const changes: Partial<Settings> = {
      ...(maxMegapixels !== undefined && { maxMegapixels }),
      ...(cacheGigabytes !== undefined && { cacheBudgetBytes: cacheGigabytes * 1e9 }),
      ...(lowPriority !== undefined && { lowPriority }),
    };
    const changing = Object.keys(changes).length > 0;
    const settings = await withEngine(library, changing ? 'write' : 'read', (engine) =>
      changing ? engine.call('changeSettings', changes) : engine.call('settings', {}),
    );
    if (json) console.log(JSON.stringify(settings));
    else console.log(lines(settings).join('\n'));
  });

function lines(settings: Settings): string[] {
  return [
    `Most megapixels  ${settings.maxMegapixels}`,
    `Cache            ${settings.cacheBudgetBytes / 1e9} GB`,
    `Low priority     ${settings.lowPriority ? 'yes' : 'no'}`,
  ];
}

function numberWithin(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (text.trim() !== '' && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`);
  };
}
