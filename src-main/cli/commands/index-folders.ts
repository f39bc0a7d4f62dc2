import { realpathSync, statSync } from 'node:fs';
import { Command } from 'commander';
import { type Folder, type IndexSummary, type ProfileName, SemblanceError } from '../../contract/index.ts';
import type { Engine } from '../../engine/index.ts';
import { followJobs } from '../follow-jobs.ts';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';
import { profileNamed, profileOption } from '../profile-option.ts';
import { withEngine } from '../with-engine.ts';

/** Skipped photos listed on a terminal; JSON lists a thousand. */
const listedProblems = 10;

interface IndexOptions extends LibraryOptions {
  profile?: ProfileName;
}

export const indexCommand = new Command('index')
  .description(
    'add folders to the library and index their photos; what is known and unchanged is not read again',
  )
  .argument('<folder...>', 'folders with photos')
  .addOption(profileOption('how thoroughly to read the photos of a new library (see: semblance profiles)'))
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async (paths: string[], { library, json, profile }: IndexOptions) => {
    const real = paths.map(realFolder);
    await withEngine(library, 'write', async (engine) => {
      if (profile) await begin(engine, profile);
      const folders: Folder[] = [];
      for (const path of real) folders.push(await addFolder(engine, path));
      const job = await followJobs(engine, () => engine.index(folders).ended);
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

/** @throws SemblanceError `invalid-arguments` for a library whose photos are read in another way already */
async function begin(engine: Engine, name: ProfileName): Promise<void> {
  const { recipe, isCurrent } = await profileNamed(engine, name);
  if (isCurrent) return;
  if (engine.serving) {
    throw new SemblanceError(
      'invalid-arguments',
      `The photos of this library are read in another way. Change that for all of them: semblance retune --profile ${name}`,
    );
  }
  engine.adopt(recipe);
  await engine.jobs.idle();
}

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

function printSummary(summary: IndexSummary): void {
  const { photos, indexed, unchanged, moved, removed, ignored, skipped, skippedCount } = summary;
  const { offline, seconds, photosPerSecond } = summary;
  const rate = indexed > 0 ? `, ${photosPerSecond.toFixed(1)} photos/s` : '';
  console.log(`${photos} photos in the library (${seconds.toFixed(1)} s${rate})`);
  const counts = { indexed, unchanged, moved, removed, ignored, skipped: skippedCount };
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  if (told.length > 0)
    console.log(told.map(([word, count]) => `${word} ${count.toLocaleString('en')}`).join(', '));
  for (const path of offline) console.log(`  ${path} is not there; its photos stay searchable`);
  for (const { path, code, message } of skipped.slice(0, listedProblems)) {
    console.log(`  ${path}: ${message} (${code})`);
  }
  if (skippedCount > listedProblems) {
    console.log(`  … and ${skippedCount - listedProblems} more; --json lists the first thousand`);
  }
}
