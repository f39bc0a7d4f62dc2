/** The two hashes by which stored numbers are told to belong to a recipe. */
import { createHash } from 'node:crypto';
import type { Recipe } from '../contract/index.ts';

/** Changes when the way of computing changes although the recipe reads the same. */
const extractionVersion = 1;

/** What the power-mean cache depends on: model, picture size, scales and taps. */
export function extractionKey(recipe: Recipe, modelSha256: string): string {
  const { longerSide, scales, taps } = recipe;
  return sha256({ extractionVersion, modelSha256, longerSide, scales, taps: taps.map(({ name }) => name) });
}

/** All that a descriptor depends on but the fit. */
export function recipeKey(recipe: Recipe, modelSha256: string): string {
  const { taps, reduction } = recipe;
  const pooling = taps.map(({ p, weight }) => [String(p), weight]);
  return sha256({ extraction: extractionKey(recipe, modelSha256), pooling, reduction });
}

function sha256(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

/** JSON with the names of every object in order, so that equal values have equal texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
