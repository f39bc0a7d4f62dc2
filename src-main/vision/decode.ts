/** From a photo's bytes to pixels, once; all else is made from those. */
import sharp, { type Metadata, type Sharp } from 'sharp';
import { SemblanceError } from '../contract/index.ts';
import type { DecodeBudget } from './decode-budget.ts';

// The photos are many, so each is decoded by one thread, and none is seen twice.
sharp.concurrency(1);
sharp.cache(false);

/** Eight-bit RGB pixels, row by row. */
export interface Pixels {
  data: Uint8Array;
  width: number;
  height: number;
}

export interface DecodedPhoto {
  pixels: Pixels;
  /** Size of the photo as seen, that is after EXIF orientation. */
  width: number;
  height: number;
}

/** More would take more than half a gigabyte to decode. */
const maxPhotoPixels = 150_000_000;

/** The network halves five times, so a strip of one pixel is made as wide as one cell of its last map. */
const shortestSide = 32;

const thumbnailSide = 320;

/** JPEG, because WebP of the same quality takes twice as long to make and is hardly smaller. */
export const thumbnailMediaType = 'image/jpeg';

/** Warnings are overlooked, since a photo with a damaged comment is still a photo; missing pixels are not. */
const inputOptions = { failOn: 'error', limitInputPixels: false } as const;

/**
 * Decodes the first frame, upright, as sRGB.
 * @param longerSide length to which the longer side is brought, up or down; objects then have comparable sizes
 *   whatever the resolution
 * @param budget that large photos wait for, shared with others that decode
 * @throws SemblanceError `too-large`, `truncated` or `corrupt`
 */
export async function decodePhoto(
  bytes: Uint8Array,
  format: string,
  longerSide: number,
  budget?: DecodeBudget,
): Promise<DecodedPhoto> {
  try {
    const metadata = await sharp(bytes, inputOptions).metadata();
    const { autoOrient: seen } = metadata;
    if (seen.width * seen.height > maxPhotoPixels) throw tooLarge(seen.width * seen.height);
    const target = fitted(seen, longerSide);
    const decode = () =>
      sharp(bytes, inputOptions)
        .autoOrient()
        .resize({ ...target, fit: 'fill' })
        // What is transparent is mostly drawn for white pages; black would be taken for a dark object.
        .flatten({ background: '#ffffff' })
        .toColourspace('srgb')
        .raw({ depth: 'uchar' })
        .toBuffer({ resolveWithObject: true });
    const { data, info } = await (budget?.within(bytesToDecode(metadata), decode) ?? decode());
    if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels`);
    return {
      pixels: { data, width: info.width, height: info.height },
      width: seen.width,
      height: seen.height,
    };
  } catch (thrown) {
    throw asProblem(thrown, bytes, format);
  }
}

/** Whole pictures are decoded to up to four bytes a pixel; what is coded row by row passes in strips. */
function bytesToDecode({ format, isProgressive, autoOrient: { width, height } }: Metadata): number {
  const isInStrips = (format === 'jpeg' || format === 'png') && !isProgressive;
  return isInStrips ? 0 : 4 * width * height;
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

function tooLarge(pixels: number): SemblanceError {
  return new SemblanceError(
    'too-large',
    `The photo has ${Math.round(pixels / 1e6)} megapixels; up to ${maxPhotoPixels / 1e6} can be read. Make it smaller.`,
  );
}

function asProblem(thrown: unknown, bytes: Uint8Array, format: string): SemblanceError {
  if (thrown instanceof SemblanceError) return thrown;
  const detail = thrown instanceof Error ? thrown.message.trim().split('\n')[0] : String(thrown);
  if (/truncat|premature|unexpected end/i.test(detail) || endIsMissing(bytes, format)) {
    return new SemblanceError('truncated', `The end of the file is missing (${detail}). Copy it again.`, {
      cause: thrown,
    });
  }
  if (/not supported|unsupported|not configured/i.test(detail)) {
    return new SemblanceError(
      'unsupported-format',
      `This kind of ${format} cannot be read (${detail}). Convert it.`,
      {
        cause: thrown,
      },
    );
  }
  return new SemblanceError('corrupt', `The photo is damaged (${detail}). Copy it again.`, { cause: thrown });
}

/** Whether the mark that ends a file of the format is absent. */
function endIsMissing(bytes: Uint8Array, format: string): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === 'jpeg') return file.lastIndexOf(Buffer.of(0xff, 0xd9)) < 0;
  if (format === 'png') return file.lastIndexOf('IEND', undefined, 'latin1') < 0;
  if (format === 'gif') return file.at(-1) !== 0x3b;
  if (format === 'webp') return file.length >= 8 && file.readUInt32LE(4) + 8 > file.length;
  return false;
}
