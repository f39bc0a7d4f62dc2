/** What the tests of training share: problems with a known answer, and gradients by differences. */
import { gaussianFrom, randomFrom, rowAt, type Rows } from '../../../src-main/descriptor/index.ts';

/** Standard normal numbers, always the same for a seed. */
export function normals(seed: number, length: number): Float64Array {
  const gaussian = gaussianFrom(randomFrom(seed));
  return Float64Array.from({ length }, () => gaussian());
}

/** 0, 0, 0, 1, 1, 1, 2 … */
export function groupsOf(count: number, rowsPerGroup: number): number[] {
  return Array.from({ length: count * rowsPerGroup }, (_, row) => Math.floor(row / rowsPerGroup));
}

/**
 * Rows whose first features tell their group, while all others, three times as strong, tell nothing.
 * @param seed other rows of the same groups for another seed
 */
export function plantedRows(seed: number, groups: number[], informative: number, columns: number): Rows {
  const noise = normals(seed, groups.length * columns);
  const centres = normals(-1, (Math.max(...groups) + 1) * informative);
  const values = Float32Array.from(noise, (value, i) => {
    const [row, feature] = [Math.floor(i / columns), i % columns];
    return feature < informative ? centres[groups[row] * informative + feature] + 0.2 * value : 3 * value;
  });
  return { rows: groups.length, columns, values };
}

/** Share of rows whose nearest other row by cosine is of their group. */
export function nearestIsMate(rows: Rows, groups: number[]): number {
  const cosine = (a: Float32Array, b: Float32Array): number =>
    a.reduce((sum, value, i) => sum + value * b[i], 0) / (Math.hypot(...a) * Math.hypot(...b));
  const hits = groups.filter((group, row) => {
    const others = [...groups.keys()].filter((other) => other !== row);
    const score = (other: number): number => cosine(rowAt(rows, row), rowAt(rows, other));
    return groups[others.reduce((best, other) => (score(other) > score(best) ? other : best))] === group;
  });
  return hits.length / groups.length;
}

/**
 * Largest difference between a gradient and central differences of its loss, as a share of the gradient's largest
 * entry.
 * @param parameters what the loss depends on; changed and put back
 */
export async function gradientError(
  parameters: Float64Array,
  gradient: ArrayLike<number>,
  loss: () => Promise<number>,
): Promise<number> {
  const step = 1e-5;
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < parameters.length; i++) {
    const value = parameters[i];
    parameters[i] = value + step;
    const above = await loss();
    parameters[i] = value - step;
    const below = await loss();
    parameters[i] = value;
    difference = Math.max(difference, Math.abs((above - below) / (2 * step) - gradient[i]));
    largest = Math.max(largest, Math.abs(gradient[i]));
  }
  return difference / largest;
}
