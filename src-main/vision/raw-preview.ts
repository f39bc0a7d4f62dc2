/** The picture that a camera's raw file carries for showing, and which camera's it is. */
import { SemblanceError } from '../contract/index.ts';
import { cr3Image, cr3Jpegs } from './cr3.ts';
import { jpegSize, withOrientation } from './jpeg-segments.ts';
import { TiffStructure, type TiffDirectory } from './tiff-directories.ts';

const tags = {
  compression: 0x0103,
  photometric: 0x0106,
  make: 0x010f,
  stripOffsets: 0x0111,
  orientation: 0x0112,
  stripByteCounts: 0x0117,
  jpegOffset: 0x0201,
  jpegLength: 0x0202,
  panasonicJpeg: 0x002e,
  exif: 0x8769,
  makerNote: 0x927c,
  dngVersion: 0xc612,
};

/** Values of the photometric interpretation that stand for what a sensor saw: colour filter array, linear raw. */
const sensorData = [32803, 34892];

const formatsByMake: [RegExp, string][] = [
  [/^canon/i, 'cr2'],
  [/^nikon/i, 'nef'],
  [/^sony/i, 'arw'],
  [/^(?:olympus|om digital)/i, 'orf'],
  [/^(?:panasonic|leica)/i, 'rw2'],
];

const rawFormats = new Set(['cr2', 'cr3', 'nef', 'arw', 'dng', 'raf', 'orf', 'rw2', 'raw']);

export function isRawFormat(format: string): boolean {
  return rawFormats.has(format);
}

/** First letters of raw files that no other files have. */
const beginnings: [string, string][] = [
  ['FUJIFILMCCD-RAW ', 'raf'],
  ['IIRO', 'orf'],
  ['IIRS', 'orf'],
  ['MMOR', 'orf'],
  ['IIU\0', 'rw2'],
];

/** Which camera's raw format a file is, CR3 aside; null for what is none, such as a TIFF with a picture of its own. */
export function rawFormatOf(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  const own = beginnings.find(([beginning]) => head.startsWith(beginning))?.[1];
  if (own !== undefined) return own;
  if (!/^(?:II\*\0|MM\0\*)/.test(head)) return null;
  const tiff = TiffStructure.open(bytes);
  const first = tiff?.first();
  if (!tiff || !first) return null;
  if (head.startsWith('CR', 8)) return 'cr2';
  if (first.has(tags.dngVersion)) return 'dng';
  const isRaw = [...tiff.directories()].some((directory) =>
    sensorData.includes(directory.number(tags.photometric) ?? 0),
  );
  if (!isRaw) return null;
  const make = Buffer.from(first.bytes(tags.make) ?? []).toString('latin1');
  return formatsByMake.find(([pattern]) => pattern.test(make))?.[1] ?? 'raw';
}

/**
 * The largest JPEG inside a raw file, turned as the file says.
 * @throws SemblanceError `unsupported-format` where there is none
 */
export function rawPreview(bytes: Uint8Array, format: string): Uint8Array {
  const { jpegs, orientation } = findJpegs(bytes, format);
  let largest: { jpeg: Uint8Array; pixels: number } | null = null;
  for (const jpeg of jpegs) {
    const size = jpegSize(jpeg);
    const pixels = size ? size.width * size.height : 0;
    if (pixels > (largest?.pixels ?? 0)) largest = { jpeg, pixels };
  }
  if (!largest) {
    throw new SemblanceError(
      'unsupported-format',
      'This raw photo holds no preview, or is cut short before it. Export it as JPEG or TIFF.',
    );
  }
  return orientation === null ? largest.jpeg : withOrientation(largest.jpeg, orientation);
}

interface Found {
  jpegs: Iterable<Uint8Array>;
  /** As the container tells it, 1 to 8; null to take what the JPEG tells. */
  orientation: number | null;
}

function findJpegs(bytes: Uint8Array, format: string): Found {
  if (format === 'raf') return { jpegs: [rafJpeg(bytes)], orientation: null };
  if (format === 'cr3') return { jpegs: cr3Jpegs(bytes), orientation: orientationIn(cr3Image(bytes)) };
  const tiff = TiffStructure.open(bytes);
  return tiff
    ? { jpegs: tiffJpegs(bytes, tiff), orientation: orientationIn(tiff.first()) }
    : { jpegs: [], orientation: null };
}

function orientationIn(directory: TiffDirectory | null): number | null {
  const orientation = directory?.number(tags.orientation) ?? 0;
  return orientation >= 1 && orientation <= 8 ? orientation : null;
}

/** Fujifilm: the header says where the only JPEG is. */
export function rafJpeg(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 92) return new Uint8Array();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return part(bytes, view.getUint32(84), view.getUint32(88));
}

function* tiffJpegs(bytes: Uint8Array, tiff: TiffStructure): Generator<Uint8Array> {
  for (const directory of tiff.directories()) {
    yield part(bytes, directory.number(tags.jpegOffset), directory.number(tags.jpegLength));
    yield directory.bytes(tags.panasonicJpeg) ?? new Uint8Array();
    const isSensorData = sensorData.includes(directory.number(tags.photometric) ?? 0);
    const strips = directory.numbers(tags.stripOffsets);
    if ([6, 7].includes(directory.number(tags.compression) ?? 0) && strips.length === 1 && !isSensorData) {
      yield part(bytes, strips[0], directory.number(tags.stripByteCounts));
    }
  }
  const exif = tiff.directory(tiff.first()?.number(tags.exif));
  const note = exif?.place(tags.makerNote);
  if (note !== undefined) yield* olympusJpegs(bytes, note);
}

/** Olympus and OM System keep the preview in the maker note, whose places count from its own beginning or the file's. */
function* olympusJpegs(bytes: Uint8Array, note: number): Generator<Uint8Array> {
  const settings = 0x2020;
  const [previewStart, previewLength] = [0x0101, 0x0102];
  const name = Buffer.from(bytes.subarray(note, note + 10)).toString('latin1');
  const [header, base] = name.startsWith('OLYMPUS\0')
    ? [12, note]
    : name.startsWith('OM SYSTEM')
      ? [16, note]
      : name.startsWith('OLYMP\0')
        ? [8, 0]
        : [0, 0];
  if (header === 0) return;
  // The structure at the note's beginning has no place of a first directory; it follows the name.
  const own = TiffStructure.open(inByteOrder(bytes, header, base));
  const place = header + (base === 0 ? note : 0);
  const directory = own?.directory(own.directory(place)?.number(settings));
  const start = directory?.number(previewStart);
  if (start !== undefined) yield part(bytes, start + base, directory?.number(previewLength));
}

/** The bytes from which the note's places count, beginning with a byte order, as a TIFF structure does. */
function inByteOrder(bytes: Uint8Array, header: number, base: number): Uint8Array {
  if (base === 0) return bytes;
  const copy = Buffer.from(bytes.subarray(base, base + 256 * 1024));
  // The byte order stands in the last four bytes of the name.
  copy.copy(copy, 0, header - 4, header - 2);
  return copy;
}

function part(bytes: Uint8Array, at: number | undefined, length: number | undefined): Uint8Array {
  if (at === undefined || length === undefined) return new Uint8Array();
  return bytes.subarray(at, at + length);
}
