import { realpathSync, statSync } from 'node:fs';
import { Command } from 'commander';
import { type Folder, type IndexSummary, type Job, SemblanceError } from '../../contract/index.ts';
import type { Engine } from '../../engine/index.ts';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';
import { ProgressBar } from '../progress.ts';
import { withEngine } from '../with-engine.ts';

/** Skipped photos listed on a terminal; JSON lists them all. */
const listedProblems = 10;

export const indexCommand = new Command('index')
  .description(
    'add folders to the library and index their photos; what is known and unchanged is not read again',
  )
  .argument('<folder...>', 'folders with photos')
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async (paths: string[], { library, json }: LibraryOptions) => {
    const real = paths.map(realFolder);
    await withEngine(library, 'write', async (engine) => {
      const folders: Folder[] = [];
      for (const path of real) folders.push(await addFolder(engine, path));
      const job = await follow(engine, folders);
      if (job.state === 'cancelled' || !job.summary) {
        process.exitCode = 130;
        throw new SemblanceError(
          'cancelled',
          'Stopped. What is indexed stays; run the same again to carry on.',
        );
      }
      if (json) console.log(JSON.stringify(job.summary));
      else printSummary(job.summary);
    });
  });

/** Checked before the library is made, so that a slip of the keyboard leaves no empty library behind. */
function realFolder(path: string): string {
  try {
    const real = realpathSync(path);
    if (statSync(real).isDirectory()) return real;
  } catch {
    // Said below, as for a path that is no folder.
  }
  throw new SemblanceError('no-such-folder', `There is no folder ${path}. Check the path.`);
}

/** A folder inside one of the library's is indexed with it. */
async function addFolder(engine: Engine, path: string): Promise<Folder> {
  return engine.library.folders.covering(path) ?? engine.call('addFolder', { path });
}

/** Indexes, and waits for a new fit and its build when the library has outgrown the old one. */
async function follow(engine: Engine, folders: Folder[]): Promise<Job> {
  const bar = new ProgressBar();
  const unsubscribe = engine.subscribe((event) => {
    if (event.event === 'job' && event.data.state === 'running') bar.draw(event.data);
  });
  const stop = (): void => {
    for (const { id } of engine.jobs.list()) engine.jobs.cancel(id);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    const job = await engine.index(folders).ended;
    await engine.jobs.idle();
    for (const { error } of engine.jobs.list()) if (error) throw SemblanceError.fromReport(error);
    return job;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    unsubscribe();
    bar.clear();
  }
}

function printSummary(summary: IndexSummary): void {
  const { photos, indexed, unchanged, moved, removed, ignored, skipped, seconds, photosPerSecond } = summary;
  const rate = indexed > 0 ? `, ${photosPerSecond.toFixed(1)} photos/s` : '';
  console.log(`${photos} photos in the library (${seconds.toFixed(1)} s${rate})`);
  const counts = { indexed, unchanged, moved, removed, ignored, skipped: skipped.length };
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  if (told.length > 0) console.log(told.map(([word, count]) => `${word} ${count}`).join(', '));
  for (const { path, code, message } of skipped.slice(0, listedProblems)) {
    console.log(`  ${path}: ${message} (${code})`);
  }
  if (skipped.length > listedProblems) {
    console.log(`  … and ${skipped.length - listedProblems} more; --json lists them all`);
  }
}
