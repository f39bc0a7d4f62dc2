/** What a recipe becomes with another model. */
import { defaultRecipe, type Recipe, type Tap } from './recipe.ts';
import type { ModelInfo } from './types.ts';

/** Maps before this stride tell of colours and edges only. */
const leastStride = 8;
const usualP = 3;

/**
 * Another model has other feature maps, even where they are called the same: its usual taps are taken. A model that takes
 * one size only has one scale.
 */
export function withModel(
  recipe: Recipe,
  model: Pick<ModelInfo, 'name' | 'taps' | 'size' | 'eightBit'> & Partial<Pick<ModelInfo, 'usualTaps'>>,
): Recipe {
  if (recipe.model === model.name) return recipe;
  // A copy has the same feature maps as what it is of, so all else may stay.
  if (areCopies(recipe, model)) return { ...recipe, model: model.name };
  return { ...recipe, ...sizesFor(recipe, model), model: model.name, taps: usualTaps(model) };
}

/** How many times as fast an eight-bit copy must be to be kept; less is not worth reading all photos again. */
export const usualLeastGain = 1.1;

/** What the eight-bit copy of a model is called. */
export function eightBitName(name: string): string {
  return `${name}-8bit`;
}

function areCopies(
  { model: name, taps }: Recipe,
  model: Pick<ModelInfo, 'name' | 'taps' | 'eightBit'>,
): boolean {
  const isOneOfTheOther = model.eightBit?.of === name || eightBitName(model.name) === name;
  return isOneOfTheOther && taps.every((tap) => model.taps.some((other) => other.name === tap.name));
}

function sizesFor(recipe: Recipe, { size }: Pick<ModelInfo, 'size'>): Pick<Recipe, 'longerSide' | 'scales'> {
  if (size) return { longerSide: Math.max(size.width, size.height), scales: [1] };
  // What a model of one size has left behind would waste one that takes any.
  const isLeftBehind = recipe.scales.length === 1 && recipe.scales[0] === 1;
  const { longerSide, scales } = isLeftBehind ? defaultRecipe : recipe;
  return { longerSide, scales };
}

function usualTaps({
  name,
  taps,
  eightBit,
  usualTaps: named = [],
}: Pick<ModelInfo, 'name' | 'taps' | 'eightBit'> & Partial<Pick<ModelInfo, 'usualTaps'>>): Tap[] {
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
