/** Cholesky factors by blocks, so that nearly all of the work is matrix products. */
import { type Matrix, matrix, type MatrixProduct, rowAt } from './matrix.ts';

export interface InverseFactor {
  /** L⁻¹, lower triangular: L⁻¹ · A · L⁻ᵀ = I. The row of a dependent one is that of the identity. */
  inverse: Matrix;
  /** Rows of A that are combinations of the rows before them, to rounding; the others are factored without them. */
  dependent: number[];
  /** Least pivot, as a share of its diagonal element: about the reciprocal of A's condition number, once scaled. */
  leastPivot: number;
}

/** Up to this size, plain loops. */
const leafSize = 48;
/** Pivots that lose more of their diagonal element than this are rounding. */
const leastShare = 1e-12;

/**
 * Inverse of the Cholesky factor of a symmetric positive semi-definite matrix (Golub & Van Loan, Matrix Computations,
 * §4.2), by halves: the factor of the first half, what the second half has in common with it, the factor of the rest.
 * The matrix is scaled to a unit diagonal first, so that rows of different size count alike.
 */
export async function inverseCholesky(symmetric: Matrix, product: MatrixProduct): Promise<InverseFactor> {
  const { rows } = symmetric;
  const scale = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const squared = symmetric.values[row * rows + row];
    scale[row] = squared > 0 ? 1 / Math.sqrt(squared) : 0;
  }
  const unit = matrix(rows, rows);
  for (let row = 0; row < rows; row++) {
    const source = rowAt(symmetric, row);
    const target = rowAt(unit, row);
    for (let i = 0; i < rows; i++) target[i] = source[i] * scale[row] * scale[i];
  }
  const factor = await byHalves(unit, product);
  const dependent = new Set(factor.dependent);
  for (let row = 0; row < rows; row++) {
    if (dependent.has(row)) continue;
    const target = rowAt(factor.inverse, row);
    for (let i = 0; i <= row; i++) target[i] *= scale[i];
  }
  return factor;
}

async function byHalves(a: Matrix, product: MatrixProduct): Promise<InverseFactor> {
  if (a.rows <= leafSize) return leaf(a);
  const half = a.rows >> 1;
  const first = await byHalves(part(a, 0, half, 0, half), product);
  const common = await product(part(a, half, a.rows, 0, half), first.inverse, { transposeB: true });
  clearColumns(common, first.dependent);
  const rest = part(a, half, a.rows, half, a.rows);
  subtract(rest, await product(common, common, { transposeB: true }));
  const second = await byHalves(rest, product);
  for (const row of second.dependent) rowAt(common, row).fill(0);
  // L⁻¹ = [A 0; −B·C·A B] with A and B the inverses of the halves' factors and C what they have in common.
  const corner = await product(await product(second.inverse, common), first.inverse);
  const inverse = matrix(a.rows, a.rows);
  for (let row = 0; row < half; row++) rowAt(inverse, row).set(rowAt(first.inverse, row));
  for (let row = half; row < a.rows; row++) {
    const target = rowAt(inverse, row);
    const source = rowAt(corner, row - half);
    for (let i = 0; i < half; i++) target[i] = -source[i];
    target.set(rowAt(second.inverse, row - half), half);
  }
  return {
    inverse,
    dependent: [...first.dependent, ...second.dependent.map((row) => row + half)],
    leastPivot: Math.min(first.leastPivot, second.leastPivot),
  };
}

function leaf(a: Matrix): InverseFactor {
  const size = a.rows;
  const lower = matrix(size, size);
  const dependent: number[] = [];
  let leastPivot = 1;
  for (let row = 0; row < size; row++) {
    const current = rowAt(lower, row);
    for (let column = 0; column < row; column++) {
      const other = rowAt(lower, column);
      const sum = a.values[row * size + column] - dotUpTo(column, current, other);
      current[column] = dependent.includes(column) ? 0 : sum / other[column];
    }
    const pivot = a.values[row * size + row] - dotUpTo(row, current, current);
    if (pivot > leastShare) {
      current[row] = Math.sqrt(pivot);
      leastPivot = Math.min(leastPivot, pivot);
    } else {
      dependent.push(row);
      current.fill(0)[row] = 1;
    }
  }
  return { inverse: inverseOfLower(lower), dependent, leastPivot };
}

function inverseOfLower(lower: Matrix): Matrix {
  const size = lower.rows;
  const inverse = matrix(size, size);
  for (let row = 0; row < size; row++) {
    const target = rowAt(inverse, row);
    const coefficients = rowAt(lower, row);
    for (let inner = 0; inner < row; inner++) {
      const source = rowAt(inverse, inner);
      for (let i = 0; i <= inner; i++) target[i] -= coefficients[inner] * source[i];
    }
    target[row] = 1;
    for (let i = 0; i <= row; i++) target[i] /= coefficients[row];
  }
  return inverse;
}

function dotUpTo(length: number, a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[i] * b[i];
  return sum;
}

function part(a: Matrix, fromRow: number, toRow: number, fromColumn: number, toColumn: number): Matrix {
  const result = matrix(toRow - fromRow, toColumn - fromColumn);
  for (let row = fromRow; row < toRow; row++) {
    rowAt(result, row - fromRow).set(rowAt(a, row).subarray(fromColumn, toColumn));
  }
  return result;
}

function subtract(a: Matrix, b: Matrix): void {
  for (let i = 0; i < a.values.length; i++) a.values[i] -= b.values[i];
}

function clearColumns(a: Matrix, columns: readonly number[]): void {
  for (let row = 0; row < a.rows; row++) for (const column of columns) a.values[row * a.columns + column] = 0;
}
