import { resolve } from 'node:path';
import { Command } from 'commander';
import { type BinnedFile, type RestoreOutcome, SemblanceError } from '../../contract/index.ts';
import type { Engine } from '../../engine/index.ts';
import { followJobs } from '../follow-jobs.ts';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';
import { withEngine } from '../with-engine.ts';

const pageLength = 1000;
/** Files that went so close together went at once. */
const togetherMs = 60_000;

async function binnedFiles(engine: Engine): Promise<BinnedFile[]> {
  const all: BinnedFile[] = [];
  for (;;) {
    const { files } = await engine.call('binnedFiles', { offset: all.length, limit: pageLength });
    all.push(...files);
    if (files.length < pageLength) return all;
  }
}

const list = new Command('list')
  .description('what was moved to the bin, the latest first')
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async ({ library, json }: LibraryOptions) => {
    const files = await withEngine(library, 'read', binnedFiles);
    if (json) {
      console.log(JSON.stringify(files));
      return;
    }
    for (const { path, binnedAtMs, restoredAtMs, canRestore } of files) {
      const when = new Date(binnedAtMs).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' });
      const state =
        restoredAtMs !== null ? ' (brought back)' : canRestore ? '' : ' (restore it in the bin itself)';
      console.log(`${when}  ${path}${state}`);
    }
  });

const restore = new Command('restore')
  .description('bring files back from the bin to where they were')
  .argument('[path...]', 'where the files were')
  .option('--latest', 'all that went last', false)
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async (paths: string[], { library, json, latest }: LibraryOptions & { latest: boolean }) => {
    const outcome = await withEngine(library, 'write', (engine) =>
      followJobs(engine, async () => {
        const files = (await binnedFiles(engine)).filter(({ restoredAtMs }) => restoredAtMs === null);
        const chosen = latest ? wentLast(files) : paths.map((path) => fileAt(files, resolve(path)));
        if (chosen.length === 0) {
          throw new SemblanceError(
            'not-found',
            'Name files that are in the bin, or take --latest. See: semblance bin list',
          );
        }
        return engine.call('restoreBinned', { binnedIds: chosen.map(({ id }) => id) });
      }),
    );
    print(outcome, json);
  });

function wentLast(files: BinnedFile[]): BinnedFile[] {
  const last = files.findIndex(
    ({ binnedAtMs }, i) => i > 0 && files[i - 1].binnedAtMs - binnedAtMs > togetherMs,
  );
  return last < 0 ? files : files.slice(0, last);
}

function fileAt(files: BinnedFile[], path: string): BinnedFile {
  const file = files.find((each) => each.path === path);
  if (file) return file;
  throw new SemblanceError(
    'not-found',
    `${path} was not moved to the bin from here. See: semblance bin list`,
  );
}

function print(outcome: RestoreOutcome, json: boolean): void {
  if (outcome.failed.length > 0) process.exitCode = 1;
  if (json) {
    console.log(JSON.stringify(outcome));
    return;
  }
  for (const { path } of outcome.restored) console.log(`Back: ${path}`);
  for (const { message } of outcome.failed) console.log(message);
}

export const binCommand = new Command('bin')
  .description('what was moved to the bin of the system, and how to bring it back')
  .addCommand(list)
  .addCommand(restore);
