/**
 * Centring of rows. Descriptors of rectified maps have no negative numbers and all point about the same way. Uncentred,
 * a loss on their cosines falls fastest by spreading all of them, matching or not: learned so, p made search worse.
 */
import { type Matrix, rowAt, type Values } from '../descriptor/index.ts';

/** One number a column. */
export function meanRow<V extends Values>(rows: Matrix<V>): Float64Array {
  const mean = new Float64Array(rows.columns);
  for (let row = 0; row < rows.rows; row++) {
    const own = rowAt(rows, row);
    for (let i = 0; i < own.length; i++) mean[i] += own[i] / rows.rows;
  }
  return mean;
}

/**
 * A copy less its own mean, or less another one. Less its own, it is a symmetric linear map of each column: the same
 * function takes gradients back through it.
 */
export function centred<V extends Values>(rows: Matrix<V>, mean: Values = meanRow(rows)): Matrix<V> {
  const result = { ...rows, values: rows.values.slice() as V };
  for (let row = 0; row < rows.rows; row++) {
    const own = rowAt(result, row);
    for (let i = 0; i < own.length; i++) own[i] -= mean[i];
  }
  return result;
}
