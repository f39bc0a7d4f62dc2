/** The hash by which descriptors and indexes are told to belong to a recipe. */
import { noModel, type Recipe } from '../contract/index.ts';
import { sha256 } from './canonical.ts';
import type { TapModel } from './extraction.ts';

/**
 * All that a descriptor depends on but the fit. A model is what it contains, whatever it is called.
 * @param others models that taps name besides
 * @throws SemblanceError `no-model` when one of them is missing
 */
export function recipeKey(recipe: Recipe, modelSha256: string, others: readonly TapModel[] = []): string {
  const taps = recipe.taps.map(({ model, ...tap }) => {
    if (model === undefined || model === recipe.model) return tap;
    const other = others.find(({ name }) => name === model);
    if (other) return { ...tap, modelSha256: other.sha256 };
    throw noModel(model);
  });
  return sha256({ recipe: { ...recipe, model: undefined, taps }, modelSha256 });
}
