/** Products into memory that is there already, piece by piece: a block of vectors may be as large as the data. */
import { type Matrix, matrix, type MatrixProduct, rowAt, type Values } from './matrix.ts';

/** Rows multiplied at a time; with fewer, packing the other side takes most of the time. */
const chunkRows = 512;
/** Columns combined at a time. */
const bandColumns = 768;

/**
 * target := rows · a, in the precision of a.
 * @param target of the shape of the product; not `rows`
 */
export async function multiplyInto(
  target: Matrix,
  rows: Matrix,
  a: Matrix<Values>,
  product: MatrixProduct,
): Promise<Matrix> {
  for (let start = 0; start < rows.rows; start += chunkRows) {
    const count = Math.min(chunkRows, rows.rows - start);
    const from = start * rows.columns;
    const values = rows.values.subarray(from, from + count * rows.columns);
    const chunk = {
      ...rows,
      rows: count,
      values: a.values instanceof Float32Array ? Float32Array.from(values) : values,
    };
    target.values.set((await product<Values>(chunk, a)).values, start * target.columns);
  }
  return target;
}

/** rows := weights · rows. @param weights square */
export async function combineInPlace(weights: Matrix, rows: Matrix, product: MatrixProduct): Promise<void> {
  for (let from = 0; from < rows.columns; from += bandColumns) {
    const to = Math.min(rows.columns, from + bandColumns);
    const band = matrix(rows.rows, to - from);
    for (let row = 0; row < rows.rows; row++) {
      rowAt(band, row).set(rowAt(rows, row).subarray(from, to));
    }
    const combined = await product(weights, band);
    for (let row = 0; row < rows.rows; row++) rowAt(rows, row).set(rowAt(combined, row), from);
  }
}
