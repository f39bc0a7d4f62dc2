/** Principal component analysis (Jolliffe, Principal Component Analysis, 2002). */
import { SemblanceError } from '../contract/index.ts';
import { leadingEigenpairs } from './eigen.ts';
import type { Matrix, MatrixProduct } from './matrix.ts';

export interface PcaFit {
  /** `inputs` numbers. */
  mean: Float32Array;
  /** `dimension` × `inputs`, row-major, unit rows, the most telling first. */
  components: Float32Array;
  /** Variance along each component (n − 1 in the denominator), descending. */
  eigenvalues: Float64Array;
  /** Σλ over all components, kept or not: the trace of the covariance. */
  totalVariance: number;
  dimension: number;
  inputs: number;
  /** Rows seen. */
  fittedOn: number;
}

/** Directions with less than this share of the largest variance are rounding. */
const leastVariance = 1e-12;

/**
 * Fits PCA. With fewer rows than columns it works on the rows' Gram matrix, else on the covariance matrix.
 * @param rows observations × features; not changed
 * @param dimension components wanted; fewer come back when the rows span fewer
 * @throws SemblanceError `not-enough-photos` for fewer than two rows, or rows that are all alike
 */
export async function fitPca(
  rows: Matrix,
  dimension: number,
  product: MatrixProduct,
  onProgress?: (done: number, total: number) => void,
): Promise<PcaFit> {
  const { rows: count, columns: inputs } = rows;
  if (count < 2) throw new SemblanceError('not-enough-photos', 'A fit needs at least two photos.');
  const mean = meanRow(rows);
  const centred = subtract(rows, mean);
  const wide = count < inputs;
  const scatter = await product(centred, centred, wide ? { transposeB: true } : { transposeA: true });
  for (let i = 0; i < scatter.values.length; i++) scatter.values[i] /= count - 1;
  let totalVariance = 0;
  for (let i = 0; i < scatter.rows; i++) totalVariance += scatter.values[i * scatter.rows + i];
  // Centring takes one rank away.
  const most = Math.min(dimension, wide ? count - 1 : inputs);
  const { values, vectors } = await leadingEigenpairs(scatter, most, product, onProgress);
  let kept = 0;
  while (kept < most && values[kept] > leastVariance * values[0]) kept++;
  if (kept === 0)
    throw new SemblanceError('not-enough-photos', 'The photos are all alike; there is nothing to fit.');
  const leading = {
    rows: kept,
    columns: vectors.columns,
    values: vectors.values.subarray(0, kept * vectors.columns),
  };
  const directions = wide ? await product(leading, centred) : leading;
  return {
    mean: Float32Array.from(mean),
    components: unitRows(directions),
    eigenvalues: values.slice(0, kept),
    totalVariance,
    dimension: kept,
    inputs,
    fittedOn: count,
  };
}

function meanRow({ rows, columns, values }: Matrix): Float64Array {
  const mean = new Float64Array(columns);
  for (let i = 0; i < values.length; i++) mean[i % columns] += values[i];
  return mean.map((sum) => sum / rows);
}

function subtract(rows: Matrix, mean: Float64Array): Matrix {
  return { ...rows, values: rows.values.map((value, i) => value - mean[i % rows.columns]) };
}

/** Unit rows whose largest entry is positive, so that equal fits are equal to the bit. */
function unitRows({ rows, columns, values }: Matrix): Float32Array {
  const result = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const source = values.subarray(row * columns, (row + 1) * columns);
    let squares = 0;
    let largest = 0;
    for (const value of source) {
      squares += value * value;
      if (Math.abs(value) > Math.abs(largest)) largest = value;
    }
    const scale = Math.sign(largest) / Math.sqrt(squares);
    source.forEach((value, i) => (result[row * columns + i] = value * scale));
  }
  return result;
}
