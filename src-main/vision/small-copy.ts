/** A small copy of a picture, good enough to search with again. */
import { type DecodeLimits, usualDecodeLimits } from './decode-limits.ts';
import { decodeProblem } from './decode-problem.ts';
import { openPhoto } from './open-photo.ts';
import { photoFormat } from './photo-format.ts';
import { pixelsOf } from './picture-parts.ts';
import type { NamedBytes } from './vision-messages.ts';

/** Twice what the network usually sees. */
const longestSide = 1024;

/**
 * @returns JPEG, upright, at most 1024 pixels long
 * @throws SemblanceError with the reason why the picture cannot be read
 */
export async function smallCopy(
  { bytes, name, crop }: NamedBytes,
  limits: DecodeLimits = usualDecodeLimits,
): Promise<Uint8Array> {
  const format = await photoFormat(bytes, name);
  try {
    const seen = await openPhoto(bytes, format, limits);
    const photo = await seen.open();
    return await (crop ? photo.extract(pixelsOf(crop, seen)) : photo)
      .resize({ width: longestSide, height: longestSide, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .jpeg({ quality: 85 })
      .toBuffer();
  } catch (thrown) {
    throw decodeProblem(thrown, bytes, format, limits);
  }
}
