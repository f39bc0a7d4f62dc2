/** Linear reductions: subtract a mean, multiply by a matrix. */
import { type Reduction, SemblanceError, type Whitening } from '../contract/index.ts';
import { type MatrixProduct, rowAt, type Rows } from './matrix.ts';
import type { PcaFit } from './pca.ts';

export interface LinearMap {
  /** `inputs` numbers, subtracted first. */
  mean: Float32Array;
  /** `dimension` × `inputs`, row-major. */
  matrix: Float32Array;
  dimension: number;
  inputs: number;
}

export type PcaReduction = Pick<Extract<Reduction, { kind: 'pca' }>, 'dimension' | 'whitening' | 'shrinkage'>;

/** Rows that are multiplied at a time: enough to keep all cores busy, few enough to stay small in memory. */
const blockRows = 2048;

/**
 * Factor on each component of a fit. Variances are first shrunk towards their mean, λ' = (1 − α)·λ + α·Σλ / inputs.
 * - none: 1
 * - regularised: (λ' + ε·Σλ)^-1/2. ε = 0 is plain whitening (Jégou & Chum, Negative evidences and co-occurences in
 *   image retrieval, ECCV 2012); ε of the total variance keeps weak components from drowning the rest.
 * - power: λ'^-a
 * @param shrinkage α in 0..1, or `auto` for the intensity that the fit found (Chen et al. 2010)
 */
export function componentScales(
  fit: PcaFit,
  whitening: Whitening,
  shrinkage: PcaReduction['shrinkage'],
): Float64Array {
  const { eigenvalues, totalVariance, inputs } = fit;
  if (whitening.kind === 'none') return new Float64Array(eigenvalues.length).fill(1);
  const intensity = shrinkage === 'auto' ? fit.shrinkage : shrinkage;
  const [added, exponent] =
    whitening.kind === 'regularised' ? [whitening.epsilon * totalVariance, -0.5] : [0, -whitening.exponent];
  return eigenvalues.map((variance) => {
    const shrunk = (1 - intensity) * variance + (intensity * totalVariance) / inputs;
    return (shrunk + added) ** exponent;
  });
}

/** The first `dimension` components of a fit, or all that it has, with their scales folded into the matrix. */
export function linearMapOfPca(fit: PcaFit, { dimension, whitening, shrinkage }: PcaReduction): LinearMap {
  const { mean, inputs } = fit;
  const kept = Math.min(dimension, fit.dimension);
  const scales = componentScales(fit, whitening, shrinkage);
  const matrix = fit.components.slice(0, kept * inputs);
  for (let row = 0; row < kept; row++) {
    const component = rowAt({ rows: kept, columns: inputs, values: matrix }, row);
    for (let i = 0; i < inputs; i++) component[i] *= scales[row];
  }
  return { mean, matrix, dimension: kept, inputs };
}

/**
 * Maps many rows, block by block in single precision.
 * @param rows n × inputs; not changed
 * @returns n × dimension
 * @throws SemblanceError `recipe-mismatch` when the map is for vectors of another length
 */
export async function applyLinear(map: LinearMap, rows: Rows, product: MatrixProduct): Promise<Rows> {
  const { dimension, inputs } = map;
  check(map, rows.columns);
  const matrix = { rows: dimension, columns: inputs, values: map.matrix };
  const result = { rows: rows.rows, columns: dimension, values: new Float32Array(rows.rows * dimension) };
  const centred = new Float32Array(Math.min(rows.rows, blockRows) * inputs);
  for (let start = 0; start < rows.rows; start += blockRows) {
    const count = Math.min(blockRows, rows.rows - start);
    const block = { rows: count, columns: inputs, values: centred.subarray(0, count * inputs) };
    // The mean goes first, not as an offset after the product: the difference of two large numbers loses digits.
    for (let row = 0; row < count; row++) subtract(rowAt(rows, start + row), map.mean, rowAt(block, row));
    const mapped = await product(block, matrix, { transposeB: true });
    result.values.set(mapped.values, start * dimension);
  }
  return result;
}

/** Maps one vector. @throws SemblanceError `recipe-mismatch` when the map is for vectors of another length */
export function applyLinearTo(map: LinearMap, vector: Float32Array): Float32Array {
  const { dimension, inputs, mean, matrix } = map;
  check(map, vector.length);
  const centred = new Float32Array(inputs);
  subtract(vector, mean, centred);
  const result = new Float32Array(dimension);
  for (let row = 0; row < dimension; row++) result[row] = dot(matrix, row * inputs, centred);
  return result;
}

function check({ inputs }: LinearMap, length: number): void {
  if (length !== inputs) {
    throw new SemblanceError('recipe-mismatch', 'The fit was made for another recipe. Index again.');
  }
}

function subtract(vector: Float32Array, mean: Float32Array, target: Float32Array): void {
  for (let i = 0; i < vector.length; i++) target[i] = vector[i] - mean[i];
}

/** Four sums side by side, because one would wait for each addition before the next. */
function dot(matrix: Float32Array, start: number, vector: Float32Array): number {
  const whole = vector.length - (vector.length % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < whole; i += 4) {
    a += matrix[start + i] * vector[i];
    b += matrix[start + i + 1] * vector[i + 1];
    c += matrix[start + i + 2] * vector[i + 2];
    d += matrix[start + i + 3] * vector[i + 3];
  }
  for (let i = whole; i < vector.length; i++) a += matrix[start + i] * vector[i];
  return a + b + c + d;
}
