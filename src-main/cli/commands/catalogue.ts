/** `models catalogue` and `models install`: the recommended models. */
import { Command } from 'commander';
import { type CatalogueItem, SemblanceError } from '../../contract/index.ts';
import { catalogue, installModel } from '../../vision/index.ts';
import { described } from '../model-words.ts';
import { jsonOption } from '../options.ts';
import { clearBytes, megabytes, showBytes } from '../progress.ts';

export const catalogueCommand = new Command('catalogue')
  .description('list the models that are recommended: what for, how large, whose, and how to get them')
  .addOption(jsonOption())
  .action(({ json }: { json: boolean }) => {
    const items = catalogue();
    console.log(json ? JSON.stringify(items) : items.map(itemText).join('\n'));
  });

function itemText(item: CatalogueItem): string {
  const { name, title, purpose, origin, licence, sizeBytes, pictures, sha256, installedAs } = item;
  const size = sizeBytes === null ? 'size not verified' : `${megabytes(sizeBytes.value)} MB`;
  return [
    `${name}: ${title} (${size})${installedAs === null ? '' : `, installed as ${installedAs}`}`,
    `  purpose   ${purpose}`,
    `  licence   ${sourced(licence)}`,
    `  origin    ${origin}`,
    `  pictures  ${pictures === null ? 'not verified' : picturesText(pictures.value)}`,
    `  sha256    ${sourced(sha256)}`,
    ...howToText(item),
  ].join('\n');
}

function picturesText(pictures: NonNullable<CatalogueItem['pictures']>['value']): string {
  return pictures === 'any' ? 'of any size' : `made for ${pictures.width} × ${pictures.height} pixels`;
}

function sourced(fact: { value: string; verified: string } | null): string {
  return fact === null ? 'not verified' : `${fact.value} (${fact.verified})`;
}

function howToText({ name, address, howToGet }: CatalogueItem): string[] {
  if (address) {
    return [`  address   ${sourced(address)}`, `  to add it semblance models install ${name}`];
  }
  const { words, script, wasRun } = howToGet!;
  return [
    '  address   not verified',
    `  to get it ${words}${script !== null && !wasRun ? ' The script was not run by us.' : ''}`,
    ...(script ?? '')
      .split('\n')
      .filter(Boolean)
      .map((line) => `      ${line}`),
    `  to add it semblance models install ${name} --file FILE`,
  ];
}

export const installCommand = new Command('install')
  .description(
    'add a model of the catalogue: it is downloaded, or taken from a file, checked, and tried on a picture',
  )
  .argument('<name>', 'its name in the catalogue')
  .option('--file <file>', 'the ONNX file on this machine; nothing is downloaded then')
  .addOption(jsonOption())
  .action(async (name: string, { file, json }: { file?: string; json: boolean }) => {
    const stop = new AbortController();
    const onSignal = (): void => stop.abort();
    process.once('SIGINT', onSignal);
    process.once('SIGTERM', onSignal);
    try {
      const info = await installModel(name, file ?? null, { signal: stop.signal, onProgress: showBytes });
      clearBytes();
      if (json) console.log(JSON.stringify(info));
      else console.log(`${described(info)}\nUse it: semblance retune --model ${info.name}`);
    } catch (error) {
      clearBytes();
      if (error instanceof SemblanceError && error.code === 'cancelled') process.exitCode = 130;
      throw error;
    } finally {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    }
  });
