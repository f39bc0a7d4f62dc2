/**
 * Plain data with typed arrays in MessagePack, followed by the SHA-256 of all before it. Numbers are little-endian, as
 * on every platform that Semblance runs on.
 */
import { createHash } from 'node:crypto';
import { decode, encode, ExtensionCodec } from '@msgpack/msgpack';
import { SemblanceError } from '../contract/index.ts';

const digestBytes = 32;

const arrays = [Float32Array, Float64Array, Uint32Array] as const;

const codec = new ExtensionCodec();
arrays.forEach((Kind, type) => {
  codec.register({
    type,
    encode: (value) =>
      value instanceof Kind ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : null,
    decode: (bytes) => {
      if (bytes.length % Kind.BYTES_PER_ELEMENT !== 0) throw new RangeError('cut in the middle of a number');
      // Copied, because bytes within a message need not be aligned.
      return new Kind(Uint8Array.from(bytes).buffer);
    },
  });
});

export function pack(value: unknown): Uint8Array {
  const body = encode(value, { extensionCodec: codec });
  const packed = new Uint8Array(body.length + digestBytes);
  packed.set(body);
  packed.set(digest(body), body.length);
  return packed;
}

/** @throws SemblanceError `library-damaged` when the bytes are not whole and unchanged */
export function unpack(packed: Uint8Array, what: string): unknown {
  const body = packed.subarray(0, -digestBytes);
  if (packed.length > digestBytes && digest(body).equals(packed.subarray(-digestBytes))) {
    try {
      return decode(body, { extensionCodec: codec });
    } catch {
      // Said below, as for bytes that were changed.
    }
  }
  throw new SemblanceError('library-damaged', `${what} is damaged. Index the folders again to renew it.`);
}

function digest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
