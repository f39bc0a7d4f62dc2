/** From a photo's bytes to pixels, once; all else is made from those. */
import sharp, { type Sharp } from 'sharp';
import type { Rectangle } from '../contract/index.ts';
import type { DecodeBudget } from './decode-budget.ts';
import { type DecodeLimits, usualDecodeLimits } from './decode-limits.ts';
import { decoding } from './decode-problem.ts';
import { inTime } from './in-time.ts';
import { openPhoto } from './open-photo.ts';
import { pixelsOf } from './picture-parts.ts';

/** Eight-bit RGB pixels, row by row. */
export interface Pixels {
  data: Uint8Array;
  width: number;
  height: number;
}

export interface DecodedPhoto {
  pixels: Pixels;
  /** Size of the photo as seen, that is after EXIF orientation; of the part of it that was asked for. */
  width: number;
  height: number;
}

/** The network halves five times, so a strip of one pixel is made as wide as one cell of its last map. */
const shortestSide = 32;

const thumbnailSide = 320;

/** Of all copies: WebP of the same quality takes twice as long to make and is hardly smaller. */
export const jpegMediaType = 'image/jpeg';

export interface DecodeOptions {
  limits?: DecodeLimits | undefined;
  /** Large photos wait for it; shared with others that decode. */
  budget?: DecodeBudget | undefined;
  /** Only this part, taken from the full picture before it is resized. */
  crop?: Rectangle | undefined;
}

/**
 * Decodes the first frame, upright, as sRGB.
 * @param longerSide length to which the longer side is brought, up or down; objects then have comparable sizes
 *   whatever the resolution
 * @throws SemblanceError `too-large`, `too-slow`, `truncated`, `corrupt` or `unsupported-format`
 */
export async function decodePhoto(
  bytes: Uint8Array,
  format: string,
  longerSide: number,
  options: DecodeOptions = {},
): Promise<DecodedPhoto> {
  const { limits = usualDecodeLimits, budget, crop } = options;
  return decoding(bytes, format, limits, () =>
    decodeOnce(bytes, format, longerSide, { limits, budget, crop }),
  );
}

async function decodeOnce(
  bytes: Uint8Array,
  format: string,
  longerSide: number,
  { limits, budget, crop }: DecodeOptions & { limits: DecodeLimits },
): Promise<DecodedPhoto> {
  const seen = await openPhoto(bytes, format, limits);
  const { bytesToDecode, open } = seen;
  const part = crop && pixelsOf(crop, seen);
  const { width, height } = part ?? seen;
  const target = fitted({ width, height }, longerSide);
  const { data, info } = await inTime(limits.timeoutMs, (begin) => {
    const decode = async () => {
      const photo = await open();
      begin();
      return (
        (part ? photo.extract(part) : photo)
          .resize({ ...target, fit: 'fill' })
          // What is transparent is mostly drawn for white pages; black would be taken for a dark object.
          .flatten({ background: '#ffffff' })
          .toColourspace('srgb')
          .raw({ depth: 'uchar' })
          .toBuffer({ resolveWithObject: true })
      );
    };
    return budget?.within(bytesToDecode, decode) ?? decode();
  });
  if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels`);
  return { pixels: { data, width: info.width, height: info.height }, width, height };
}

/** The same picture at another length of its longer side. */
export async function resized(pixels: Pixels, longerSide: number): Promise<Pixels> {
  const { width, height } = fitted(pixels, longerSide);
  if (width === pixels.width && height === pixels.height) return pixels;
  const data = await fromPixels(pixels).resize({ width, height, fit: 'fill' }).raw().toBuffer();
  return { data, width, height };
}

/** Made the cheap way: sharper scaling and tighter coding cost two thirds more, and save nothing that is seen. */
export function thumbnailOf(pixels: Pixels): Promise<Uint8Array> {
  return fromPixels(pixels)
    .resize({
      width: thumbnailSide,
      height: thumbnailSide,
      fit: 'inside',
      withoutEnlargement: true,
      kernel: 'linear',
    })
    .jpeg({ quality: 80, optimiseCoding: false })
    .toBuffer();
}

function fromPixels({ data, width, height }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

function fitted(
  size: { width: number; height: number },
  longerSide: number,
): { width: number; height: number } {
  const factor = longerSide / Math.max(size.width, size.height);
  const side = (length: number) => Math.max(shortestSide, Math.round(length * factor));
  return { width: side(size.width), height: side(size.height) };
}
