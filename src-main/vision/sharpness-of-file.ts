/** How sharp the picture in a file is. */
import { laplacianVariance } from '../descriptor/index.ts';
import type { DecodeLimits } from './decode-limits.ts';
import { decodePhoto } from './decode.ts';
import { photoFormat } from './photo-format.ts';
import { readPhotoFile } from './read-file.ts';

/** Length of the longer side at which all pictures are looked at: motion blur shows, and the sensor's noise does not. */
const longerSide = 1024;

/** @throws SemblanceError with the reason why the photo cannot be read */
export async function sharpnessOfFile(path: string, limits: DecodeLimits): Promise<number> {
  const { bytes } = await readPhotoFile(path);
  const { pixels } = await decodePhoto(bytes, await photoFormat(bytes, path), longerSide, { limits });
  return laplacianVariance(pixels);
}
