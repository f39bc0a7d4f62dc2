/** A picture of a few pixels, by which two files of one picture are known whatever they were stored as. */
import sharp from 'sharp';
import { inputOptions } from './open-photo.ts';

const side = 16;

/** @param thumbnail as the library keeps it */
export async function tinyPicture(thumbnail: Uint8Array): Promise<Uint8Array> {
  return sharp(thumbnail, inputOptions)
    .resize({ width: side, height: side, fit: 'fill' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer();
}

/** Root mean square of the difference, in levels of 0 … 255. */
export function tinyDifference(one: Uint8Array, other: Uint8Array): number {
  let squares = 0;
  for (let i = 0; i < one.length; i++) squares += (one[i] - other[i]) ** 2;
  return Math.sqrt(squares / one.length);
}
