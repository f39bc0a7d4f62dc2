/**
 * The generic fit: PCA statistics of other people's photos, which serve until a library has enough photos to fit
 * its own. Made by `npm run fit:generic`; resources/generic-fit/README.md says from what.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { anyRecipeSchema, type Recipe } from '../contract/index.ts';
import {
  canonical,
  decodeFit,
  type Extraction,
  extractionKey,
  extractionOf,
  type PcaFit,
} from '../descriptor/index.ts';
import { installedModels } from '../vision/index.ts';

/** Below this many photos a fit of the library's own hurts (measured, design.md §3.5). */
export const photosForOwnFit = 200;

/** From source and from the bundle alike, resources/ lies two folders above this file. */
export const genericFitFile = fileURLToPath(
  new URL('../../resources/generic-fit/generic-fit.bin', import.meta.url),
);
export const genericFitRecord = fileURLToPath(
  new URL('../../resources/generic-fit/generic-fit.json', import.meta.url),
);

const recordSchema = v.object({ extractionKey: v.string(), recipe: anyRecipeSchema });

/**
 * The shipped fit, or null when there is none, or one for other descriptors, whose statistics would mean nothing.
 * @param extraction that the recipe's descriptors come from; it may hold more than they need
 */
export function genericFit(recipe: Recipe, extraction: Extraction): PcaFit | null {
  if (recipe.reduction.kind !== 'pca' || !existsSync(genericFitRecord)) return null;
  const record = v.parse(recordSchema, JSON.parse(readFileSync(genericFitRecord, 'utf8')));
  if (canonical(beforeReduction(record.recipe)) !== canonical(beforeReduction(recipe))) return null;
  const { model, modelSha256, taps } = extraction;
  // A copy's maps are the model's but for rounding, so that its statistics hold for both.
  const copy = installedModels().find(({ info }) => info.sha256 === modelSha256)?.info.eightBit;
  const recorded = { ...record.recipe, model };
  const own = extractionOf(recorded, {
    name: model,
    sha256: copy?.ofSha256 ?? modelSha256,
    taps: taps
      .filter((tap) => tap.model === undefined)
      .map(({ name, channels }) => ({ name, channels, stride: 0 })),
  });
  return extractionKey(own) === record.extractionKey ? decodeFit(readFileSync(genericFitFile)) : null;
}

function beforeReduction({
  longerSide,
  scales,
  taps,
  aggregation,
  selection,
  normalisation,
}: Recipe): unknown {
  return { longerSide, scales, taps, aggregation, selection, normalisation };
}
