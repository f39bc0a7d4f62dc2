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
  model: Pick<ModelInfo, 'name' | 'taps' | 'size'> & Partial<Pick<ModelInfo, 'usualTaps'>>,
): Recipe {
  if (recipe.model === model.name) return recipe;
  return { ...recipe, ...sizesFor(recipe, model), model: model.name, taps: usualTaps(model) };
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
  usualTaps: named = [],
}: Pick<ModelInfo, 'name' | 'taps'> & Partial<Pick<ModelInfo, 'usualTaps'>>): Tap[] {
  if (name === defaultRecipe.model) return defaultRecipe.taps;
  const first = taps.filter((tap) => named.includes(tap.name));
  const deep = taps.filter(({ stride }) => stride === 0 || stride >= leastStride);
  return ([first, deep].find((some) => some.length > 0) ?? taps).map((tap) => ({
    name: tap.name,
    pooling: { kind: 'gem', p: usualP, learned: false },
    normalise: true,
    weight: 1,
  }));
}
