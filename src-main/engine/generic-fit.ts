/**
 * The generic fit: PCA statistics of other people's photos, which serve until a library has enough photos to fit
 * its own. Made by `npm run fit:generic`; resources/generic-fit/README.md says from what.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeFit, type PcaFit } from '../descriptor/index.ts';

/** Below this many photos a fit of the library's own hurts (measured, design.md §3.5). */
export const photosForOwnFit = 200;

/** From source and from the bundle alike, resources/ lies two folders above this file. */
export const genericFitFile = fileURLToPath(
  new URL('../../resources/generic-fit/generic-fit.bin', import.meta.url),
);
export const genericFitRecord = fileURLToPath(
  new URL('../../resources/generic-fit/generic-fit.json', import.meta.url),
);

/**
 * The shipped fit, or null when there is none, or one for another extraction, whose statistics would mean nothing.
 */
export function genericFit(extractionKey: string): PcaFit | null {
  if (!existsSync(genericFitRecord)) return null;
  const record: unknown = JSON.parse(readFileSync(genericFitRecord, 'utf8'));
  const fits = typeof record === 'object' && record !== null && 'extractionKey' in record;
  if (!fits || record.extractionKey !== extractionKey) return null;
  return decodeFit(readFileSync(genericFitFile));
}
