/** What EXIF blocks tell of a photo (CIPA DC-008; the tags of Windows by Microsoft's documentation). */
import { decodeText } from './clean-text.ts';
import { clockTime } from './date-text.ts';
import { type TiffDirectory, TiffStructure } from './tiff-directories.ts';

const tags = {
  make: 0x010f,
  model: 0x0110,
  modified: 0x0132,
  xmp: 0x02bc,
  rating: 0x4746,
  ratingPercent: 0x4749,
  iptc: 0x83bb,
  exif: 0x8769,
  place: 0x8825,
  original: 0x9003,
  digitised: 0x9004,
  fractionModified: 0x9290,
  fractionOriginal: 0x9291,
  fractionDigitised: 0x9292,
  windowsKeywords: 0x9c9e,
  lens: 0xa434,
  latitudeSide: 1,
  latitude: 2,
  longitudeSide: 3,
  longitude: 4,
};

/** EXIF's three directories: of the image, of the exposure, and of the place. */
export type ExifDirectories = Record<'image' | 'exif' | 'place', TiffDirectory | null>;

export interface ExifFields {
  /** As the camera noted it, when it was taken or at least became a file. */
  takenAtMs: number | null;
  /** When the file was last written by the camera or by a program. */
  modifiedAtMs: number | null;
  camera: string | null;
  lens: string | null;
  place: { latitude: number; longitude: number } | null;
  /** 1 to 5 */
  rating: number | null;
  ratingPercent: number | null;
  keywords: string[];
  /** XMP and IPTC blocks that it holds. */
  xmp: Uint8Array | null;
  iptc: Uint8Array | null;
}

/** The directories of an EXIF block, or of a file that is one. */
export function exifDirectories(bytes: Uint8Array): ExifDirectories {
  const start = Buffer.from(bytes.subarray(0, 6)).toString('latin1') === 'Exif\0\0' ? 6 : 0;
  const tiff = TiffStructure.open(bytes, start);
  const image = tiff?.first() ?? null;
  const inside = (tag: number): TiffDirectory | null => tiff?.directory(image?.number(tag)) ?? null;
  return { image, exif: inside(tags.exif), place: inside(tags.place) };
}

export function exifFields({ image, exif, place }: ExifDirectories): ExifFields {
  const text = (directory: TiffDirectory | null, tag: number): string =>
    decodeText(directory?.bytes(tag) ?? new Uint8Array());
  const time = (directory: TiffDirectory | null, tag: number, fraction: number): number | null =>
    clockTime(text(directory, tag), text(exif, fraction));
  return {
    takenAtMs:
      time(exif, tags.original, tags.fractionOriginal) ?? time(exif, tags.digitised, tags.fractionDigitised),
    modifiedAtMs: time(image, tags.modified, tags.fractionModified),
    camera: cameraName(text(image, tags.make), text(image, tags.model)),
    lens: text(exif, tags.lens),
    place: place && placeIn(place),
    rating: image?.number(tags.rating) ?? null,
    ratingPercent: image?.number(tags.ratingPercent) ?? null,
    keywords: windowsKeywords(image?.bytes(tags.windowsKeywords)),
    xmp: image?.bytes(tags.xmp) ?? null,
    iptc: image?.bytes(tags.iptc) ?? null,
  };
}

/** The model with its maker before it, unless it names the maker itself: 'NIKON CORPORATION' makes the 'NIKON D70'. */
export function cameraName(make: string, model: string): string | null {
  const maker = make.trim();
  const name = model.trim();
  const [first] = maker.split(/\s/u);
  if (maker === '' || (name !== '' && name.toLowerCase().startsWith(first.toLowerCase())))
    return name || null;
  return `${maker} ${name}`.trim();
}

function placeIn(directory: TiffDirectory): ExifFields['place'] {
  const latitude = degrees(directory, tags.latitude, tags.latitudeSide, 'S');
  const longitude = degrees(directory, tags.longitude, tags.longitudeSide, 'W');
  const isThere = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  // Receivers without a fix write zeros, and hardly any photo is taken in the sea where that would be.
  return isThere && !(latitude === 0 && longitude === 0) ? { latitude, longitude } : null;
}

/** NaN where there is no angle. */
function degrees(directory: TiffDirectory, tag: number, sideTag: number, negativeSide: string): number {
  const [whole, minutes = 0, seconds = 0] = directory.numbers(tag);
  const side = decodeText(directory.bytes(sideTag) ?? new Uint8Array())
    .trim()
    .toUpperCase();
  // What is divided by nothing is nothing: some receivers leave the seconds out so.
  const part = (value: number): number => (Number.isFinite(value) ? value : 0);
  const angle = Number.isFinite(whole) ? whole + part(minutes) / 60 + part(seconds) / 3600 : NaN;
  return side === negativeSide ? -angle : angle;
}

/** Windows writes keywords in UTF-16, with semicolons between them. */
function windowsKeywords(bytes: Uint8Array | null | undefined): string[] {
  if (!bytes) return [];
  return new TextDecoder('utf-16le').decode(bytes.subarray(0, 64 * 1024)).split(';');
}
