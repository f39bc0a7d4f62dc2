/** Part of a photo, as a photo of its own. */
import { SemblanceError } from '../contract/index.ts';
import { type DecodeLimits, usualDecodeLimits } from './decode-limits.ts';
import { decodeProblem } from './decode-problem.ts';
import { type OpenPhoto, openPhoto } from './open-photo.ts';
import { photoFormat } from './photo-format.ts';
import { readPhotoFile } from './read-file.ts';

/** In pixels of the photo as seen, that is after EXIF orientation. */
export interface CropRectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * @returns PNG, which loses nothing
 * @throws SemblanceError with the reason why the photo cannot be read; `invalid-arguments` for a rectangle outside it
 */
export async function croppedPhoto(
  path: string,
  crop: CropRectangle,
  limits: DecodeLimits = usualDecodeLimits,
): Promise<Uint8Array> {
  const { bytes } = await readPhotoFile(path);
  const format = await photoFormat(bytes, path);
  try {
    return await cut(await openPhoto(bytes, format, limits), path, crop);
  } catch (thrown) {
    throw decodeProblem(thrown, bytes, format, limits);
  }
}

async function cut(seen: OpenPhoto, path: string, crop: CropRectangle): Promise<Uint8Array> {
  const left = Math.max(0, Math.round(crop.x));
  const top = Math.max(0, Math.round(crop.y));
  const width = Math.min(seen.width, Math.round(crop.x + crop.width)) - left;
  const height = Math.min(seen.height, Math.round(crop.y + crop.height)) - top;
  if (!(width > 0 && height > 0)) {
    throw new SemblanceError(
      'invalid-arguments',
      `The rectangle lies outside ${path}, which has ${seen.width} × ${seen.height} pixels.`,
    );
  }
  const photo = await seen.open();
  return photo.extract({ left, top, width, height }).png({ compressionLevel: 1 }).toBuffer();
}
