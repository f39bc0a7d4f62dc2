/** How large a message of MessagePack would be once decoded: told from its bytes, before anything is built of them. */

/** Deeper than any command's arguments; each level costs memory, at one byte of a message. */
const mostDepth = 64;
/** Values in a message, of which the longest list of photos has half. */
const mostValues = 200_000;

/** Bytes of what follows the first byte and is no value of its own, by first byte from 0xc0 (msgpack spec, "Formats"). */
const fixedBytes = new Map([
  ...[0xcc, 0xd0].map((byte) => [byte, 1] as const),
  ...[0xcd, 0xd1, 0xd4].map((byte) => [byte, 2] as const),
  [0xd5, 3],
  ...[0xca, 0xce, 0xd2].map((byte) => [byte, 4] as const),
  [0xd6, 5],
  ...[0xcb, 0xcf, 0xd3].map((byte) => [byte, 8] as const),
  [0xd7, 9],
  [0xd8, 17],
]);
/** Bytes in which a length stands, and how many more each has beside its contents. */
const lengths = new Map<number, { bytes: 1 | 2 | 4; more: number }>([
  [0xc4, { bytes: 1, more: 0 }],
  [0xc5, { bytes: 2, more: 0 }],
  [0xc6, { bytes: 4, more: 0 }],
  [0xc7, { bytes: 1, more: 1 }],
  [0xc8, { bytes: 2, more: 1 }],
  [0xc9, { bytes: 4, more: 1 }],
  [0xd9, { bytes: 1, more: 0 }],
  [0xda, { bytes: 2, more: 0 }],
  [0xdb, { bytes: 4, more: 0 }],
]);

/** Whether a message nests no deeper, and holds no more values, than any of ours. A broken one may pass: decoding tells. */
export function isWithinBounds(message: Buffer): boolean {
  /** Values still to come, for each list or map that is open. */
  const open: number[] = [1];
  let at = 0;
  let values = 0;
  while (open.length > 0 && at < message.length) {
    const last = open.length - 1;
    if (open[last] === 0) {
      open.pop();
      continue;
    }
    open[last] -= 1;
    values += 1;
    if (values > mostValues) return false;
    const { next, children } = valueAt(message, at);
    at = next;
    if (children === 0) continue;
    if (open.length >= mostDepth || children > mostValues) return false;
    open.push(children);
  }
  return true;
}

/** Where the value at a place ends, not counting the values in it, and how many those are. */
function valueAt(message: Buffer, at: number): { next: number; children: number } {
  const first = message[at];
  const next = at + 1;
  if (first <= 0x7f || first >= 0xe0) return { next, children: 0 };
  if (first <= 0x8f) return { next, children: 2 * (first & 0x0f) };
  if (first <= 0x9f) return { next, children: first & 0x0f };
  if (first <= 0xbf) return { next: next + (first & 0x1f), children: 0 };
  const length = lengths.get(first);
  if (length) {
    return { next: next + length.bytes + length.more + numberAt(message, next, length.bytes), children: 0 };
  }
  if (first === 0xdc) return { next: next + 2, children: numberAt(message, next, 2) };
  if (first === 0xdd) return { next: next + 4, children: numberAt(message, next, 4) };
  if (first === 0xde) return { next: next + 2, children: 2 * numberAt(message, next, 2) };
  if (first === 0xdf) return { next: next + 4, children: 2 * numberAt(message, next, 4) };
  return { next: next + (fixedBytes.get(first) ?? 0), children: 0 };
}

function numberAt(message: Buffer, at: number, bytes: 1 | 2 | 4): number {
  return at + bytes <= message.length ? message.readUIntBE(at, bytes) : 0;
}
