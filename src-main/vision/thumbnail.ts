/** A thumbnail without the network, for photos whose stored one is gone. */
import type { DecodeLimits } from './decode-limits.ts';
import { decodePhoto, thumbnailOf } from './decode.ts';
import { photoFormat } from './photo-format.ts';
import { readPhotoFile } from './read-file.ts';

/** @throws SemblanceError with the reason why the photo cannot be read, or `not-a-photo` */
export async function thumbnailOfFile(path: string, limits?: DecodeLimits): Promise<Uint8Array> {
  const { bytes } = await readPhotoFile(path);
  const { pixels } = await decodePhoto(bytes, await photoFormat(bytes, path), 320, {
    ...(limits && { limits }),
  });
  return thumbnailOf(pixels);
}
