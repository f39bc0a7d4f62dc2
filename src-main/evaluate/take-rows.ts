/** Some rows of a matrix, copied. */
import { rowAt, type Rows } from '../descriptor/index.ts';

/** @param which rows in the order in which they are wanted */
export function takeRows(rows: Rows, which: ArrayLike<number>): Rows {
  const { columns } = rows;
  const values = new Float32Array(which.length * columns);
  for (let i = 0; i < which.length; i++) values.set(rowAt(rows, which[i]), i * columns);
  return { rows: which.length, columns, values };
}
