/** The hash by which descriptors and indexes are told to belong to a recipe. */
import type { Recipe } from '../contract/index.ts';
import { sha256 } from './canonical.ts';

/** All that a descriptor depends on but the fit. A model is what it contains, whatever it is called. */
export function recipeKey(recipe: Recipe, modelSha256: string): string {
  return sha256({ recipe: { ...recipe, model: undefined }, modelSha256 });
}
