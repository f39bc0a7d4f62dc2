/** The segments before the image data of a JPEG (ITU-T T.81, annex B). */

const startOfImage = 0xd8;
const applicationOne = 0xe1;
const startOfScan = 0xda;
/** Coded in blocks, in sequence or progressively; others are lossless, hierarchical or arithmetic. */
const usualFrames = [0xc0, 0xc1, 0xc2];
/** Of all kinds: between these, DHT, JPG and DAC are not frames. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

interface Segment {
  marker: number;
  /** Where it begins, with its marker. */
  at: number;
  /** Its content, without marker and length. */
  content: Uint8Array;
}

function* segments(bytes: Uint8Array): Generator<Segment> {
  if (bytes[0] !== 0xff || bytes[1] !== startOfImage) return;
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) return;
    const marker = bytes[at + 1];
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = (bytes[at + 2] << 8) | bytes[at + 3];
    if (marker === startOfScan || length < 2) return;
    yield { marker, at, content: bytes.subarray(at + 4, at + 2 + length) };
    at += 2 + length;
  }
}

/** Pixels of a JPEG that any decoder can read, or null for what is none. */
export function jpegSize(bytes: Uint8Array): { width: number; height: number } | null {
  for (const { marker, content } of segments(bytes)) {
    if (!isFrame(marker)) continue;
    if (!usualFrames.includes(marker) || content.length < 6 || content[0] !== 8) return null;
    const [, high, low, wide, narrow] = content;
    return { height: (high << 8) | low, width: (wide << 8) | narrow };
  }
  return null;
}

/** How many bytes stand before the first scan, or before what makes no sense. */
export function headLength(bytes: Uint8Array): number {
  let length = 2;
  for (const { at, content } of segments(bytes)) length = at + 4 + content.length;
  return length;
}

/** The same JPEG with an EXIF block that holds this orientation, 1 to 8, and nothing else. */
export function withOrientation(jpeg: Uint8Array, orientation: number): Uint8Array {
  const parts = [jpeg.subarray(0, 2), orientationSegment(orientation)];
  let at = 2;
  for (const segment of segments(jpeg)) {
    if (segment.marker !== applicationOne || !isExif(segment.content)) continue;
    parts.push(jpeg.subarray(at, segment.at));
    at = segment.at + 4 + segment.content.length;
  }
  return Buffer.concat([...parts, jpeg.subarray(at)]);
}

function isExif(content: Uint8Array): boolean {
  return Buffer.from(content.subarray(0, 5)).toString('latin1') === 'Exif\0';
}

function orientationSegment(orientation: number): Uint8Array {
  const segment = Buffer.alloc(36);
  segment.writeUInt16BE(0xff00 | applicationOne, 0);
  segment.writeUInt16BE(segment.length - 2, 2);
  segment.write('Exif\0\0MM\0*', 4, 'latin1');
  segment.writeUInt32BE(8, 14);
  segment.writeUInt16BE(1, 18);
  segment.writeUInt16BE(0x0112, 20);
  segment.writeUInt16BE(3, 22);
  segment.writeUInt32BE(1, 24);
  segment.writeUInt16BE(orientation, 28);
  return segment;
}
