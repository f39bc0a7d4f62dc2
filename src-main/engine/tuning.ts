/** Answers about recipes: what is in service, what a draft would find, what applying it costs. */
import {
  type CacheInfo,
  type CommandArguments,
  type Job,
  learns,
  presets,
  type PreviewResult,
  type Recipe,
  type Recipes,
  type RetunePlan,
  SemblanceError,
  type TunePreview,
} from '../contract/index.ts';
import {
  canonical,
  codeLength,
  decodeFitted,
  type Extraction,
  extractionOf,
  layoutOf,
} from '../descriptor/index.ts';
import { withoutLearning } from '../learn/index.ts';
import type { StoredGeneration } from '../library/index.ts';
import { analyse } from './analysis.ts';
import type { Engine } from './engine.ts';
import { folderLabelsVersion, groupsFor } from './labels.ts';
import { summariesOf } from './photo-summary.ts';
import type { PreviewHit, SampledSet } from './preview-session.ts';
import { isPartlyRead, telling } from './quality.ts';
import { firstPaths, secondsPerPhoto } from './reading-time.ts';
import { modelsOfRecipe } from './recipe-models.ts';
import type { Serving } from './serving.ts';
import { makePairs } from './vision-job.ts';

/** Photos that are read, and described, to tell how long all of them take. */
const photosToTime = 6;
const descriptionsToTime = 64;

export function recipesOf(engine: Engine): Recipes {
  const { generations, pastRecipes } = engine.library;
  return {
    current: engine.recipe,
    building: generations.building()?.recipe ?? null,
    past: pastRecipes.list(),
    presets: presets(),
    explained: explainedBy(engine.serving?.generation),
  };
}

function explainedBy(generation: StoredGeneration | undefined): Recipes['explained'] {
  const reduction = generation?.encodedFit ? decodeFitted(generation.encodedFit).reduction : null;
  if (reduction?.kind !== 'pca' || generation?.recipe.reduction.kind !== 'pca') return null;
  const { eigenvalues, totalVariance } = reduction.fit;
  const components = Array.from(
    eigenvalues.subarray(0, generation.recipe.reduction.dimension),
    (variance) => variance / totalVariance,
  );
  return { components, total: components.reduce((sum, share) => sum + share, 0) };
}

/** @throws SemblanceError `no-model`, `model-invalid` when the model lacks a tap */
export async function planRetune(engine: Engine, recipe: Recipe): Promise<RetunePlan> {
  const { library, retuning } = engine;
  const photos = library.contents.count();
  // What attention asks for is known once it is learned; that costs as much as the average in its place.
  const asked = extractionOf(
    withoutLearning(recipe),
    modelsOfRecipe(recipe).map(({ info }) => info),
  );
  const unread = (draft: Recipe): number => {
    const covering = retuning.covering(draft, 'serve');
    return covering === null ? photos : library.powerMeans.missing(covering).length;
  };
  const photosToRead = unread(recipe);
  return {
    photos,
    photosToRead,
    photosToPreview: unread(withoutLearning(recipe)),
    secondsToRead: photosToRead === 0 ? 0 : photosToRead * (await secondsPerReading(engine, asked)),
    secondsToBuild: photos * secondsPerDescription(engine),
    cacheBytes: photosToRead * codeLength(layoutOf(asked)),
    learns: learns(recipe),
  };
}

async function secondsPerReading(engine: Engine, extraction: Extraction): Promise<number> {
  return (await secondsPerPhoto(engine, extraction, firstPaths(engine, photosToTime))) ?? 0;
}

/** Measured on a few photos of the recipe in service, whose descriptors take about as long as any other's. */
function secondsPerDescription({ library, serving }: Engine): number {
  if (!serving) return 0;
  const { extractionKey } = serving.generation;
  const codes = library.powerMeans
    .sample(extractionKey, descriptionsToTime)
    .flatMap((id) => library.powerMeans.get(id, extractionKey) ?? []);
  const startedMs = performance.now();
  for (const code of codes) serving.pool(code);
  return codes.length === 0 ? 0 : (performance.now() - startedMs) / 1000 / codes.length;
}

/**
 * @throws SemblanceError `must-read-photos` when photos must go through the network again and that is not allowed,
 *   `library-in-use` while another recipe is being applied
 */
export async function retune(engine: Engine, { recipe, mayRead }: CommandArguments['retune']): Promise<Job> {
  if (!engine.serving) return engine.adopt(recipe);
  const { photosToRead, secondsToRead } = await planRetune(engine, recipe);
  if (photosToRead > 0 && !mayRead) {
    throw new SemblanceError(
      'must-read-photos',
      `This recipe needs ${photosToRead} photos to be read again, which takes about ${Math.ceil(secondsToRead)} s. Allow it to apply the recipe.`,
    );
  }
  return engine.retuning.begin(recipe);
}

