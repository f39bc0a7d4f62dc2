/** The installed models that recipes and extractions name. */
import { modelNames, noModel, type Recipe, SemblanceError } from '../contract/index.ts';
import { type Extraction, modelsOfExtraction } from '../descriptor/index.ts';
import { type InstalledModel, installedModels } from '../vision/index.ts';

/** @throws SemblanceError `no-model` */
export function modelNamed(name: string): InstalledModel {
  const installed = installedModels().find(({ info }) => info.name === name);
  if (installed) return installed;
  throw noModel(name);
}

/** All models that a recipe names, its own first. @throws SemblanceError `no-model` */
export function modelsOfRecipe(recipe: Recipe): InstalledModel[] {
  return modelNames(recipe).map(modelNamed);
}

/**
 * All models that an extraction was made with, its own first.
 * @throws SemblanceError `no-model`; `recipe-mismatch` where a model of the same name is another one now
 */
export function modelsFor(extraction: Extraction): InstalledModel[] {
  return modelsOfExtraction(extraction).map(({ name, sha256 }) => {
    const model = modelNamed(name);
    if (model.info.sha256 === sha256) return model;
    throw new SemblanceError(
      'recipe-mismatch',
      `The model '${name}' is another one than the photos were read with. Apply the recipe again in Tune, or: semblance retune`,
    );
  });
}

/** A model as if it had no taps but those that are extracted. */
export function withTapsOf(model: InstalledModel, { model: own, taps }: Extraction): InstalledModel {
  const { name } = model.info;
  const used = new Set(taps.filter((tap) => (tap.model?.name ?? own) === name).map((tap) => tap.name));
  return { ...model, info: { ...model.info, taps: model.info.taps.filter((tap) => used.has(tap.name)) } };
}
