/** Changes that a person makes to a draft. Each gives another recipe, and leaves the given one as it is. */
import {
  type Augmentation,
  defaultRecipe,
  type ModelInfo,
  modelOfTap,
  mostTaps,
  type Normalisation,
  type Pooling,
  type Recipe,
  type Reduction,
  type Selection,
  type Tap,
  type Whitening,
  withTaps,
} from '../../src-main/contract/index.ts';

/** Scales that are offered beside those of the draft: each a factor √2 from the next. */
export const commonScales = [Math.SQRT2, 1, Math.SQRT1_2, 0.5, Math.SQRT1_2 / 2, 0.25];
export const mostScales = 8;
export const mostSteps = 8;
export const mostLevels = 4;

/** p where nothing better is known. */
const usualP = 3;
const usualDimension = 256;

/** Scales by hand are seldom given to the last digit. */
export function sameScale(a: number, b: number): boolean {
  return Math.abs(a - b) < 0.005;
}

export function withScale(recipe: Recipe, scale: number): Recipe {
  if (recipe.scales.some((other) => sameScale(other, scale)) || recipe.scales.length >= mostScales)
    return recipe;
  const known = commonScales.find((common) => sameScale(common, scale)) ?? scale;
  return { ...recipe, scales: [...recipe.scales, known].sort((a, b) => b - a) };
}

/** The last scale stays. */
export function withoutScale(recipe: Recipe, scale: number): Recipe {
  const scales = recipe.scales.filter((other) => !sameScale(other, scale));
  return scales.length === 0 ? recipe : { ...recipe, scales };
}

export function withTap(recipe: Recipe, place: number, change: Partial<Tap>): Recipe {
  return { ...recipe, taps: recipe.taps.map((tap, i) => (i === place ? { ...tap, ...change } : tap)) };
}

/** The last tap stays. */
export function withoutTap(recipe: Recipe, place: number): Recipe {
  const taps = recipe.taps.toSpliced(place, 1);
  return taps.length === 0 || taps.length === recipe.taps.length ? recipe : withTaps(recipe, taps);
}

/** Adds a tap of a model where the order of the model puts it, among the others of that model. */
export function withNewTap(recipe: Recipe, name: string, model: Pick<ModelInfo, 'name' | 'taps'>): Recipe {
  if (recipe.taps.length >= mostTaps) return recipe;
  const isOfModel = (tap: Tap): boolean => modelOfTap(recipe, tap) === model.name;
  const depth = (tap: string): number => model.taps.findIndex((each) => each.name === tap);
  const next = recipe.taps.findIndex((tap) => isOfModel(tap) && depth(tap.name) > depth(name));
  const at = next < 0 ? recipe.taps.findLastIndex(isOfModel) + 1 || recipe.taps.length : next;
  return { ...recipe, taps: recipe.taps.toSpliced(at, 0, newTap(recipe, name, model.name)) };
}

function newTap(recipe: Recipe, name: string, model: string): Tap {
  const usual: Tap = {
    name,
    pooling: { kind: 'gem', p: usualP, learned: false },
    normalise: true,
    weight: 1,
  };
  if (model === recipe.model) return defaultRecipe.taps.find((tap) => tap.name === name) ?? usual;
  // As the taps beside it, whose weights make both models count alike.
  const weight = recipe.taps.find((tap) => tap.model === model)?.weight ?? 1;
  return { ...usual, model, weight };
}

/** A pooling of another kind, as near as it can be to the one before. */
export function poolingOf(kind: Pooling['kind'], before: Pooling): Pooling {
  switch (kind) {
    case 'gem':
      return { kind, p: before.kind === 'average' ? 1 : before.kind === 'max' ? 10 : usualP, learned: false };
    case 'pyramid':
      return { kind, levels: [1, 2] };
    case 'attention':
      return { kind, hidden: 64 };
    case 'average':
    case 'max':
      return { kind };
  }
}

/** GeM with this p for all taps, whatever they had. */
export function withPOfAll(recipe: Recipe, p: number): Recipe {
  const pooling = (before: Pooling): Pooling => ({
    kind: 'gem',
    p,
    learned: before.kind === 'gem' && before.learned,
  });
  return { ...recipe, taps: recipe.taps.map((tap) => ({ ...tap, pooling: pooling(tap.pooling) })) };
}

export function selectionOf(kind: Selection['kind'], before: Selection): Selection {
  const keep = 'keep' in before ? before.keep : 512;
  switch (kind) {
    case 'none':
      return { kind };
    case 'variance':
      return { kind, threshold: 1e-6 };
    case 'anova':
    case 'mutual-information':
    case 'elimination':
      return { kind, keep };
    case 'lasso':
      return { kind, strength: 0.01 };
    case 'mask':
      return { kind, temperature: 0.5, sparsity: 0.1 };
  }
}

export function stepOf(kind: Normalisation['kind']): Normalisation {
  return kind === 'power' ? { kind, exponent: 0.5 } : { kind };
}

/** The last normalisation is followed by another one. */
export function withStep(recipe: Recipe, kind: Normalisation['kind']): Recipe {
  if (recipe.normalisation.length >= mostSteps) return recipe;
  return { ...recipe, normalisation: [...recipe.normalisation, stepOf(kind)] };
}

export function withoutStep(recipe: Recipe, place: number): Recipe {
  return { ...recipe, normalisation: recipe.normalisation.toSpliced(place, 1) };
}

/** Moves a normalisation by this many places; one that would leave the list stays. */
export function withStepMoved(recipe: Recipe, place: number, by: number): Recipe {
  const to = place + by;
  const step = recipe.normalisation.at(place);
  if (!step || to < 0 || to >= recipe.normalisation.length) return recipe;
  return { ...recipe, normalisation: recipe.normalisation.toSpliced(place, 1).toSpliced(to, 0, step) };
}

/** A reduction of another kind that keeps the dimension. */
export function reductionOf(kind: Reduction['kind'], before: Reduction): Reduction {
  const dimension = before.kind === 'none' ? usualDimension : before.dimension;
  switch (kind) {
    case 'none':
      return { kind };
    case 'pca':
      return { kind, dimension, whitening: { kind: 'regularised', epsilon: 0.02 }, shrinkage: 0 };
    case 'random':
      return { kind, dimension, seed: 1 };
    case 'autoencoder':
      return { kind, dimension, hidden: 2 * dimension > 4096 ? 4096 : 2 * dimension, epochs: 30 };
    case 'projection':
      return { kind, dimension, start: 'pca', epochs: 30 };
    case 'learned-whitening':
      return { kind, dimension, regularisation: 0.1 };
  }
}

/** A recipe with this augmentation; one without has no such part at all, as recipes had before there was any. */
export function withAugmentation(recipe: Recipe, augmentation: Augmentation | undefined): Recipe {
  const changed = { ...recipe };
  delete changed.augmentation;
  return augmentation ? { ...changed, augmentation } : changed;
}

export function whiteningOf(kind: Whitening['kind']): Whitening {
  switch (kind) {
    case 'none':
      return { kind };
    case 'regularised':
      return { kind, epsilon: 0.02 };
    case 'power':
      return { kind, exponent: 0.25 };
  }
}
