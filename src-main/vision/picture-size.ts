/** How large a picture is. */
import { type DecodeLimits, usualDecodeLimits } from './decode-limits.ts';
import { decodeProblem } from './decode-problem.ts';
import { openPhoto } from './open-photo.ts';
import { photoFormat } from './photo-format.ts';
import type { NamedBytes } from './vision-messages.ts';

/**
 * In pixels of the picture as seen, that is after EXIF orientation; only its head is read.
 * @throws SemblanceError with the reason why it cannot be read
 */
export async function pictureSize(
  { bytes, name }: NamedBytes,
  limits: DecodeLimits = usualDecodeLimits,
): Promise<{ width: number; height: number }> {
  const format = await photoFormat(bytes, name);
  try {
    const { width, height } = await openPhoto(bytes, format, limits);
    return { width, height };
  } catch (thrown) {
    throw decodeProblem(thrown, bytes, format, limits);
  }
}
