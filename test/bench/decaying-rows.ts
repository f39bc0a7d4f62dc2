/** Rows with a spectrum like that of descriptors, for benchmarks. */
import { gaussianFrom, randomFrom } from '../../src-main/descriptor/random.ts';
import type { Rows } from '../../src-main/descriptor/matrix.ts';

/** Variance along the i-th direction, counted from 1, falls off as i to this power. */
const decay = -1.1;
const offset = 0.1;

/** Random scores of falling variance, turned by plane rotations until all features share in all directions. */
export function decayingRows(rows: number, columns: number, seed: number): Rows {
  const random = randomFrom(seed);
  const gaussian = gaussianFrom(random);
  const deviations = Float64Array.from({ length: columns }, (_, i) => (i + 1) ** (decay / 2));
  const rotations = planeRotations(columns, random);
  const values = new Float32Array(rows * columns);
  const row = new Float64Array(columns);
  for (let start = 0; start < values.length; start += columns) {
    for (let i = 0; i < columns; i++) row[i] = deviations[i] * gaussian();
    rotate(row, rotations);
    for (let i = 0; i < columns; i++) values[start + i] = row[i] + offset;
  }
  return { rows, columns, values };
}

interface Rotations {
  first: Uint32Array;
  second: Uint32Array;
  cosine: Float64Array;
  sine: Float64Array;
}

/** Of all pairs that are 1, 2, 4, … apart: the pattern of the fast Fourier transform. */
function planeRotations(columns: number, random: () => number): Rotations {
  const pairs: [number, number][] = [];
  for (let stride = 1; stride < columns; stride *= 2) {
    for (let i = 0; i + stride < columns; i++) if ((i & stride) === 0) pairs.push([i, i + stride]);
  }
  const angles = pairs.map(() => 2 * Math.PI * random());
  return {
    first: Uint32Array.from(pairs, ([i]) => i),
    second: Uint32Array.from(pairs, ([, j]) => j),
    cosine: Float64Array.from(angles, Math.cos),
    sine: Float64Array.from(angles, Math.sin),
  };
}

function rotate(row: Float64Array, { first, second, cosine, sine }: Rotations): void {
  for (let k = 0; k < first.length; k++) {
    const a = row[first[k]];
    const b = row[second[k]];
    row[first[k]] = cosine[k] * a - sine[k] * b;
    row[second[k]] = sine[k] * a + cosine[k] * b;
  }
}
