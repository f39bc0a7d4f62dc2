/**
 * Directories of a TIFF structure, which is what EXIF blocks and most camera raw files are (TIFF 6.0, Adobe 1992).
 * Whatever the bytes claim, no more is read than asked for, and nothing beyond their end.
 */

/** Bytes of a value by the number of its type; 13 is a directory's place. */
const typeSizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];
const rationalTypes = [5, 10];

/** More entries than any camera writes. */
const maxEntries = 2000;
/** Directories of one file that are looked at. */
const maxDirectories = 64;
/** Numbers of one value that are read. */
const maxNumbers = 64;

const subDirectories = 0x014a;

interface Entry {
  type: number;
  count: number;
  /** Where the value begins. */
  at: number;
}

interface Structure {
  bytes: Uint8Array;
  view: DataView;
  isLittleEndian: boolean;
}

/** A directory's entries by their tags. Values that lie outside the file count as missing. */
export class TiffDirectory {
  readonly #structure: Structure;
  readonly #entries: Map<number, Entry>;
  /** Where the next directory of the chain is; 0 after the last. */
  readonly next: number;

  constructor(structure: Structure, entries: Map<number, Entry>, next: number) {
    this.#structure = structure;
    this.#entries = entries;
    this.next = next;
  }

  has(tag: number): boolean {
    return this.#entries.has(tag);
  }

  /** The first numbers of a value; quotients as such, NaN or Infinity where they divide by nothing. */
  numbers(tag: number): number[] {
    const entry = this.#entries.get(tag);
    if (!entry) return [];
    const size = typeSizes[entry.type];
    return Array.from({ length: Math.min(entry.count, maxNumbers) }, (_, i) =>
      this.#number(entry.type, entry.at + i * size),
    );
  }

  number(tag: number): number | undefined {
    return this.numbers(tag).at(0);
  }

  bytes(tag: number): Uint8Array | null {
    const entry = this.#entries.get(tag);
    if (!entry) return null;
    return this.#structure.bytes.subarray(entry.at, entry.at + entry.count * typeSizes[entry.type]);
  }

  /** Where a value lies in the file. */
  place(tag: number): number | undefined {
    return this.#entries.get(tag)?.at;
  }

  #number(type: number, at: number): number {
    const { view, isLittleEndian } = this.#structure;
    if (rationalTypes.includes(type)) {
      const part = (place: number): number =>
        type === 5 ? view.getUint32(place, isLittleEndian) : view.getInt32(place, isLittleEndian);
      return part(at) / part(at + 4);
    }
    if (type === 3) return view.getUint16(at, isLittleEndian);
    if (type === 4 || type === 13) return view.getUint32(at, isLittleEndian);
    if (type === 6) return view.getInt8(at);
    if (type === 8) return view.getInt16(at, isLittleEndian);
    if (type === 9) return view.getInt32(at, isLittleEndian);
    if (type === 11) return view.getFloat32(at, isLittleEndian);
    if (type === 12) return view.getFloat64(at, isLittleEndian);
    return view.getUint8(at);
  }
}

export class TiffStructure {
  readonly #structure: Structure;
  readonly #firstPlace: number;

  private constructor(structure: Structure, firstPlace: number) {
    this.#structure = structure;
    this.#firstPlace = firstPlace;
  }

  /**
   * @param base where the structure begins, from which its places count
   * @returns null for what does not begin with a byte order
   */
  static open(bytes: Uint8Array, base = 0): TiffStructure | null {
    const part = bytes.subarray(base);
    if (part.length < 8) return null;
    const [first, second] = part;
    const isLittleEndian = first === 0x49;
    if (first !== second || !(isLittleEndian || first === 0x4d)) return null;
    const view = new DataView(part.buffer, part.byteOffset, part.length);
    return new TiffStructure({ bytes: part, view, isLittleEndian }, view.getUint32(4, isLittleEndian));
  }

  first(): TiffDirectory | null {
    return this.directory(this.#firstPlace);
  }

  /** The directory at a place; null where there is none. */
  directory(place: number | undefined): TiffDirectory | null {
    const { view, isLittleEndian } = this.#structure;
    if (place === undefined || place < 2 || place + 2 > view.byteLength) return null;
    const count = view.getUint16(place, isLittleEndian);
    if (count === 0 || count > maxEntries) return null;
    const entries = new Map<number, Entry>();
    let at = place + 2;
    for (let i = 0; i < count && at + 12 <= view.byteLength; i++, at += 12) {
      const entry = this.#entry(at);
      const tag = view.getUint16(at, isLittleEndian);
      if (entry && !entries.has(tag)) entries.set(tag, entry);
    }
    const next = at + 4 <= view.byteLength ? view.getUint32(at, isLittleEndian) : 0;
    return new TiffDirectory(this.#structure, entries, next);
  }

  #entry(at: number): Entry | null {
    const { view, isLittleEndian } = this.#structure;
    const type = view.getUint16(at + 2, isLittleEndian);
    const count = view.getUint32(at + 4, isLittleEndian);
    if (type === 0 || type >= typeSizes.length) return null;
    const length = count * typeSizes[type];
    const place = length <= 4 ? at + 8 : view.getUint32(at + 8, isLittleEndian);
    return place + length <= view.byteLength ? { type, count, at: place } : null;
  }

  /** All directories: those of the chain, and those inside them. Each is met once, however they point at each other. */
  *directories(): Generator<TiffDirectory> {
    const pending = [this.#firstPlace];
    const seen = new Set<number>();
    for (let place = pending.shift(); place !== undefined; place = pending.shift()) {
      if (seen.has(place)) continue;
      if (seen.size === maxDirectories) return;
      seen.add(place);
      const directory = this.directory(place);
      if (!directory) continue;
      yield directory;
      pending.push(...directory.numbers(subDirectories));
      if (directory.next !== 0) pending.push(directory.next);
    }
  }
}
