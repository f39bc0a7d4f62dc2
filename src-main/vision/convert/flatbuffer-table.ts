/** Reading a flatbuffer by field numbers, with bounds checked, for files whose schema is not compiled in. */
import { ByteBuffer } from 'flatbuffers';

/** A table of a flatbuffer. Reading outside the file throws a RangeError. */
export class Table {
  readonly #buffer: ByteBuffer;
  readonly #at: number;

  private constructor(buffer: ByteBuffer, at: number) {
    this.#buffer = buffer;
    this.#at = at;
  }

  static root(bytes: Uint8Array): Table {
    const buffer = new ByteBuffer(bytes);
    check(buffer, 0, 4);
    const at = buffer.readUint32(0);
    check(buffer, at, 4);
    return new Table(buffer, at);
  }

  int32(field: number, otherwise = 0): number {
    const at = this.#field(field, 4);
    return at === null ? otherwise : this.#buffer.readInt32(at);
  }

  int8(field: number): number {
    const at = this.#field(field, 1);
    return at === null ? 0 : this.#buffer.readInt8(at);
  }

  table(field: number): Table | null {
    const at = this.#field(field, 4);
    return at === null ? null : this.#follow(at);
  }

  string(field: number): string {
    return new TextDecoder().decode(this.bytes(field) ?? new Uint8Array());
  }

  bytes(field: number): Uint8Array | null {
    const vector = this.#vector(field, 1);
    return vector === null ? null : this.#buffer.bytes().subarray(vector.start, vector.start + vector.length);
  }

  ints(field: number): number[] {
    return this.#list(field, (at) => this.#buffer.readInt32(at));
  }

  tables(field: number): Table[] {
    return this.#list(field, (at) => this.#follow(at));
  }

  #list<Item>(field: number, read: (at: number) => Item): Item[] {
    const vector = this.#vector(field, 4);
    return vector === null ? [] : Array.from({ length: vector.length }, (_, i) => read(vector.start + 4 * i));
  }

  #vector(field: number, itemBytes: number): { start: number; length: number } | null {
    const at = this.#field(field, 4);
    if (at === null) return null;
    const start = at + this.#buffer.readUint32(at);
    check(this.#buffer, start, 4);
    const length = this.#buffer.readUint32(start);
    check(this.#buffer, start + 4, length * itemBytes);
    return { start: start + 4, length };
  }

  #follow(at: number): Table {
    const target = at + this.#buffer.readUint32(at);
    check(this.#buffer, target, 4);
    return new Table(this.#buffer, target);
  }

  /** Position of a field, or null where the table leaves it out. */
  #field(field: number, bytes: number): number | null {
    const directory = this.#at - this.#buffer.readInt32(this.#at);
    check(this.#buffer, directory, 4);
    const entry = 4 + 2 * field;
    if (entry + 2 > this.#buffer.readUint16(directory)) return null;
    check(this.#buffer, directory, entry + 2);
    const offset = this.#buffer.readUint16(directory + entry);
    if (offset === 0) return null;
    check(this.#buffer, this.#at + offset, bytes);
    return this.#at + offset;
  }
}

function check(buffer: ByteBuffer, at: number, bytes: number): void {
  if (at < 0 || at + bytes > buffer.capacity()) throw new RangeError('an offset points outside the file');
}
