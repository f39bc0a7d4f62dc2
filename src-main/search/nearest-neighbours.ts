/** The exact nearest neighbours of many rows, by products of blocks. */
import { type MatrixProduct, rowAt, type Rows } from '../descriptor/index.ts';

export interface Neighbours {
  /** Neighbours of each row. */
  count: number;
  /** Rows × count: places among the rows searched, the nearest first; equally near ones by place. */
  places: Int32Array;
  /** Rows × count: cosine similarities. */
  similarities: Float32Array;
}

/** Similarities in one block: 32 MB. */
export const blockSize = 2 ** 23;

/**
 * The `count` rows of `among` that are nearest to each query. Where both are the same rows, a row is not its own
 * neighbour.
 * @param queries unit vectors, like `among`; neither is changed
 * @param advance told of the share that is done; waited for between two blocks
 * @param count no more than there are others to be neighbours
 */
export async function nearestNeighbours(
  queries: Rows,
  among: Rows,
  count: number,
  product: MatrixProduct,
  advance: (share: number) => Promise<void>,
): Promise<Neighbours> {
  const found = nothingNear(queries.rows, count);
  const blockRows = Math.max(1, Math.floor(blockSize / among.rows));
  for (let first = 0; first < queries.rows; first += blockRows) {
    const end = Math.min(first + blockRows, queries.rows);
    const block = {
      rows: end - first,
      columns: queries.columns,
      values: queries.values.subarray(first * queries.columns, end * queries.columns),
    };
    const scores = await product(block, among, { transposeB: true });
    for (let row = first; row < end; row++) {
      keepNearest(found, row, rowAt(scores, row - first), queries === among ? row : -1);
    }
    await advance(end / queries.rows);
  }
  return found;
}

/** Before anything was compared. */
export function nothingNear(rows: number, count: number): Neighbours {
  return {
    count,
    places: new Int32Array(rows * count),
    similarities: new Float32Array(rows * count).fill(-Infinity),
  };
}

/**
 * Keeps the nearest of what a row was compared with.
 * @param scores by place
 * @param own a place that does not count, or -1
 */
export function keepNearest(
  { count, places, similarities }: Neighbours,
  row: number,
  scores: Float32Array,
  own: number,
): void {
  const start = row * count;
  const last = start + count - 1;
  let threshold = -Infinity;
  for (let place = 0; place < scores.length; place++) {
    const score = scores[place];
    if (score <= threshold || place === own) continue;
    let position = last;
    for (; position > start && similarities[position - 1] < score; position--) {
      similarities[position] = similarities[position - 1];
      places[position] = places[position - 1];
    }
    similarities[position] = score;
    places[position] = place;
    threshold = similarities[last];
  }
}
