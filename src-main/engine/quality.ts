/** How good the search is on the library itself, and which of two recipes is better. */
import {
  type CommandArguments,
  type LabelKind,
  labelsLookedAt,
  type ProbeReport,
  type QualityNumbers,
  type QualityReport,
  type Recipe,
  type RecipeComparison,
  SemblanceError,
} from '../contract/index.ts';
import { compareRecipes, type RankingReport } from '../evaluate/index.ts';
import type { Library } from '../library/index.ts';
import { analyseFor, type CachedSet } from './analysis.ts';
import type { Engine } from './engine.ts';
import { areTelling, folderLabels, groupsFor, tagLabels } from './labels.ts';
import type { Serving } from './serving.ts';

function servingOf({ serving }: Engine): Serving {
  if (serving && serving.index.size > 0) return serving;
  throw new SemblanceError('empty-library', 'There are no photos to evaluate yet. Index a folder first.');
}

/**
 * Every photo is a query, and those that belong to it are its positives. Without folds or another recipe, the
 * descriptors in service are measured, whose fits are unsupervised and the library's own, as in use.
 * @throws SemblanceError `empty-library`, `no-ground-truth`, `invalid-arguments` where folds are needed,
 *   `recipe-mismatch` when the cache lacks what a recipe needs
 */
export async function evaluateLibrary(
  engine: Engine,
  { by, folds, recipe }: CommandArguments['evaluate'],
): Promise<QualityReport> {
  const serving = servingOf(engine);
  const measured = recipe ?? serving.generation.recipe;
  if (folds === undefined) refuseWhatHasSeenTheAnswers([measured], by);
  const asInUse = folds === undefined && recipe === undefined && by !== 'pairs';
  const { report } = asInUse
    ? await (by === 'tag' ? evaluateTags(engine, serving) : evaluateServing(engine, serving))
    : await evaluateCached(cachedSet(engine, measured, by), measured, folds ?? 0);
  const fit = asInUse ? serving.generation.fit : folds === undefined ? 'library' : 'held-out';
  return toReport(report, by, measured, fit);
}

/** @throws SemblanceError `invalid-arguments` */
function refuseWhatHasSeenTheAnswers(recipes: Recipe[], by: LabelKind): void {
  if (!recipes.some((recipe) => labelsLookedAt(recipe) === by)) return;
  throw new SemblanceError(
    'invalid-arguments',
    'A recipe that is fitted by the labels it is measured by would look better than it is. Fit it on other photos than the queries: --folds 5',
  );
}

async function evaluateServing({ library }: Engine, { index }: Serving): Promise<{ report: RankingReport }> {
  const names = new Map<string, number>();
  const labels: number[] = [];
  const rows: Float32Array[] = [];
  for (const { folderId, directory, contentId } of library.photos.searchable()) {
    const vector = index.vector(contentId);
    if (!vector) continue;
    const name = `${folderId}/${directory}`;
    const label = names.get(name) ?? names.size;
    names.set(name, label);
    labels.push(label);
    rows.push(vector);
  }
  if (!areTelling({ labels })) {
    throw new SemblanceError(
      'no-ground-truth',
      'Folder names cannot serve as labels here: it takes two folders, one of them with two photos.',
    );
  }
  const { dimension } = index;
  return analyseFor('evaluation', { kind: 'evaluate', vectors: joined(rows, dimension), dimension, labels });
}

/** Every picture once, whether or not it has tags. */
async function evaluateTags({ library }: Engine, { index }: Serving): Promise<{ report: RankingReport }> {
  const { contentIds, tags: known } = tagLabels(library);
  const tagsOf = new Map(contentIds.map((id, i) => [id, known[i]]));
  const tags: number[][] = [];
  const rows: Float32Array[] = [];
  for (const contentId of library.photos.contentIds()) {
    const vector = index.vector(contentId);
    if (!vector) continue;
    tags.push(tagsOf.get(contentId) ?? []);
    rows.push(vector);
  }
  const { dimension } = index;
  const vectors = joined(rows, dimension);
  return analyseFor('evaluation', { kind: 'evaluate', vectors, dimension, labels: [], tags });
}

function joined(rows: Float32Array[], dimension: number): Float32Array {
  const vectors = new Float32Array(rows.length * dimension);
  rows.forEach((row, i) => vectors.set(row, i * dimension));
  return vectors;
}

