/** Choices that a seed alone decides, and what they make of bytes. */
import { randomFrom } from '../../src-main/descriptor/random.ts';

/** Lengths and numbers at which programs go wrong. */
const edges = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** JSON of anything; what JSON does not know becomes null. */
export function jsonOf(value: unknown): string {
  return JSON.stringify([value]).slice(1, -1);
}

export class Dice {
  readonly random: () => number;

  constructor(seed: number) {
    this.random = randomFrom(seed);
  }

  /** A whole number in [0, below). */
  below(below: number): number {
    return Math.floor(this.random() * below);
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)];
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  /** Some changes to bytes; `others` are what pieces are taken from. */
  mutated(bytes: Uint8Array, others: readonly Uint8Array[] = []): Buffer {
    let result: Buffer = Buffer.from(bytes);
    const changes = 1 + this.below(6);
    for (let change = 0; change < changes; change++) result = this.#changed(result, others);
    return result;
  }

  #changed(bytes: Buffer, others: readonly Uint8Array[]): Buffer {
    if (bytes.length === 0) return this.bytes(this.below(100));
    // Headers decide more than the rest.
    const at = this.below(this.chance(0.5) ? Math.min(bytes.length, 512) : bytes.length);
    const length = 1 + this.below(this.chance(0.5) ? 16 : Math.max(1, bytes.length - at));
    switch (this.below(8)) {
      case 0:
        bytes[at] ^= 1 << this.below(8);
        return bytes;
      case 1:
        return bytes.subarray(0, at);
      case 2:
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
      case 3:
        return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
      case 4:
        this.bytes(Math.min(length, 64)).copy(bytes, at);
        return bytes;
      case 5:
        return this.#withNumber(bytes, at);
      case 6: {
        if (others.length === 0) return bytes;
        const other = this.pick(others);
        const from = this.chance(0.3) ? 0 : this.below(other.length);
        const piece = other.subarray(from, from + length);
        return Buffer.concat([
          bytes.subarray(0, at),
          piece,
          bytes.subarray(at + (this.chance(0.5) ? length : 0)),
        ]);
      }
      default:
        bytes.fill(this.pick([0, 0xff, 0x41]), at, Math.min(bytes.length, at + length));
        return bytes;
    }
  }

  /** A length or a number blown up, in either order of bytes. */
  #withNumber(bytes: Buffer, at: number): Buffer {
    if (at + 4 > bytes.length) return bytes;
    const value = this.chance(0.7) ? this.pick(edges) : this.below(2 ** 32);
    if (this.chance(0.3)) bytes.writeUInt16BE(value & 0xffff, at);
    else if (this.chance(0.5)) bytes.writeUInt32BE(value, at);
    else bytes.writeUInt32LE(value, at);
    return bytes;
  }

  /** Any plain value. */
  value(depth = 3): unknown {
    switch (this.below(depth > 0 ? 12 : 9)) {
      case 0:
        return null;
      case 1:
        return undefined;
      case 2:
        return this.chance(0.5);
      case 3:
        return this.pick([...edges, -1, -0, 0.5, 1e308, -1e308, 5e-324, 2 ** 53, NaN, Infinity, -Infinity]);
      case 4:
        return this.below(5);
      case 5:
        return this.pick(oddTexts);
      case 6:
        return 'x'.repeat(this.below(40_000));
      case 7:
        return Uint8Array.from(this.bytes(this.below(100)));
      case 8:
        return this.pick(['folder', 'tag', 'pairs', 'umap', 'name', 'date']);
      case 9:
      case 10:
        return Array.from({ length: this.below(5) }, () => this.value(depth - 1));
      default:
        return Object.fromEntries(
          Array.from({ length: this.below(4) }, () => [this.pick(oddTexts), this.value(depth - 1)]),
        );
    }
  }

  /** The same value but for one place somewhere within it. */
  changedWithin(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || this.chance(0.15)) {
      return this.value();
    }
    const entries = Object.entries(value);
    if (entries.length === 0) return this.value();
    const place = this.below(entries.length);
    const changed: [string, unknown][] = entries.map(([key, each], i) => [
      key,
      i === place ? this.changedWithin(each) : each,
    ]);
    if (this.chance(0.1)) changed.splice(place, 1);
    if (this.chance(0.1)) changed.push([this.pick(oddTexts), this.value()]);
    return Array.isArray(value) ? changed.map(([, each]) => each) : Object.fromEntries(changed);
  }
}

const oddTexts = [
  '',
  '\0',
  '..',
  '../../../../etc/passwd',
  '/etc/passwd',
  '/dev/zero',
  '\\\\server\\share\\x',
  '__proto__',
  'constructor',
  'toString',
  '%s%n',
  "'; DROP TABLE photos; --",
  '\ud800',
  '\u202e',
  '💥'.repeat(50),
  '${x}',
  '1e999',
  'id',
  'kind',
];
