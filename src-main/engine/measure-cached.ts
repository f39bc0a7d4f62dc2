/** Measures recipes on cached photos: with everything fitted on other photos than the queries, or on all of them. */
import { learns, type Recipe, SemblanceError } from '../contract/index.ts';
import { type Fitted, type MatrixProduct, type Rows, transformOf } from '../descriptor/index.ts';
import {
  evaluateHeldOut,
  evaluateRanking,
  type FitTransform,
  foldsOf,
  groundTruthOfLabels,
  probe,
  type ProbeReport,
  type RankingOptions,
  type RankingReport,
} from '../evaluate/index.ts';
import { type FitContext, fitGuarded, fitRecipe, type Quality, withoutLearning } from '../learn/index.ts';
import { augmentedRows } from '../search/index.ts';
import type { CachedPhotos } from './cached-photos.ts';

/** Mean average precision of some rows among all. */
export function qualityBy(product: MatrixProduct): Quality {
  return async (rows, groups, queries) => {
    const asking = new Set(queries);
    const truth = groundTruthOfLabels(groups).filter(({ query }) => asking.has(query));
    if (truth.length === 0) {
      throw new SemblanceError(
        'no-ground-truth',
        'No held-out photo has a match by which to judge. It takes more photos that belong together.',
      );
    }
    return (await evaluateRanking({ database: rows }, truth, product)).mAP;
  };
}

/** Fits a recipe on photos; where it learns and learning makes nothing better, the recipe that it starts from. */
export async function fittedRecipe(
  recipe: Recipe,
  photos: CachedPhotos,
  context: FitContext,
): Promise<{ recipe: Recipe; fitted: Fitted }> {
  if (!learns(recipe)) return { recipe, fitted: await fitRecipe(recipe, photos, context) };
  const start = withoutLearning(recipe);
  const base = photos.with(start);
  const { fitted } = await fitGuarded(recipe, photos, base, qualityBy(context.product), context);
  if (fitted) return { recipe, fitted };
  return { recipe: start, fitted: await fitRecipe(start, base, context) };
}

/** Final descriptors of photos; where the recipe augments them, by each other. */
export async function describePhotos(
  { recipe, fitted }: { recipe: Recipe; fitted: Fitted },
  photos: CachedPhotos,
  product: MatrixProduct,
): Promise<Rows> {
  const rows = await transformOf(recipe, fitted, product)(photos.with(recipe).describe(fitted.exponents));
  return augmentedRows(rows, recipe.augmentation, product);
}

/** What the fold driver passes on as rows: each photo's number. */
function numbersOf(photos: CachedPhotos): Rows {
  return { rows: photos.count, columns: 1, values: Float32Array.from({ length: photos.count }, (_, i) => i) };
}

/** Fits on the photos whose numbers it is given, and describes others by theirs. */
function fitByNumber(recipe: Recipe, photos: CachedPhotos, product: MatrixProduct): FitTransform {
  return async (train) => {
    const some = (rows: Rows): CachedPhotos => photos.subset([...rows.values]);
    const fit = await fittedRecipe(recipe, some(train.rows), { product });
    return (rows) => describePhotos(fit, some(rows), product);
  };
}

/**
 * @param folds 0 fits on all photos
 * @throws SemblanceError `no-ground-truth`
 */
export async function heldOutReport(
  photos: CachedPhotos,
  { recipe, folds }: { recipe: Recipe; folds: number },
  product: MatrixProduct,
  options: RankingOptions = {},
): Promise<RankingReport> {
  if (folds === 0) {
    const fit = await fittedRecipe(recipe, photos, { product });
    const database = await describePhotos(fit, photos, product);
    return evaluateRanking({ database }, photos.groundTruth(), product, options);
  }
  // A photo and its altered copies are dealt out together, or a fold would know what it is asked.
  const task = {
    rows: numbersOf(photos),
    labels: photos.groups,
    groundTruth: photos.groundTruth(),
    folds: foldsByPhoto(photos, folds, recipe.learning.seed),
    fitTransform: fitByNumber(recipe, photos, product),
  };
  return evaluateHeldOut(task, product, options);
}

function foldsByPhoto({ ids, groups }: CachedPhotos, folds: number, seed: number): Uint32Array {
  const first = new Map<number, number>();
  ids.forEach((id, row) => {
    if (!first.has(id)) first.set(id, row);
  });
  const distinct = [...first.values()];
  const dealt = foldsOf(
    distinct.map((row) => groups[row]),
    folds,
    seed,
  );
  const foldOf = new Map(distinct.map((row, i) => [ids[row], dealt[i]]));
  return Uint32Array.from(ids, (id) => foldOf.get(id) ?? 0);
}

export async function probeReport(
  photos: CachedPhotos,
  { recipe, folds }: { recipe: Recipe; folds: number },
  product: MatrixProduct,
  onProgress: (done: number, total: number) => void,
): Promise<ProbeReport> {
  const options = {
    onProgress,
    folds: foldsByPhoto(photos, folds, recipe.learning.seed),
    fitTransform: fitByNumber(recipe, photos, product),
  };
  return probe(numbersOf(photos), photos.groups, options, product);
}
