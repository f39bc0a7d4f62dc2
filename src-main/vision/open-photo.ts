/** What sharp is given to read of a photo: the file itself, the preview in a raw file, or what libheif makes of HEIC. */
import sharp, { type Metadata, type Sharp } from 'sharp';
import { type DecodeLimits, tooLarge } from './decode-limits.ts';
import { decodeHeif } from './heif-decoder.ts';
import './loaders.ts';
import { isRawFormat, rawPreview } from './raw-preview.ts';

// The photos are many, so each is decoded by one thread, and none is seen twice.
sharp.concurrency(1);
sharp.cache(false);

/** Warnings are overlooked, since a photo with a damaged comment is still a photo; missing pixels are not. */
export const inputOptions = { failOn: 'error', limitInputPixels: false } as const;

/** libheif holds a picture as it is coded and as it is seen, and the thread hands over a copy of that. */
const heifBytesPerPixel = 12;

export interface OpenPhoto {
  /** Size as seen, that is after EXIF orientation. */
  width: number;
  height: number;
  /** Memory that decoding takes; 0 for little. */
  bytesToDecode: number;
  /** The picture upright; for HEIC this decodes it. */
  open: () => Promise<Sharp>;
}

/**
 * Looks at a photo's head.
 * @throws SemblanceError `too-large` or `unsupported-format`, and whatever decoders throw
 */
export async function openPhoto(bytes: Uint8Array, format: string, limits: DecodeLimits): Promise<OpenPhoto> {
  const picture = isRawFormat(format) ? rawPreview(bytes, format) : bytes;
  const metadata = await sharp(picture, inputOptions).metadata();
  const { width, height } = metadata.autoOrient;
  if (width * height > limits.maxPixels) throw tooLarge(width * height, limits.maxPixels);
  const needsLibheif = metadata.format === 'heif' && metadata.compression !== 'av1';
  const upright = (input: Uint8Array): Sharp =>
    sharp(input, inputOptions)
      .timeout({ seconds: Math.ceil(limits.timeoutMs / 1000) })
      .autoOrient();
  return {
    width,
    height,
    bytesToDecode: needsLibheif ? heifBytesPerPixel * width * height : bytesToDecode(metadata),
    open: async () => upright(needsLibheif ? await decodeHeif(bytes, metadata.icc ?? null, limits) : picture),
  };
}

/** Whole pictures are decoded to up to four bytes a pixel; what is coded row by row passes in strips. */
function bytesToDecode({ format, isProgressive, autoOrient: { width, height } }: Metadata): number {
  const isInStrips = (format === 'jpeg' || format === 'png') && !isProgressive;
  return isInStrips ? 0 : 4 * width * height;
}
