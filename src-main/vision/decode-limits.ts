/** How much of a photo is read, and how long. */
import { SemblanceError, usualMaxMegapixels } from '../contract/index.ts';

export interface DecodeLimits {
  maxPixels: number;
  /** Of decoding alone; waiting for memory does not count. */
  timeoutMs: number;
}

/** Many times what the largest photos take on a slow machine. */
const usualTimeoutMs = 60_000;

export const usualDecodeLimits = limitsFor(usualMaxMegapixels);

export function limitsFor(maxMegapixels: number): DecodeLimits {
  return { maxPixels: maxMegapixels * 1e6, timeoutMs: usualTimeoutMs };
}

export function tooLarge(pixels: number, maxPixels: number): SemblanceError {
  const megapixels = (count: number): number => Math.round(count / 1e6);
  return new SemblanceError(
    'too-large',
    `The photo has ${megapixels(pixels)} megapixels; up to ${megapixels(maxPixels)} are read. Make it smaller, or allow more in the settings.`,
  );
}

export function tooSlow(timeoutMs: number, cause?: unknown): SemblanceError {
  return new SemblanceError(
    'too-slow',
    `Decoding the photo took longer than ${Math.ceil(timeoutMs / 1000)} seconds. Save it anew in a simpler form, as a JPEG.`,
    { cause },
  );
}
