/** What a recipe becomes with another model. */
import { defaultRecipe, type Recipe, type Tap } from './recipe.ts';
import type { ModelInfo } from './types.ts';

/** Maps before this stride tell of colours and edges only. */
const leastStride = 8;
const usualP = 3;

/**
 * Another model has other taps: those of the same name stay, and where there are none, its usual ones are taken. A model
 * that takes one size only has one scale.
 */
export function withModel(recipe: Recipe, model: Pick<ModelInfo, 'name' | 'taps' | 'size'>): Recipe {
  const kept = recipe.taps.filter(({ name }) => model.taps.some((tap) => tap.name === name));
  const taps = kept.length > 0 ? kept : usualTaps(model);
  const { longerSide, scales } = model.size
    ? { longerSide: Math.max(model.size.width, model.size.height), scales: [1] }
    : recipe;
  return { ...recipe, model: model.name, longerSide, scales, taps };
}

function usualTaps({ name, taps }: Pick<ModelInfo, 'name' | 'taps'>): Tap[] {
  if (name === defaultRecipe.model) return defaultRecipe.taps;
  const deep = taps.filter(({ stride }) => stride === 0 || stride >= leastStride);
  return (deep.length > 0 ? deep : taps).map((tap) => ({
    name: tap.name,
    pooling: { kind: 'gem', p: usualP, learned: false },
    normalise: true,
    weight: 1,
  }));
}
