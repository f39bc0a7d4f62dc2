import { Command } from 'commander';
import { createInterface } from 'node:readline/promises';
import { type Recipe, type RetunePlan, SemblanceError } from '../../contract/index.ts';
import type { Engine } from '../../engine/index.ts';
import { type DraftOptions, draftOf, withDraftOptions } from '../draft-options.ts';
import { followJobs, refuseCancelled } from '../follow-jobs.ts';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';
import { duration } from '../progress.ts';
import { withEngine } from '../with-engine.ts';

type RetuneOptions = LibraryOptions & DraftOptions & { yes: boolean };

export const retuneCommand = withDraftOptions(
  new Command('retune').description(
    'describe all photos by another recipe; the old one serves until the new one is complete',
  ),
)
  .option('--yes', 'read photos again without asking where the recipe needs it', false)
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async (options: RetuneOptions) => {
    await withEngine(options.library, 'write', async (engine) => {
      await applyRecipe(engine, await draftOf(engine, options), options);
    });
  });

/** Applies a recipe, follows the jobs, and prints what came of it. */
export async function applyRecipe(
  engine: Engine,
  recipe: Recipe,
  { yes, json }: Pick<RetuneOptions, 'yes' | 'json'>,
): Promise<void> {
  const startedMs = performance.now();
  const plan = await engine.call('retunePlan', { recipe });
  const mayRead = plan.photosToRead === 0 || yes || (await agreed(plan, json));
  await followJobs(engine, () => engine.call('retune', { recipe, mayRead }));
  const jobs = engine.jobs.list();
  refuseCancelled(jobs, 'Stopped. The recipe from before is still in service.');
  const seconds = (performance.now() - startedMs) / 1000;
  const outcome = jobs.findLast((job) => job.outcome !== '')?.outcome ?? '';
  const networkRun = plan.photosToRead > 0;
  const photos = engine.serving?.index.size ?? 0;
  if (json) console.log(JSON.stringify({ recipe: engine.recipe, seconds, networkRun, photos, outcome }));
  else console.log(`${photos} photos in ${seconds.toFixed(1)} s. ${outcome}`);
}

/** @throws SemblanceError `must-read-photos` where nobody can be asked */
async function agreed({ photosToRead, secondsToRead }: RetunePlan, json: boolean): Promise<boolean> {
  const cost = `This recipe needs ${photosToRead} photos to be read again, which takes about ${duration(secondsToRead)}.`;
  if (json || !process.stdin.isTTY) {
    throw new SemblanceError('must-read-photos', `${cost} Run the same with --yes to do it.`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${cost} Go on? [y/N] `);
    if (/^y(es)?$/i.test(answer.trim())) return true;
    throw new SemblanceError('cancelled', 'Nothing was changed.');
  } finally {
    terminal.close();
  }
}
