/**
 * Database-side augmentation: each photo's descriptor becomes the mean of its own and its neighbours', weighted as in query
 * expansion. Turcot, Lowe, "Better Matching with Fewer Features", ICCV Workshops 2009; Arandjelović, Zisserman, "Three
 * Things Everyone Should Know to Improve Object Retrieval", CVPR 2012; for global descriptors Gordo, Almazán, Revaud,
 * Larlus, "End-to-End Learning of Deep Visual Representations for Image Retrieval", IJCV 2017, section 5.3.
 */
import type { Augmentation } from '../contract/index.ts';
import { type MatrixProduct, rowAt, type Rows } from '../descriptor/index.ts';
import { expanded } from './expansion.ts';
import { nearestNeighbours } from './nearest-neighbours.ts';

/**
 * The augmented rows one by one, all of them from rows as they were.
 * @param rows unit vectors, which are not changed
 * @param advance told of the share of neighbours that are found
 */
export async function* augmentedVectors(
  rows: Rows,
  { neighbours, alpha }: Augmentation,
  product: MatrixProduct,
  advance: (share: number) => Promise<void> = () => Promise.resolve(),
): AsyncGenerator<Float32Array> {
  const count = Math.min(neighbours, rows.rows - 1);
  const near = count < 1 ? null : await nearestNeighbours(rows, rows, count, product, advance);
  for (let row = 0; row < rows.rows; row++) {
    const others = Array.from(near?.places.subarray(row * count, (row + 1) * count) ?? [], (place, i) => ({
      vector: rowAt(rows, place),
      score: near?.similarities[row * count + i] ?? 0,
    }));
    yield expanded(rowAt(rows, row), others, alpha);
  }
}

/** The same as a matrix; without augmentation the rows themselves. */
export async function augmentedRows(
  rows: Rows,
  augmentation: Augmentation | undefined,
  product: MatrixProduct,
): Promise<Rows> {
  if (!augmentation) return rows;
  const values = new Float32Array(rows.values.length);
  let row = 0;
  for await (const vector of augmentedVectors(rows, augmentation, product)) {
    values.set(vector, rows.columns * row++);
  }
  return { ...rows, values };
}
