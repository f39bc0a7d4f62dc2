/** Which models a recipe takes its feature maps from, and what it becomes with others. */
import { SemblanceError } from './errors.ts';
import { defaultRecipe, mostTaps, type Recipe, type Tap } from './recipe.ts';
import type { ModelInfo } from './types.ts';

/** Maps before this stride tell of colours and edges only. */
const leastStride = 8;
const usualP = 3;
const mostWeight = 10;

type ModelFacts = Pick<ModelInfo, 'name' | 'taps' | 'size'> &
  Partial<Pick<ModelInfo, 'eightBit' | 'usualTaps'>>;

/** The model that a tap is taken from. */
export function modelOfTap({ model }: Pick<Recipe, 'model'>, tap: Pick<Tap, 'model'>): string {
  return tap.model ?? model;
}

/** Names of all models of a recipe, its own first, then those of its taps in their order. */
export function modelNames(recipe: Pick<Recipe, 'model' | 'taps'>): string[] {
  return [...new Set([recipe.model, ...recipe.taps.map((tap) => modelOfTap(recipe, tap))])];
}

export function noModel(name: string): SemblanceError {
  return new SemblanceError('no-model', `The model '${name}' is not installed. See: semblance models`);
}

/**
 * Another model has other feature maps, even where they are called the same: its usual taps are taken. Those of a second
 * model stay, and count for as much as they did. A model that takes one size only, and is the only one, has one scale.
 */
export function withModel(recipe: Recipe, model: ModelFacts): Recipe {
  if (recipe.model === model.name) return recipe;
  // A copy has the same feature maps as what it is of, so all else may stay.
  if (areCopies(recipe, model)) return { ...recipe, model: model.name };
  const isKept = (tap: Tap): boolean => ![recipe.model, model.name].includes(modelOfTap(recipe, tap));
  const kept = recipe.taps.filter(isKept);
  const own = usualTaps(model).slice(-(mostTaps - kept.length));
  const before = squaredWeights(recipe.taps.filter((tap) => modelOfTap(recipe, tap) === recipe.model));
  const factor = before === 0 ? 1 : Math.sqrt(squaredWeights(own) / before);
  const second = kept.map((tap) => ({ ...tap, weight: Math.min(mostWeight, tap.weight * factor) }));
  const sizes = kept.length > 0 && model.size ? {} : sizesFor(recipe, model);
  return { ...recipe, ...sizes, model: model.name, taps: [...own, ...second] };
}

function squaredWeights(taps: readonly Tap[]): number {
  return taps.reduce((sum, { weight }) => sum + weight ** 2, 0);
}

/** How many times as fast an eight-bit copy must be to be kept; less is not worth reading all photos again. */
export const usualLeastGain = 1.1;

/** What the eight-bit copy of a model is called. */
export function eightBitName(name: string): string {
  return `${name}-8bit`;
}

function areCopies(recipe: Recipe, model: ModelFacts): boolean {
  const isOneOfTheOther = model.eightBit?.of === recipe.model || eightBitName(model.name) === recipe.model;
  const own = recipe.taps.filter((tap) => tap.model === undefined);
  return (
    isOneOfTheOther &&
    !modelNames(recipe).includes(model.name) &&
    own.every((tap) => model.taps.some((other) => other.name === tap.name))
  );
}

/**
 * Adds the usual taps of a second model. Their weights make both models count alike: pooled taps have unit length, so
 * the squared weights of either model add up to the same. Sizes stay where any model takes them; a model of one size sees
 * each photo in that. Where there is no room for all its taps, the deepest are taken; without any room, nothing changes.
 */
export function withSecondModel(recipe: Recipe, model: ModelFacts): Recipe {
  const room = mostTaps - recipe.taps.length;
  if (modelNames(recipe).includes(model.name) || room <= 0) return recipe;
  const usual = usualTaps(model).slice(-room);
  const first = squaredWeights(recipe.taps);
  const weight = first === 0 ? 1 : Math.min(mostWeight, Math.sqrt(first / usual.length));
  const second = usual.map((tap) => ({ ...tap, model: model.name, normalise: true, weight }));
  const sizes = model.size ? {} : sizesFor(recipe, model);
  return { ...recipe, ...sizes, taps: [...recipe.taps, ...second] };
}

/**
 * Takes the taps of a model away. Where it was the recipe's own, the next one takes its place; the last model stays.
 * @param installed where the only model that is left takes one size, the recipe has that size again
 */
export function withoutModel(
  recipe: Recipe,
  name: string,
  installed: readonly Pick<ModelInfo, 'name' | 'size'>[] = [],
): Recipe {
  const taps = recipe.taps.filter((tap) => modelOfTap(recipe, tap) !== name);
  if (taps.length === 0 || taps.length === recipe.taps.length) return recipe;
  const changed = withTaps(recipe, taps);
  const [own, ...others] = modelNames(changed);
  const left = installed.find((model) => model.name === own);
  return others.length === 0 && left?.size ? { ...changed, ...sizesFor(changed, left) } : changed;
}

/** A recipe with other taps of its models. Where none of them is of its own model, the first one's becomes its own. */
export function withTaps(recipe: Recipe, taps: Tap[]): Recipe {
  if (taps.some((tap) => modelOfTap(recipe, tap) === recipe.model)) return { ...recipe, taps };
  const model = taps[0].model ?? recipe.model;
  // Weights count among each other only, and look odd where the greatest is not 1.
  const most = Math.max(...taps.map(({ weight }) => weight)) || 1;
  const own = taps.map(({ model: of, ...tap }): Tap => {
    const weighted = { ...tap, weight: tap.weight / most };
    return of === model ? weighted : { ...weighted, model: of };
  });
  return { ...recipe, model, taps: own };
}

function sizesFor(recipe: Recipe, { size }: Pick<ModelInfo, 'size'>): Pick<Recipe, 'longerSide' | 'scales'> {
  if (size) return { longerSide: Math.max(size.width, size.height), scales: [1] };
  // What a model of one size has left behind would waste one that takes any.
  const isLeftBehind = recipe.scales.length === 1 && recipe.scales[0] === 1;
  const { longerSide, scales } = isLeftBehind ? defaultRecipe : recipe;
  return { longerSide, scales };
}

function usualTaps({ name, taps, eightBit, usualTaps: named = [] }: ModelFacts): Tap[] {
  if ([name, eightBit?.of].includes(defaultRecipe.model)) return defaultRecipe.taps;
  const first = taps.filter((tap) => named.includes(tap.name));
  const deep = taps.filter(({ stride }) => stride === 0 || stride >= leastStride);
  return ([first, deep].find((some) => some.length > 0) ?? taps).map((tap) => ({
    name: tap.name,
    pooling: { kind: 'gem', p: usualP, learned: false },
    normalise: true,
    weight: 1,
  }));
}
