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
import { compareRecipes, type QueryResult, type RankingReport } from '../evaluate/index.ts';
import type { Library } from '../library/index.ts';
import {
  analyseFor,
  type AnalysisWatcher,
  type CachedSet,
  type EvaluateTask,
  unwatched,
} from './analysis.ts';
import type { Engine } from './engine.ts';
import { areTelling, folderLabels, groupsFor, tagLabels } from './labels.ts';
import { comparedQueries, type MeasuredRows, type TwiceMeasured, worstQueries } from './measured-queries.ts';
import type { Serving } from './serving.ts';

/** @throws SemblanceError `empty-library` */
export function servingOf({ serving }: Engine): Serving {
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
  watcher: AnalysisWatcher = unwatched(),
): Promise<QualityReport> {
  const serving = servingOf(engine);
  const measured = recipe ?? serving.generation.recipe;
  if (folds === undefined) refuseWhatHasSeenTheAnswers([measured], by);
  const asInUse = folds === undefined && recipe === undefined && by !== 'pairs';
  const found = asInUse
    ? await evaluateServing(
        by === 'tag' ? rowsByTag(engine, serving) : rowsByFolder(engine, serving),
        watcher,
      )
    : await evaluateCached(cachedSet(engine, measured, by), measured, folds ?? 0, watcher);
  const fit = asInUse ? serving.generation.fit : folds === undefined ? 'library' : 'held-out';
  return toReport(engine, found, by, measured, fit);
}

/** @throws SemblanceError `invalid-arguments` */
function refuseWhatHasSeenTheAnswers(recipes: Recipe[], by: LabelKind): void {
  if (!recipes.some((recipe) => labelsLookedAt(recipe) === by)) return;
  throw new SemblanceError(
    'invalid-arguments',
    'A recipe that is fitted by the labels it is measured by would look better than it is. Fit it on other photos than the queries: --folds 5',
  );
}

/** Descriptors in service, whose pictures they are, and what they should find. */
interface LabelledRows extends Pick<EvaluateTask, 'vectors' | 'dimension' | 'truth'> {
  contentIds: number[];
}

async function evaluateServing(
  { contentIds, ...rows }: LabelledRows,
  watcher: AnalysisWatcher,
): Promise<MeasuredRows> {
  const { report } = await analyseFor('evaluation', { kind: 'evaluate', ...rows }, watcher);
  return { report, contentIds };
}

function rowsByFolder({ library }: Engine, { index }: Serving): LabelledRows {
  const names = new Map<string, number>();
  const labels: number[] = [];
  const contentIds: number[] = [];
  const rows: Float32Array[] = [];
  for (const { folderId, directory, contentId } of library.photos.searchable()) {
    const vector = index.vector(contentId);
    if (!vector) continue;
    const name = `${folderId}/${directory}`;
    const label = names.get(name) ?? names.size;
    names.set(name, label);
    labels.push(label);
    contentIds.push(contentId);
    rows.push(vector);
  }
  if (!areTelling({ labels })) {
    throw new SemblanceError(
      'no-ground-truth',
      'Folder names cannot serve as labels here: it takes two folders, one of them with two photos.',
    );
  }
  const { dimension } = index;
  return { vectors: joined(rows, dimension), dimension, contentIds, truth: { from: 'labels', labels } };
}

/** Every picture once, whether or not it has tags. */
function rowsByTag({ library }: Engine, { index }: Serving): LabelledRows {
  const { contentIds: labelled, tags: known } = tagLabels(library);
  const tagsOf = new Map(labelled.map((id, i) => [id, known[i]]));
  const tags: number[][] = [];
  const contentIds: number[] = [];
  const rows: Float32Array[] = [];
  for (const contentId of library.contents.ids()) {
    const vector = index.vector(contentId);
    if (!vector) continue;
    tags.push(tagsOf.get(contentId) ?? []);
    contentIds.push(contentId);
    rows.push(vector);
  }
  const { dimension } = index;
  return { vectors: joined(rows, dimension), dimension, contentIds, truth: { from: 'tags', tags } };
}

