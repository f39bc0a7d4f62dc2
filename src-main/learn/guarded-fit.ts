/** Learning that serves only if it is better than what it starts from, on photos that it has not seen. */
import { learns, type Recipe, SemblanceError } from '../contract/index.ts';
import { type Fitted, transformOf } from '../descriptor/index.ts';
import { type FitContext, fitRecipe, type Judge } from './fit-recipe.ts';
import { type Quality, isHeldOut, type TrainingPhotos } from './training-photos.ts';

export interface GuardedFit {
  /** null when learning made nothing better. */
  fitted: Fitted | null;
  /** Mean average precision of the held-out photos by the recipe without its learned parts. */
  before: number;
  after: number;
}

/** The recipe that learning starts from: the same without its learned parts. */
export function withoutLearning(recipe: Recipe): Recipe {
  const { taps, selection, reduction } = recipe;
  const learnedReduction = ['projection', 'autoencoder', 'learned-whitening'].includes(reduction.kind);
  return {
    ...recipe,
    taps: taps.map((tap) => {
      const { pooling } = tap;
      if (pooling.kind === 'attention') return { ...tap, pooling: { kind: 'average' } };
      return pooling.kind === 'gem' ? { ...tap, pooling: { ...pooling, learned: false } } : tap;
    }),
    selection: selection.kind === 'mask' ? { kind: 'none' } : selection,
    reduction:
      learnedReduction && 'dimension' in reduction
        ? {
            kind: 'pca',
            dimension: reduction.dimension,
            whitening: { kind: 'regularised', epsilon: 0.02 },
            shrinkage: 0,
          }
        : reduction,
  };
}

/**
 * Fits a recipe that learns on a part of the photos, and judges it on the others.
 * @param base photos described by the recipe without its learned parts, where the network tells them apart
 * @throws SemblanceError `no-ground-truth` when no held-out photo has a match, and what `fitRecipe` throws
 */
export async function fitGuarded(
  recipe: Recipe,
  photos: TrainingPhotos,
  base: TrainingPhotos,
  quality: Quality,
  context: FitContext,
): Promise<GuardedFit> {
  const { learning } = recipe;
  const { groups } = photos;
  if (!groups || !learns(recipe)) {
    throw new SemblanceError(
      'no-ground-truth',
      'Nothing tells which photos match, so nothing can be learned.',
    );
  }
  const train: number[] = [];
  const heldOut: number[] = [];
  for (let row = 0; row < photos.count; row++) {
    (isHeldOut(photos.ids[row], learning.heldOut, learning.seed) ? heldOut : train).push(row);
  }
  const judge: Judge = { all: photos, groups, queries: heldOut, quality };
  const start = withoutLearning(recipe);
  const before = await judged(
    start,
    await fitRecipe(start, base.subset(train), context),
    {
      ...judge,
      all: base,
    },
    context,
  );
  const fitted = await fitRecipe(recipe, photos.subset(train), context, judge);
  const after = await judged(recipe, fitted, judge, context);
  return { fitted: after > before ? fitted : null, before, after };
}

async function judged(
  recipe: Recipe,
  fitted: Fitted,
  { all, groups, queries, quality }: Judge,
  { product }: FitContext,
): Promise<number> {
  const rows = await transformOf(recipe, fitted, product)(all.describe(fitted.exponents));
  return quality(rows, groups, queries);
}
