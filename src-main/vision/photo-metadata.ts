/** What a photo's file tells of it: EXIF, XMP and IPTC, brought together. Nothing in there can make the photo unreadable. */
import sharp from 'sharp';
import type { PhotoMetadata } from '../contract/index.ts';
import { cleanText } from './clean-text.ts';
import { cr3Directories, cr3Xmp } from './cr3.ts';
import { exifDirectories, type ExifDirectories, type ExifFields, exifFields } from './exif-fields.ts';
import { type IptcFields, iptcFields } from './iptc-fields.ts';
import { inputOptions } from './open-photo.ts';
import { isRawFormat, rafJpeg } from './raw-preview.ts';
import { type XmpFields, xmpFields } from './xmp-fields.ts';

export interface FileMetadata extends PhotoMetadata {
  /** Keywords, each once, in alphabetical order. */
  tags: string[];
  /** 1 to 5; null for none. */
  rating: number | null;
}

/** Raised whenever more is read than before, so that what is stored can be renewed. */
export const metadataVersion = 1;

const mostTags = 200;

interface Blocks {
  directories: ExifDirectories | null;
  xmp: Uint8Array | null;
  iptc: Uint8Array | null;
}

/** @param format as `photoFormat` says */
export async function photoMetadata(bytes: Uint8Array, format: string): Promise<FileMetadata> {
  const { directories, xmp, iptc } = await blocksOf(bytes, format).catch(() => noBlocks);
  const exif = attempt(() => directories && exifFields(directories));
  const packet = xmp ?? exif?.xmp;
  const dataSets = iptc ?? exif?.iptc;
  return merged(
    exif,
    attempt(() => packet && xmpFields(packet)),
    attempt(() => dataSets && iptcFields(dataSets)),
  );
}

const noBlocks: Blocks = { directories: null, xmp: null, iptc: null };

async function blocksOf(bytes: Uint8Array, format: string): Promise<Blocks> {
  if (format === 'cr3') return { directories: cr3Directories(bytes), xmp: cr3Xmp(bytes), iptc: null };
  if (format === 'raf') return blocksOf(rafJpeg(bytes), 'jpeg');
  // Files of TIFF structure are EXIF blocks themselves.
  if (format === 'tiff' || isRawFormat(format)) return { ...noBlocks, directories: exifDirectories(bytes) };
  const { exif, xmp, iptc } = await sharp(bytes, { ...inputOptions, failOn: 'none' }).metadata();
  return { directories: exif ? exifDirectories(exif) : null, xmp: xmp ?? null, iptc: iptc ?? null };
}

/** Null where the bytes make no sense. */
function attempt<Result>(read: () => Result | null | undefined): Result | null {
  try {
    return read() ?? null;
  } catch {
    return null;
  }
}

function merged(exif: ExifFields | null, xmp: XmpFields | null, iptc: IptcFields | null): FileMetadata {
  const keywords = [...(xmp?.keywords ?? []), ...(iptc?.keywords ?? []), ...(exif?.keywords ?? [])];
  const tags = new Set(keywords.map(cleanText).filter((tag) => tag !== null));
  return {
    takenAtMs: exif?.takenAtMs ?? xmp?.takenAtMs ?? iptc?.takenAtMs ?? ownTime(exif),
    camera: cleanText(exif?.camera ?? ''),
    lens: cleanText(exif?.lens ?? '') ?? cleanText(xmp?.lens ?? ''),
    latitude: exif?.place?.latitude ?? null,
    longitude: exif?.place?.longitude ?? null,
    tags: [...tags].slice(0, mostTags).sort(),
    rating:
      stars(xmp?.rating) ??
      fromPercent(xmp?.ratingPercent) ??
      stars(exif?.rating) ??
      fromPercent(exif?.ratingPercent),
  };
}

function stars(rating: number | null | undefined): number | null {
  const rounded = Math.round(rating ?? 0);
  return rounded >= 1 && rounded <= 5 ? rounded : null;
}

/** Windows' shares of a hundred: 1, 25, 50, 75 and 99 are one to five stars. */
function fromPercent(percent: number | null | undefined): number | null {
  if (percent === null || percent === undefined || percent < 1 || percent > 100) return null;
  return 1 + Math.round(percent / 25);
}

/** When a camera wrote the file; of programs this says when somebody last worked on it, which is something else. */
function ownTime(exif: ExifFields | null): number | null {
  return exif?.camera ? exif.modifiedAtMs : null;
}
