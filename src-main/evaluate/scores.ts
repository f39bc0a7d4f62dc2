/** Similarities of many vectors to all of a database, as many at a time as fit in memory. */
import { type MatrixProduct, rowAt, type Rows, takeRows } from '../descriptor/index.ts';

/** Scores that are held at a time: 32 MiB. */
const scoresPerBlock = 8 * 1024 * 1024;
/** More queries than this make a product no faster. */
const queriesPerBlock = 256;

/**
 * The inner products of each query with every row of the database.
 * @param which rows of `queries`, in the order in which they are wanted
 * @returns one array a query, each to be used, and changed at will, before the next is asked for
 */
export async function* scoresOf(
  queries: Rows,
  which: readonly number[],
  database: Rows,
  product: MatrixProduct,
): AsyncGenerator<Float32Array> {
  const size = Math.max(1, Math.min(queriesPerBlock, Math.floor(scoresPerBlock / database.rows)));
  for (let start = 0; start < which.length; start += size) {
    const block = takeRows(queries, which.slice(start, start + size));
    const scores = await product(block, database, { transposeB: true });
    for (let row = 0; row < scores.rows; row++) yield rowAt(scores, row);
  }
}
