import { writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import type { LabelKind, QualityNumbers } from '../../contract/index.ts';
import { type DraftOptions, draftOf, withDraftOptions } from '../draft-options.ts';
import { followJobs, refuseCancelled } from '../follow-jobs.ts';
import { jsonOption, type LibraryOptions, libraryOption, wholeNumber } from '../options.ts';
import { withEngine } from '../with-engine.ts';

type PreviewOptions = LibraryOptions & DraftOptions & { top: number };

/** Queries of a preview, spread over the library. */
const previewQueries = 12;

const preview = withDraftOptions(
  new Command('preview').description('what another recipe would find, on a sample of the library'),
)
  .option('--top <k>', 'results for each query', wholeNumber(1), 5)
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async ({ library, json, top, ...options }: PreviewOptions) => {
    const found = await withEngine(library, 'read', async (engine) => {
      const draft = await draftOf(engine, options);
      const { total } = await engine.call('photos', { offset: 0, limit: 1, order: 'path' });
      const photoIds: number[] = [];
      for (let i = 0; i < Math.min(previewQueries, total); i++) {
        const offset = Math.floor((i * total) / previewQueries);
        const { photos } = await engine.call('photos', { offset, limit: 1, order: 'path' });
        photoIds.push(...photos.map(({ id }) => id));
      }
      return engine.call('tunePreview', { recipe: draft, photoIds, top });
    });
    if (json) {
      console.log(JSON.stringify(found));
      return;
    }
    for (const { photo, now, draft } of found.queries) {
      console.log(photo.name);
      console.log(`  now    ${now.map((hit) => `${hit.photo.name} ${hit.score.toFixed(3)}`).join(', ')}`);
      console.log(`  draft  ${draft.map((hit) => `${hit.photo.name} ${hit.score.toFixed(3)}`).join(', ')}`);
    }
    const { quality, milliseconds, sampled, limits } = found;
    if (quality) {
      console.log(`now    ${numbers(quality.now)}`);
      console.log(`draft  ${numbers(quality.draft)}`);
    } else console.log('Nothing tells which photos match; make pairs to measure with: semblance tune pairs');
    if (limits !== '') console.log(limits);
    console.log(`${sampled} photos compared in ${Math.round(milliseconds)} ms`);
  });

function numbers({ mAP, precisionAt1, precisionAt10, queries }: QualityNumbers): string {
  return `mAP ${mAP.toFixed(3)}, P@1 ${precisionAt1.toFixed(3)}, P@10 ${precisionAt10.toFixed(3)} (${queries} queries)`;
}

type ReadOptions = LibraryOptions & DraftOptions & { output?: string };

const read = withDraftOptions(
  new Command('read').description(
    'read the photos for another recipe, so that it can be previewed and compared; what is in service stays',
  ),
)
  .option(
    '--output <file>',
    'write the recipe to a file; compare it with: semblance evaluate --compare current FILE',
  )
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async ({ library, json, output, ...options }: ReadOptions) => {
    const startedMs = performance.now();
    const { recipe, outcome } = await withEngine(library, 'write', async (engine) => {
      const draft = await draftOf(engine, options);
      const { id } = await followJobs(engine, () => engine.call('readForRecipe', { recipe: draft }));
      const jobs = engine.jobs.list();
      refuseCancelled(jobs, 'Stopped. What is read stays; run the same again to carry on.');
      return { recipe: draft, outcome: jobs.find((job) => job.id === id)?.outcome ?? '' };
    });
    if (output !== undefined) await writeFile(output, `${JSON.stringify(recipe, null, 2)}\n`);
    const seconds = (performance.now() - startedMs) / 1000;
    console.log(json ? JSON.stringify({ recipe, seconds, outcome }) : outcome);
  });

interface SearchOptions extends LibraryOptions {
  seconds: number;
  by: LabelKind;
  output?: string;
}

const search = new Command('search')
  .description('look for a better recipe, and say how good it is on photos that did not choose it')
  .option('--seconds <n>', 'how long to look', wholeNumber(5), 60)
  .addOption(
    new Option('--by <labels>', 'what tells which photos match')
      .choices(['folder', 'tag', 'pairs'])
      .default('folder'),
  )
  .option('--output <file>', 'write the recipe found to a file; apply it with: semblance recipe import')
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async ({ library, json, seconds, by, output }: SearchOptions) => {
    const found = await withEngine(library, 'write', async (engine) => {
      await followJobs(engine, () => engine.call('tuneSearch', { by, seconds }));
      refuseCancelled(engine.jobs.list(), 'Stopped.');
      return engine.jobs.list().findLast(({ found: finding }) => finding !== null)?.found ?? null;
    });
    if (!found) return;
    if (output !== undefined) await writeFile(output, `${JSON.stringify(found.recipe, null, 2)}\n`);
    if (json) console.log(JSON.stringify(found));
    else {
      const { before, after, low, high, tried } = found;
      console.log(JSON.stringify(found.recipe, null, 2));
      console.log(
        `Held-out mAP ${before.toFixed(3)} → ${after.toFixed(3)} (difference ${low.toFixed(3)} … ${high.toFixed(3)} with 95 % confidence; ${tried} recipes tried)`,
      );
    }
  });

const pairs = new Command('pairs')
  .description(
    'make altered copies of some photos, to learn from and to measure with where there are no labels',
  )
  .addOption(libraryOption())
  .action(async ({ library }: LibraryOptions) => {
    await withEngine(library, 'write', async (engine) => {
      await followJobs(engine, () => engine.call('makePairs', {}));
      refuseCancelled(engine.jobs.list(), 'Stopped. What is made stays; run the same again to carry on.');
    });
    console.log('Pairs are made.');
  });

export const tuneCommand = new Command('tune')
  .description('preview, read photos for and search for recipes')
  .addCommand(preview)
  .addCommand(read)
  .addCommand(search)
  .addCommand(pairs);
