/** A map by t-SNE (van der Maaten & Hinton, Visualizing Data using t-SNE, JMLR 2008). */
import { Matrix as DruidMatrix, TSNE } from '@saehrimnir/druidjs';
import { type MatrixProduct, rowAt, type Rows } from '../descriptor/index.ts';
import { type Advance, partOf } from './advance.ts';

export interface TsneSettings {
  seed: number;
  /** Photos taken for the surroundings of each, roughly. */
  perplexity: number;
  iterations?: number;
}

const defaultIterations = 500;
/** exp(−x) is still well above zero. */
const safeExponent = 600;

/** Where in the whole a part ends. */
const foundDistances = 0.05;
const foundSurroundings = 0.15;

/**
 * Takes time and memory by the square of the number of rows.
 * @param rows at least four unit vectors
 * @returns rows × 2
 */
export async function mapByTsne(
  rows: Rows,
  { seed, perplexity, iterations = defaultIterations }: TsneSettings,
  product: MatrixProduct,
  advance: Advance,
): Promise<Float32Array> {
  const count = rows.rows;
  const distances = await squaredDistances(rows, product);
  await advance(foundDistances);
  // druidjs keeps some state for every column of its input, so it is given each row's number instead of its
  // features; two columns are the fewest it works with.
  const numbers = new DruidMatrix(count, 2, (row: number, column: number) => (column === 0 ? row : 0));
  const tsne = new TSNE(numbers, {
    d: 2,
    seed,
    perplexity: reachablePerplexity(distances, Math.min(perplexity, Math.max(2, (count - 1) / 3))),
    metric: (a: ArrayLike<number>, b: ArrayLike<number>) => distances.values[a[0] * count + b[0]],
  });
  tsne.check_init();
  await advance(foundSurroundings);
  const stepping = partOf(advance, foundSurroundings, 1);
  let positions = numbers;
  let step = 0;
  for (positions of tsne.generator(iterations)) await stepping(++step / iterations);
  return Float32Array.from(positions.values);
}

/** |a − b|² = 2 − 2 a·b for unit vectors, and never below zero by rounding. */
async function squaredDistances(rows: Rows, product: MatrixProduct): Promise<Rows> {
  const distances = await product(rows, rows, { transposeB: true });
  const { values } = distances;
  for (let i = 0; i < values.length; i++) values[i] = Math.max(0, 2 - 2 * values[i]);
  return distances;
}

/**
 * The perplexity to use: the one wanted, or more where a row has too many neighbours at nearly the same distance to get
 * down to it. t-SNE looks for a precision β at which the weights exp(−β d) of a row have the perplexity; for such a row
 * β grows until all weights vanish, and no position would be a number.
 */
function reachablePerplexity(distances: Rows, wanted: number): number {
  let perplexity = wanted;
  for (let row = 0; row < distances.rows; row++) {
    const others = rowAt(distances, row);
    let nearest = Infinity;
    for (let i = 0; i < others.length; i++) if (i !== row) nearest = Math.min(nearest, others[i]);
    // The weight of a duplicate is 1 at any precision.
    if (nearest === 0) continue;
    const precision = safeExponent / nearest;
    let sum = 0;
    let exponents = 0;
    for (let i = 0; i < others.length; i++) {
      if (i === row) continue;
      const exponent = precision * (others[i] - nearest);
      const weight = Math.exp(-exponent);
      sum += weight;
      exponents += exponent * weight;
    }
    perplexity = Math.max(perplexity, sum * Math.exp(exponents / sum));
  }
  return perplexity;
}
