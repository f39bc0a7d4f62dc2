/** Vectors that one process of a benchmark hands to another: single precision, row by row, without a header. */
import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs';

const rowsAtATime = 4096;

export function writeVectors(file: string, values: Float32Array): void {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const descriptor = openSync(file, 'w');
  try {
    // A single write takes less than two gigabytes.
    const most = 1 << 28;
    for (let at = 0; at < bytes.length; at += most) writeSync(descriptor, bytes.subarray(at, at + most));
  } finally {
    closeSync(descriptor);
  }
}

export function countVectors(file: string, dimension: number): number {
  return statSync(file).size / (4 * dimension);
}

/** A few at a time, so that they never lie in memory all at once; each is valid until the next. */
export function* readVectors(file: string, dimension: number): Generator<Float32Array> {
  const block = new Float32Array(rowsAtATime * dimension);
  const descriptor = openSync(file, 'r');
  try {
    for (;;) {
      const rows = readSync(descriptor, block) / (4 * dimension);
      for (let row = 0; row < rows; row++) yield block.subarray(row * dimension, (row + 1) * dimension);
      if (rows < rowsAtATime) return;
    }
  } finally {
    closeSync(descriptor);
  }
}
