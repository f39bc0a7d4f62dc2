/** What is seen of a photo until its thumbnail is there: a ThumbHash (evanw.github.io/thumbhash), some 25 bytes. */
import sharp from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import type { Pixels } from './decode.ts';

/** More pixels tell nothing more: no more than seven waves fit along a side. */
const side = 32;

export async function placeholderOf({ data, width, height }: Pixels): Promise<Uint8Array> {
  const small = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: side, height: side, fit: 'inside', kernel: 'linear' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return rgbaToThumbHash(small.info.width, small.info.height, small.data);
}