/**
 * @throws SemblanceError `empty-library`; `recipe-mismatch` when photos must be read again for the draft; `not-found`
 *   for a photo that is gone
 */
export async function previewRecipe(
  engine: Engine,
  { recipe, photoIds, top }: CommandArguments['tunePreview'],
): Promise<TunePreview> {
  const startedMs = performance.now();
  const { library } = engine;
  const { generation } = servingOf(engine);
  const isInService = canonical(recipe) === canonical(generation.recipe);
  const covering = isInService
    ? generation.extractionKey
    : engine.retuning.covering(withoutLearning(recipe), 'measure');
  if (covering === null) {
    throw new SemblanceError(
      'recipe-mismatch',
      'This draft needs more than the cache holds, so it cannot be previewed before the photos are read for it.',
    );
  }
  const by = telling(engine, covering);
  const isPartial = isPartlyRead(library, generation.extractionKey, covering);
  const setOf = (extractionKey: string, other: string): SampledSet => ({
    libraryPath: library.path,
    extractionKey,
    ...(isPartial && { alsoIn: other }),
    groups: by === null ? { from: 'pairs' } : groupsFor(library, by, extractionKey),
    stamp: [
      library.powerMeans.count(extractionKey),
      isPartial && `${other} ${library.powerMeans.count(other)}`,
      by,
      by === 'pairs' ? library.variants.count(extractionKey) : folderLabelsVersion(library),
    ].join(' '),
  });
  const reply = await engine.previews.ask({
    now: setOf(generation.extractionKey, covering),
    draft: setOf(covering, generation.extractionKey),
    generation,
    recipe,
    queries: [...new Set(photoIds.map((photoId) => library.photos.contentOf(photoId).id))],
    top,
    qualityBy: by,
  });
  return {
    milliseconds: performance.now() - startedMs,
    sampled: reply.sampled,
    queries: reply.queries.flatMap(({ contentId, now, draft }) =>
      summariesOf(engine.library, contentId).map((photo) => ({
        photo,
        now: previewResults(engine, now),
        draft: previewResults(engine, draft),
      })),
    ),
    quality: reply.quality && by ? { by, ...reply.quality } : null,
    explained: reply.explained,
    limits: [isPartial && partlyRead, reply.limits].filter(Boolean).join(' '),
  };
}

const partlyRead =
  'Not all photos have been read for the draft; both recipes are compared on those that have.';

function previewResults(engine: Engine, hits: PreviewHit[]): PreviewResult[] {
  return hits.flatMap(({ contentId, score }) =>
    summariesOf(engine.library, contentId).map((photo) => ({ photo, score })),
  );
}

function servingOf({ serving }: Engine): Serving {
  if (serving) return serving;
  throw new SemblanceError(
    'empty-library',
    'There are no photos to tune on yet. Add a folder and index it first.',
  );
}

/** Reads photos for a draft, which can be previewed and measured then. @throws SemblanceError of `Retuning.readFor` */
export function readForRecipe(engine: Engine, recipe: Recipe): Job {
  return engine.retuning.readFor(recipe, servingOf(engine).generation);
}

export function startPairs(engine: Engine): { job: Job; ended: Promise<Job> } {
  const { extraction, generation } = servingOf(engine);
  return engine.jobs.start('pairs', async (control) => {
    const vision = await engine.readers.start(extraction);
    try {
      await makePairs(engine.library, generation.extractionKey, vision, control);
    } finally {
      await vision.close();
    }
  });
}

/** @throws SemblanceError `empty-library`, `no-ground-truth` */
export function startTuneSearch(
  engine: Engine,
  { by, seconds }: CommandArguments['tuneSearch'],
): { job: Job; ended: Promise<Job> } {
  const { generation } = servingOf(engine);
  const { extractionKey, recipe } = generation;
  const groups = groupsFor(engine.library, by, extractionKey);
  return engine.jobs.start('tune-search', async (control) => {
    const task = {
      kind: 'tune-search',
      libraryPath: engine.library.path,
      extractionKey,
      groups,
      recipe,
      seconds,
    } as const;
    await analyse(task, control, (result) => {
      if (result.kind === 'finding') control.find(result.finding);
    });
  });
}

export function cacheInfo(engine: Engine): CacheInfo {
  const { library, serving } = engine;
  const extractionKey = serving?.generation.extractionKey ?? '';
  return {
    bytes: library.cacheBytes(),
    budgetBytes: library.settings.get().cacheBudgetBytes,
    photos: library.powerMeans.count(extractionKey),
    ofPhotos: library.contents.count(),
    bytesPerPhoto: serving ? codeLength(serving.layout) : 0,
  };
}
