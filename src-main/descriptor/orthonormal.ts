/** Orthonormal rows by matrix products: Cholesky QR (Fukaya et al., Shifted Cholesky QR, SIAM J. Sci. Comput. 2020). */
import { type InverseFactor, inverseCholesky } from './cholesky.ts';
import { combineInPlace } from './in-place.ts';
import { type Matrix, type MatrixProduct, rowAt } from './matrix.ts';

/** One pass leaves an error of about 1e-16 / pivot; another one follows below this pivot. */
const safePivot = 1e-2;
const mostPasses = 5;

/**
 * In place: orthonormal rows of which the first 1, 2, 3 … span what the first 1, 2, 3 … rows spanned. A row that the
 * rows before it determine is replaced by a random direction, so that no dimension is lost.
 * @param rows at most as many as columns
 */
export async function orthonormalise(
  rows: Matrix,
  product: MatrixProduct,
  random: () => number,
): Promise<void> {
  for (let pass = 0; pass < mostPasses; pass++) {
    const { inverse, dependent, leastPivot } = await factorOf(rows, product);
    await combineInPlace(inverse, rows, product);
    for (const row of dependent) fillRandomly(rowAt(rows, row), random);
    if (dependent.length === 0 && leastPivot > safePivot) return;
  }
}

/**
 * The combinations of rows that make them orthonormal, for these rows and all that must stay in step with them. A row
 * that the rows before it determine is left as it is.
 */
export async function balanceOf(rows: Matrix, product: MatrixProduct): Promise<Matrix> {
  return (await factorOf(rows, product)).inverse;
}

async function factorOf(rows: Matrix, product: MatrixProduct): Promise<InverseFactor> {
  return inverseCholesky(await product(rows, rows, { transposeB: true }), product);
}

/** A vector of length 1, about, in any direction. */
export function fillRandomly(row: Float64Array, random: () => number): void {
  const scale = Math.sqrt(12 / row.length);
  for (let i = 0; i < row.length; i++) row[i] = (random() - 0.5) * scale;
}
