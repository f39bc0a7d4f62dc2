/** Canon's CR3: previews and EXIF blocks in boxes (described by L. Laurent, github.com/lclevy/canon_cr3). */
import { boxAt, boxesOf } from './iso-boxes.ts';
import { type TiffDirectory, TiffStructure } from './tiff-directories.ts';

const canon = '85c0b687820f11e08111f4ce462b6a48';
const preview = 'eaf42b5e1c984b88b9fbb7dc406e4d16';
const xmp = 'be7acfcb97a942e89c71999491e3afac';

/** In THMB and PRVW boxes a few numbers, as many as the version says, stand before the JPEG. */
const mostBeforeJpeg = 64;

/** Its EXIF directories, which stand in boxes of their own: of the image, of the exposure and of the place. */
export function cr3Directories(bytes: Uint8Array): Record<'image' | 'exif' | 'place', TiffDirectory | null> {
  const box = boxAt(bytes, 'moov', canon) ?? new Uint8Array();
  const directory = (type: string): TiffDirectory | null =>
    TiffStructure.open(boxAt(box, type) ?? new Uint8Array())?.first() ?? null;
  return { image: directory('CMT1'), exif: directory('CMT2'), place: directory('CMT4') };
}

export function cr3Image(bytes: Uint8Array): TiffDirectory | null {
  return cr3Directories(bytes).image;
}

export function cr3Xmp(bytes: Uint8Array): Uint8Array | null {
  return boxAt(bytes, xmp);
}

/** All JPEGs: the thumbnail, the preview, and the one of full size, which is a track. */
export function* cr3Jpegs(bytes: Uint8Array): Generator<Uint8Array> {
  const thumbnail = boxAt(bytes, 'moov', canon, 'THMB');
  if (thumbnail) yield fromJpeg(thumbnail);
  // Eight bytes stand before the box inside.
  const shown = boxAt(boxAt(bytes, preview)?.subarray(8) ?? new Uint8Array(), 'PRVW');
  if (shown) yield fromJpeg(shown);
  for (const track of boxesOf(boxAt(bytes, 'moov') ?? new Uint8Array())) {
    if (track.type !== 'trak') continue;
    const sample = firstSample(bytes, boxAt(track.content, 'mdia', 'minf', 'stbl') ?? new Uint8Array());
    if (sample) yield sample;
  }
}

function fromJpeg(content: Uint8Array): Uint8Array {
  const head = Buffer.from(content.subarray(0, mostBeforeJpeg));
  return content.subarray(Math.max(0, head.indexOf(Buffer.of(0xff, 0xd8, 0xff))));
}

/** A track of one picture has one sample; its size and place stand in the sample table. */
function firstSample(bytes: Uint8Array, table: Uint8Array): Uint8Array | null {
  const sizes = viewOf(boxAt(table, 'stsz'));
  const wide = viewOf(boxAt(table, 'co64'));
  const narrow = viewOf(boxAt(table, 'stco'));
  if (!sizes || sizes.byteLength < 12) return null;
  const same = sizes.getUint32(4);
  const size = same === 0 && sizes.byteLength >= 16 ? sizes.getUint32(12) : same;
  if (wide && wide.byteLength >= 16) {
    const at = Number(wide.getBigUint64(8));
    return bytes.subarray(at, at + size);
  }
  if (!narrow || narrow.byteLength < 12) return null;
  const at = narrow.getUint32(8);
  return bytes.subarray(at, at + size);
}

function viewOf(content: Uint8Array | null): DataView | null {
  return content && new DataView(content.buffer, content.byteOffset, content.length);
}