/** The cached photos by which a recipe can be measured. */
function cachedSet(engine: Engine, recipe: Recipe, by: LabelKind): CachedSet {
  const { library } = engine;
  if (recipe.taps.some(({ pooling }) => pooling.kind === 'attention')) {
    throw new SemblanceError(
      'not-available',
      'Attention is learned from pixels, so it cannot be measured from the cache. Apply the recipe; it is judged on held-out photos while it learns.',
    );
  }
  const extractionKey = engine.retuning.covering(recipe, 'measure');
  if (extractionKey === null) {
    throw new SemblanceError(
      'recipe-mismatch',
      'The cache lacks what this recipe needs of the photos. Read them for it first: semblance tune read --recipe FILE',
    );
  }
  return { libraryPath: library.path, extractionKey, groups: groupsFor(library, by, extractionKey) };
}

function evaluateCached(set: CachedSet, recipe: Recipe, folds: number) {
  return analyseFor('evaluation', { kind: 'held-out', ...set, recipe, folds });
}

/** Whether photos of the library are missing in one of two different extractions' caches. */
export function isPartlyRead({ photos, powerMeans }: Library, a: string, b: string): boolean {
  const total = photos.contentCount();
  return a !== b && (powerMeans.count(a) < total || powerMeans.count(b) < total);
}

/** The photos by which two recipes can be compared: the same for both. */
function twoCachedSets(engine: Engine, a: Recipe, b: Recipe, by: LabelKind): [CachedSet, CachedSet] {
  const [first, second] = [cachedSet(engine, a, by), cachedSet(engine, b, by)];
  if (!isPartlyRead(engine.library, first.extractionKey, second.extractionKey)) return [first, second];
  return [
    { ...first, alsoIn: second.extractionKey },
    { ...second, alsoIn: first.extractionKey },
  ];
}

export function toReport(
  report: RankingReport,
  by: QualityReport['by'],
  recipe: Recipe,
  fit: QualityReport['fit'],
): QualityReport {
  return {
    ...qualityNumbers(report),
    by,
    recipe,
    fit,
    precisionRecall: report.curve,
    withoutMatch: report.withoutPositives,
  };
}

function qualityNumbers(report: RankingReport): QualityNumbers {
  const { queries, mAP, precisionAt1, precisionAt5, precisionAt10, recallAt1, recallAt5, recallAt10 } =
    report;
  return { queries, mAP, precisionAt1, precisionAt5, precisionAt10, recallAt1, recallAt5, recallAt10 };
}

/** Both recipes are fitted alike: on all photos, or with folds on other photos than the queries. */
export async function compareOnLibrary(
  engine: Engine,
  { by, folds, a, b }: CommandArguments['compareRecipes'],
): Promise<RecipeComparison> {
  servingOf(engine);
  if (folds === undefined) refuseWhatHasSeenTheAnswers([a, b], by);
  const [first, second] = twoCachedSets(engine, a, b, by);
  const before = await evaluateCached(first, a, folds ?? 0);
  const after = await evaluateCached(second, b, folds ?? 0);
  const { difference, interval, better, worse, same, perQuery } = compareRecipes(
    byPicture(before),
    byPicture(after),
  );
  const fit = folds === undefined ? 'library' : 'held-out';
  return {
    by,
    a: toReport(before.report, by, a, fit),
    b: toReport(after.report, by, b, fit),
    difference: { mean: difference, ...interval },
    better,
    worse,
    same,
    queries: perQuery
      .flatMap(({ name, before: precisionA, after: precisionB }) => {
        const photo = engine.library.photos.withContent(Number(name?.split(' ')[0])).at(0);
        return photo ? [{ photoId: photo.id, a: precisionA, b: precisionB }] : [];
      })
      .reverse(),
  };
}

/** The same query has the same number in both, although the recipes may come from different caches. */
function byPicture({ report, contentIds }: { report: RankingReport; contentIds: number[] }) {
  const seen = new Map<number, number>();
  return report.perQuery.map((result) => {
    const contentId = contentIds[result.query];
    // Altered copies share their photo's number; their order tells them apart.
    const copy = seen.get(contentId) ?? 0;
    seen.set(contentId, copy + 1);
    return { ...result, query: contentId * 64 + copy, name: `${contentId} ${copy}` };
  });
}

/** @throws SemblanceError `empty-library`, `no-ground-truth` */
export async function probeLibrary(
  engine: Engine,
  { folds }: CommandArguments['probe'],
): Promise<ProbeReport> {
  const { recipe } = servingOf(engine).generation;
  const { report } = await analyseFor('probe', {
    kind: 'probe',
    ...cachedSet(engine, recipe, 'folder'),
    recipe,
    folds,
  });
  const { knnAccuracy, linearAccuracy, classes, photos } = report;
  return { by: 'folder', folds, classes, photos, nearestNeighbours: knnAccuracy, linear: linearAccuracy };
}

/** What a preview can measure quality by. */
export function telling(engine: Engine, extractionKey: string): 'folder' | 'pairs' | null {
  if (areTelling(folderLabels(engine.library))) return 'folder';
  return engine.library.variants.count(extractionKey) > 0 ? 'pairs' : null;
}
