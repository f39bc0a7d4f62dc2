/** Leading eigenvectors of a symmetric matrix. */
import { EigenvalueDecomposition, Matrix as DenseMatrix } from 'ml-matrix';
import { matrix, type Matrix, type MatrixProduct } from './matrix.ts';

export interface Eigenpairs {
  /** Descending. */
  values: Float64Array;
  /** One eigenvector a row. */
  vectors: Matrix;
}

/** Up to this size all eigenvectors are computed at once; above it, only the leading ones, by iteration. */
const directSize = 320;
/** Columns iterated beyond those asked for: the more, the faster the last of those converge. */
const oversampling = 48;
/** Products with the matrix between two orthonormalisations. */
const productsPerStep = 4;
const mostSteps = 24;
/** Relative change of the leading eigenvalues at which the iteration ends. */
const tolerance = 1e-7;

/**
 * The leading `count` eigenpairs of a symmetric positive semi-definite matrix, by orthogonal iteration with a
 * Rayleigh–Ritz step (Golub & Van Loan, Matrix Computations, §8.2), from a fixed pseudo-random start.
 */
export async function leadingEigenpairs(
  symmetric: Matrix,
  count: number,
  product: MatrixProduct,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<Eigenpairs> {
  const size = symmetric.rows;
  const block = Math.min(size, count + oversampling);
  if (size <= directSize || block === size) return allEigenpairs(symmetric, count);
  // Rows of `basis` span the subspace: row-major rows are contiguous, which orthonormalisation wants.
  let basis = pseudoRandomRows(block, size);
  orthonormaliseRows(basis);
  let previous: Float64Array | null = null;
  for (let step = 0; ; step++) {
    for (let power = 0; power < productsPerStep; power++) {
      basis = await product(basis, symmetric);
      // Keeps the columns apart long enough for the next orthonormalisation to tell them from each other.
      if (power % 2 === 1) orthonormaliseRows(basis);
    }
    const image = await product(basis, symmetric);
    const projected = await product(image, basis, { transposeB: true });
    const ritz = allEigenpairs(projected, block);
    basis = await product(ritz.vectors, basis);
    onProgress(step + 1, mostSteps);
    const converged = previous !== null && largestChange(previous, ritz.values, count) < tolerance;
    if (converged || step + 1 === mostSteps) return leading({ values: ritz.values, vectors: basis }, count);
    previous = ritz.values;
  }
}

function allEigenpairs(symmetric: Matrix, count: number): Eigenpairs {
  const { rows, columns, values } = symmetric;
  const dense = DenseMatrix.from1DArray(rows, columns, Array.from(values));
  const solved = new EigenvalueDecomposition(dense, { assumeSymmetric: true });
  // ml-matrix gives them in ascending order, one a column.
  const result = { values: new Float64Array(count), vectors: matrix(count, rows) };
  for (let i = 0; i < count; i++) {
    const column = rows - 1 - i;
    result.values[i] = solved.realEigenvalues[column];
    for (let row = 0; row < rows; row++) {
      result.vectors.values[i * rows + row] = solved.eigenvectorMatrix.get(row, column);
    }
  }
  return result;
}

/** Modified Gram–Schmidt; a row that vanishes is left zero, and with it an eigenvalue of zero. */
function orthonormaliseRows({ rows, columns, values }: Matrix): void {
  for (let row = 0; row < rows; row++) {
    const current = values.subarray(row * columns, (row + 1) * columns);
    const before = dot(current, current);
    for (let other = 0; other < row; other++) {
      const unit = values.subarray(other * columns, (other + 1) * columns);
      const shadow = dot(current, unit);
      for (let i = 0; i < columns; i++) current[i] -= shadow * unit[i];
    }
    const norm = Math.sqrt(dot(current, current));
    const scale = norm > 1e-14 * Math.sqrt(before) ? 1 / norm : 0;
    for (let i = 0; i < columns; i++) current[i] *= scale;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function largestChange(before: Float64Array, now: Float64Array, count: number): number {
  let change = 0;
  for (let i = 0; i < count; i++) change = Math.max(change, Math.abs(now[i] - before[i]) / now[0]);
  return change;
}

function leading({ values, vectors }: Eigenpairs, count: number): Eigenpairs {
  const { columns } = vectors;
  return {
    values: values.slice(0, count),
    vectors: { rows: count, columns, values: vectors.values.slice(0, count * columns) },
  };
}

/** The same numbers each time, so that a fit is reproducible (mulberry32). */
function pseudoRandomRows(rows: number, columns: number): Matrix {
  const result = matrix(rows, columns);
  let state = 0x5eed;
  for (let i = 0; i < result.values.length; i++) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    result.values[i] = ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 - 0.5;
  }
  return result;
}
