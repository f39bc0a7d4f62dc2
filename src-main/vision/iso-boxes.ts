/** Boxes of the ISO base media file format (ISO/IEC 14496-12), in which HEIF, AVIF and Canon's CR3 come. */

export interface Box {
  /** Four letters; 'uuid' boxes are named by their identifier in hexadecimal digits. */
  type: string;
  content: Uint8Array;
  /** Whether the file ends before it does. */
  isCut: boolean;
}

/** More than any file has on one level. */
const maxBoxes = 1000;

/** The boxes of one level, as far as they make sense. */
export function* boxesOf(bytes: Uint8Array): Generator<Box> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  for (let count = 0; count < maxBoxes && at + 8 <= bytes.length; count++) {
    let size = view.getUint32(at);
    let header = 8;
    if (size === 1) {
      if (at + 16 > bytes.length) return;
      size = Number(view.getBigUint64(at + 8));
      header = 16;
    } else if (size === 0) size = bytes.length - at;
    let type = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1');
    if (type === 'uuid') {
      type = Buffer.from(bytes.subarray(at + header, at + header + 16)).toString('hex');
      header += 16;
    }
    if (size < header) return;
    const end = at + size;
    yield { type, content: bytes.subarray(at + header, end), isCut: end > bytes.length };
    at = end;
  }
}

/** The first box at the end of a path of types. */
export function boxAt(bytes: Uint8Array, ...path: string[]): Uint8Array | null {
  let content: Uint8Array | null = bytes;
  for (const type of path) {
    if (content === null) return null;
    content = [...boxesOf(content)].find((box) => box.type === type)?.content ?? null;
  }
  return content;
}
