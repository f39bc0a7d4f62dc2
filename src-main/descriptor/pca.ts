/** Principal component analysis (Jolliffe, Principal Component Analysis, 2002). */
import { SemblanceError } from '../contract/index.ts';
import { cancellableProduct } from './cancellable-product.ts';
import { leadingEigenpairs } from './eigen.ts';
import { type Matrix, type MatrixProduct, rowAt, type Rows } from './matrix.ts';
import { combineRows, covariance, gramOfRows, meanRow, projectRows } from './scatter.ts';

export interface PcaFit {
  /** `inputs` numbers. */
  mean: Float32Array;
  /** `dimension` × `inputs`, row-major, unit rows, the most telling first. */
  components: Float32Array;
  /** Variance along each component (n − 1 in the denominator), descending. */
  eigenvalues: Float64Array;
  /** Σλ over all components, kept or not: the trace of the covariance. */
  totalVariance: number;
  /** How far all variances should be drawn towards their mean, 0 … 1, by how few the rows are (`shrinkageOf`). */
  shrinkage: number;
  dimension: number;
  inputs: number;
  /** Rows seen. */
  fittedOn: number;
}

export interface PcaOptions {
  /** Components of an earlier fit on similar rows, one a row: the new ones are then found sooner. */
  start?: Matrix | undefined;
  /** Relative error of the eigenvalues that is good enough. */
  tolerance?: number | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
  /** Ends the fit between two products. */
  signal?: AbortSignal | undefined;
}

/** Directions with less than this share of the largest variance are rounding. */
const leastVariance = 1e-12;
/** Where errors from this on are allowed, the sums over all rows are taken in single precision. */
const leastToleranceOfSingle = 1e-5;
/** Progress is told in hundredths; this many of them are the sums over all rows, and the others the iteration. */
const progressOfSums = 50;

/**
 * Fits PCA. With fewer rows than columns it works on the rows' Gram matrix, else on the covariance matrix; the rows
 * are never converted to double precision but in blocks.
 * @param rows observations × features; not changed
 * @param dimension components wanted; fewer come back when the rows span fewer
 * @throws SemblanceError `not-enough-photos` for fewer than two rows, or rows that are all alike; `cancelled`
 */
export async function fitPca(
  rows: Rows,
  dimension: number,
  product: MatrixProduct,
  { start, tolerance, onProgress, signal }: PcaOptions = {},
): Promise<PcaFit> {
  const { rows: count, columns: inputs } = rows;
  if (count < 2) throw new SemblanceError('not-enough-photos', 'A fit needs at least two photos.');
  const multiply = cancellableProduct(product, signal);
  const mean = meanRow(rows);
  const wide = count < inputs;
  const scatter = await (wide ? gramOfRows : covariance)(rows, mean, multiply, {
    single: tolerance !== undefined && tolerance >= leastToleranceOfSingle,
    onProgress: (done, total) => onProgress?.(Math.round((progressOfSums * done) / total), 100),
  });
  const totalVariance = trace(scatter);
  if (totalVariance === 0) throw allAlike();
  const usable = start?.columns === inputs ? start : undefined;
  const { values, vectors } = await leadingEigenpairs(
    scatter,
    // Centring takes one rank away.
    Math.min(dimension, wide ? count - 1 : inputs),
    multiply,
    {
      start: usable && wide ? await projectRows(usable, rows, mean, multiply) : usable,
      tolerance,
      onStep: (step) => onProgress?.(100 - Math.ceil((100 - progressOfSums) / (step + 1)), 100),
    },
  );
  const kept = values.filter((value) => value > leastVariance * values[0]).length;
  if (kept === 0) throw allAlike();
  const leading = { ...vectors, rows: kept, values: vectors.values.subarray(0, kept * vectors.columns) };
  const directions = wide ? await combineRows(leading, rows, mean, multiply) : leading;
  onProgress?.(100, 100);
  return {
    mean: Float32Array.from(mean),
    components: unitRows(directions),
    eigenvalues: values.slice(0, kept),
    totalVariance,
    shrinkage: shrinkageOf(totalVariance, sumOfSquares(scatter), inputs, count),
    dimension: kept,
    inputs,
    fittedOn: count,
  };
}

/**
 * Intensity ρ of the oracle approximating shrinkage S' = (1 − ρ)·S + ρ·tr(S)/inputs·I (Chen, Wiesel, Eldar & Hero,
 * Shrinkage algorithms for MMSE covariance estimation, IEEE Trans. Signal Process. 2010, eq. 23).
 * @param trace tr(S), which a Gram matrix has in common with its covariance matrix
 * @param squares tr(S²), likewise
 */
export function shrinkageOf(trace: number, squares: number, inputs: number, count: number): number {
  const above = (1 - 2 / inputs) * squares + trace ** 2;
  const below = (count + 1 - 2 / inputs) * (squares - trace ** 2 / inputs);
  return below > 0 ? Math.min(1, above / below) : 1;
}

function allAlike(): SemblanceError {
  return new SemblanceError('not-enough-photos', 'The photos are all alike; there is nothing to fit.');
}

function trace({ rows, values }: Matrix): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += values[i * rows + i];
  return sum;
}

function sumOfSquares({ values }: Matrix): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return sum;
}

/** Unit rows whose largest entry is positive, so that equal fits are equal to the bit. */
function unitRows(directions: Matrix): Float32Array {
  const { rows, columns } = directions;
  const result = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const source = rowAt(directions, row);
    let squares = 0;
    let largest = 0;
    for (const value of source) {
      squares += value * value;
      if (Math.abs(value) > Math.abs(largest)) largest = value;
    }
    const scale = Math.sign(largest) / Math.sqrt(squares);
    for (let i = 0; i < columns; i++) result[row * columns + i] = source[i] * scale;
  }
  return result;
}