export function joined(rows: readonly Float32Array[], dimension: number): Float32Array {
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

function evaluateCached(
  set: CachedSet,
  recipe: Recipe,
  folds: number,
  watcher: AnalysisWatcher,
): Promise<MeasuredRows> {
  return analyseFor('evaluation', { kind: 'held-out', ...set, recipe, folds }, watcher);
}

/** Whether photos of the library are missing in one of two different extractions' caches. */
export function isPartlyRead({ contents, powerMeans }: Library, a: string, b: string): boolean {
  const total = contents.count();
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
  { library }: Engine,
  measured: MeasuredRows,
  by: QualityReport['by'],
  recipe: Recipe,
  fit: QualityReport['fit'],
): QualityReport {
  const { report } = measured;
  return {
    ...qualityNumbers(report),
    by,
    recipe,
    fit,
    precisionRecall: report.curve,
    withoutMatch: report.withoutPositives,
    worst: worstQueries(library, measured),
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
  watcher: AnalysisWatcher = unwatched(),
): Promise<RecipeComparison> {
  servingOf(engine);
  if (folds === undefined) refuseWhatHasSeenTheAnswers([a, b], by);
  const [first, second] = twoCachedSets(engine, a, b, by);
  const before = await evaluateCached(first, a, folds ?? 0, halfOf(watcher, 0, 'Measuring the first recipe'));
  const after = await evaluateCached(
    second,
    b,
    folds ?? 0,
    halfOf(watcher, 1, 'Measuring the second recipe'),
  );
  const [byKeyBefore, byKeyAfter] = [byPicture(before), byPicture(after)];
  const { difference, interval, better, worse, same, perQuery } = compareRecipes(
    [...byKeyBefore.values()],
    [...byKeyAfter.values()],
  );
  const fit = folds === undefined ? 'library' : 'held-out';
  const byGain = perQuery.toReversed();
  const twice = byGain.flatMap(({ query }): TwiceMeasured[] => {
    const [own, other] = [byKeyBefore.get(query), byKeyAfter.get(query)];
    return own && other ? [{ contentId: contentOfKey(query), before: own, after: other }] : [];
  });
  const contentIds = { before: before.contentIds, after: after.contentIds };
  const gainOf = (each: TwiceMeasured): number => each.after.averagePrecision - each.before.averagePrecision;
  return {
    by,
    a: toReport(engine, before, by, a, fit),
    b: toReport(engine, after, by, b, fit),
    difference: { mean: difference, ...interval },
    better,
    worse,
    same,
    queries: byGain.flatMap(({ query, before: precisionA, after: precisionB }) => {
      const photo = engine.library.photos.withContent(contentOfKey(query)).at(0);
      return photo ? [{ photoId: photo.id, a: precisionA, b: precisionB }] : [];
    }),
    mostBetter: comparedQueries(
      engine.library,
      twice.filter((each) => gainOf(each) > 0),
      contentIds,
    ),
    mostWorse: comparedQueries(
      engine.library,
      twice.filter((each) => gainOf(each) < 0).toReversed(),
      contentIds,
    ),
  };
}

/** One of two measurements after each other, as a half of the whole. */
function halfOf(watcher: AnalysisWatcher, half: 0 | 1, step: string): AnalysisWatcher {
  return {
    signal: watcher.signal,
    report: ({ done, total }) => watcher.report({ step, done: done + half * total, total: 2 * total }),
  };
}

/** A picture's altered copies share its number; more of them than this are never made. */
const mostCopies = 64;

function contentOfKey(key: number): number {
  return Math.floor(key / mostCopies);
}

/** The same query has the same number in both, although the recipes may come from different caches. */
function byPicture({ report, contentIds }: MeasuredRows): Map<number, QueryResult> {
  const seen = new Map<number, number>();
  return new Map(
    report.perQuery.map((result) => {
      const contentId = contentIds[result.query];
      // Altered copies share their photo's number; their order tells them apart.
      const copy = seen.get(contentId) ?? 0;
      seen.set(contentId, copy + 1);
      const query = contentId * mostCopies + copy;
      return [query, { ...result, query }];
    }),
  );
}

/** @throws SemblanceError `empty-library`, `no-ground-truth` */
export async function probeLibrary(
  engine: Engine,
  { folds }: CommandArguments['probe'],
  watcher: AnalysisWatcher = unwatched(),
): Promise<ProbeReport> {
  const { recipe } = servingOf(engine).generation;
  const task = { kind: 'probe', ...cachedSet(engine, recipe, 'folder'), recipe, folds } as const;
  const { report } = await analyseFor('probe', task, watcher);
  const { knnAccuracy, linearAccuracy, classes, photos } = report;
  return { by: 'folder', folds, classes, photos, nearestNeighbours: knnAccuracy, linear: linearAccuracy };
}

/** What a preview can measure quality by. */
export function telling(engine: Engine, extractionKey: string): 'folder' | 'pairs' | null {
  if (areTelling(folderLabels(engine.library))) return 'folder';
  return engine.library.variants.count(extractionKey) > 0 ? 'pairs' : null;
}
