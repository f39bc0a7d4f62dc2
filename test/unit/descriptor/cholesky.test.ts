import { describe, expect, it } from 'vitest';
import {
  inverseCholesky,
  type Matrix,
  plainProduct,
  randomFrom,
} from '../../../src-main/descriptor/index.ts';

/** Random rows, of which some are sums of the two before them. */
function someRows(count: number, columns: number, sums: number[] = []): Matrix {
  const random = randomFrom(5);
  const values = Float64Array.from({ length: count * columns }, () => random() - 0.5);
  for (const row of sums) {
    for (let i = 0; i < columns; i++) {
      values[row * columns + i] = values[(row - 1) * columns + i] + values[(row - 2) * columns + i];
    }
  }
  return { rows: count, columns, values };
}

const squareOf = (rows: Matrix): Promise<Matrix> => plainProduct(rows, rows, { transposeB: true });

/** Largest entry of inverse · symmetric · inverseᵀ − I, but for the rows and columns left out. */
async function errorOf(inverse: Matrix, symmetric: Matrix, without: number[] = []): Promise<number> {
  const product = await plainProduct(await plainProduct(inverse, symmetric), inverse, { transposeB: true });
  const size = symmetric.rows;
  let error = 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      if (without.includes(row) || without.includes(column)) continue;
      error = Math.max(error, Math.abs(product.values[row * size + column] - Number(row === column)));
    }
  }
  return error;
}

describe('the inverse Cholesky factor', () => {
  it.each([1, 2, 47, 48, 49, 130])(
    'of %d rows is lower triangular and turns the matrix to identity',
    async (size) => {
      const symmetric = await squareOf(someRows(size, 2 * size));
      const { inverse, dependent, leastPivot } = await inverseCholesky(symmetric, plainProduct);
      expect(await errorOf(inverse, symmetric)).toBeLessThan(1e-12);
      for (let row = 0; row < size; row++) {
        for (let column = row + 1; column < size; column++)
          expect(inverse.values[row * size + column]).toBe(0);
      }
      expect(dependent).toEqual([]);
      expect(leastPivot).toBeGreaterThan(0);
      expect(leastPivot).toBeLessThanOrEqual(1);
    },
  );

  it('takes rows of very different size', async () => {
    const rows = someRows(100, 150);
    rows.values.forEach((value, i) => (rows.values[i] = value * 10 ** -(Math.floor(i / 150) / 5)));
    const symmetric = await squareOf(rows);
    expect(await errorOf((await inverseCholesky(symmetric, plainProduct)).inverse, symmetric)).toBeLessThan(
      1e-12,
    );
  });

  it('leaves out rows that depend on those before them, in every part of the matrix', async () => {
    const sums = [5, 49, 70, 119];
    const symmetric = await squareOf(someRows(120, 200, sums));
    const { inverse, dependent } = await inverseCholesky(symmetric, plainProduct);
    expect(dependent).toEqual(sums);
    expect(await errorOf(inverse, symmetric, sums)).toBeLessThan(1e-11);
    for (const row of sums) {
      expect(inverse.values.subarray(row * 120, (row + 1) * 120).findIndex((value) => value !== 0)).toBe(row);
    }
  });

  it('leaves out rows of zero', async () => {
    const rows = someRows(60, 80);
    rows.values.fill(0, 7 * 80, 8 * 80);
    expect((await inverseCholesky(await squareOf(rows), plainProduct)).dependent).toEqual([7]);
  });
});
