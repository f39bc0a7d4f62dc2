import { Command } from 'commander';
import type { TimedProfile } from '../../contract/index.ts';
import { followJobs, refuseCancelled } from '../follow-jobs.ts';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';
import { duration } from '../progress.ts';
import { withEngine } from '../with-engine.ts';

interface ProfileOptions extends LibraryOptions {
  measure: boolean;
}

export const profilesCommand = new Command('profiles')
  .description('how thoroughly photos can be read, and how long each way takes for this library')
  .option('--measure', 'measure the times, on the first twenty photos', false)
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async ({ library, measure, json }: ProfileOptions) => {
    const report = await withEngine(library, measure ? 'write' : 'read', async (engine) => {
      if (measure) {
        await followJobs(engine, () => engine.call('timeProfiles', {}));
        refuseCancelled(engine.jobs.list(), 'Stopped. Nothing was measured.');
      }
      return engine.call('profiles', {});
    });
    if (json) {
      console.log(JSON.stringify(report));
      return;
    }
    for (const profile of report.profiles) console.log(line(profile, report.photos));
    console.log('Take one: semblance retune --profile fast');
  });

function line({ name, purpose, secondsPerPhoto, isCurrent }: TimedProfile, photos: number): string {
  const time =
    secondsPerPhoto === null
      ? 'not measured yet: --measure'
      : `${(1 / secondsPerPhoto).toFixed(1)} photos/s, ${duration(photos * secondsPerPhoto)} for ${photos} photos`;
  return `${name.padEnd(10)}${time}${isCurrent ? ', in use' : ''}\n          ${purpose}`;
}
