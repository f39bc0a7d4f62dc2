/** Discriminative whitening, learned from pairs of photos that match. */
import { SemblanceError } from '../contract/index.ts';
import {
  applyLinear,
  fitPca,
  inverseCholesky,
  type LinearMap,
  type Matrix,
  type MatrixProduct,
  meanRow,
  randomFrom,
  rowAt,
  type Rows,
  rowsByLabel,
} from '../descriptor/index.ts';

/** Rows of two photos that match. */
export interface MatchingPair {
  a: number;
  b: number;
}

export interface LearnedWhiteningOptions {
  /** Directions that are kept, the most telling first. */
  dimension: number;
  /** Share of the mean variance between matching photos that is added to each, since pairs are few. */
  regularisation: number;
}

export interface LearnedWhitening extends LinearMap {
  /** Variance of all photos along each direction, in units of the mean squared difference of matching ones. */
  eigenvalues: Float64Array;
}

/** Differences that are converted to double precision at a time. */
const blockPairs = 512;

/**
 * Projects so that matching photos differ alike in every direction, and keeps the directions in which all photos then
 * differ most: C_S = E[(a − b)(a − b)ᵀ] + r·tr(C_S)/inputs·I = L·Lᵀ, then PCA of L⁻¹·(x − mean).
 *
 * Mikolajczyk & Matas, Improving descriptors for fast tree matching by optimal linear projection, ICCV 2007;
 * Radenović, Tolias & Chum, TPAMI 2019, §3.3.
 * @param rows photos × inputs; not changed
 * @throws SemblanceError `not-enough-photos` when there is no pair, or matching photos do not differ at all, or too few
 *   to make up for a regularisation of zero; `invalid-arguments` when a pair is of rows that are not there
 */
export async function fitLearnedWhitening(
  rows: Rows,
  pairs: readonly MatchingPair[],
  { dimension, regularisation }: LearnedWhiteningOptions,
  product: MatrixProduct,
): Promise<LearnedWhitening> {
  if (pairs.length === 0) {
    throw new SemblanceError(
      'not-enough-photos',
      'No two photos match, so there is nothing to learn from. Label more photos, or learn from self-made pairs.',
    );
  }
  const { columns: inputs } = rows;
  const isRow = (row: number): boolean => Number.isInteger(row) && row >= 0 && row < rows.rows;
  if (!pairs.every(({ a, b }) => isRow(a) && isRow(b))) {
    throw new SemblanceError(
      'invalid-arguments',
      'A pair is of photos that are not there. Check its row numbers.',
    );
  }
  const scatter = await scatterOfPairs(rows, pairs, product);
  regularise(scatter, regularisation);
  const { inverse, dependent } = await inverseCholesky(scatter, product);
  if (dependent.length > 0) {
    throw new SemblanceError(
      'not-enough-photos',
      'The photos that match do not differ in every way. Add more of them, or regularise more.',
    );
  }
  const mean = Float32Array.from(meanRow(rows));
  const whitener = { mean, matrix: Float32Array.from(inverse.values), dimension: inputs, inputs };
  const whitened = await applyLinear(whitener, rows, product);
  const { components, eigenvalues, dimension: kept } = await fitPca(whitened, dimension, product);
  const directions = { rows: kept, columns: inputs, values: Float64Array.from(components) };
  const matrix = await product(directions, inverse);
  return { mean, matrix: Float32Array.from(matrix.values), dimension: kept, inputs, eigenvalues };
}

/** Mean over the pairs of the outer product of their difference. */
async function scatterOfPairs(
  rows: Rows,
  pairs: readonly MatchingPair[],
  product: MatrixProduct,
): Promise<Matrix> {
  const { columns } = rows;
  const scatter: Matrix = { rows: columns, columns, values: new Float64Array(columns * columns) };
  for (let start = 0; start < pairs.length; start += blockPairs) {
    const part = pairs.slice(start, start + blockPairs);
    const differences: Matrix = {
      rows: part.length,
      columns,
      values: new Float64Array(part.length * columns),
    };
    part.forEach(({ a, b }, i) => {
      const [first, second, target] = [rowAt(rows, a), rowAt(rows, b), rowAt(differences, i)];
      for (let column = 0; column < columns; column++) target[column] = first[column] - second[column];
    });
    const sum = await product(differences, differences, { transposeA: true });
    for (let i = 0; i < sum.values.length; i++) scatter.values[i] += sum.values[i] / pairs.length;
  }
  return scatter;
}

/** In place. */
function regularise({ rows, values }: Matrix, share: number): void {
  let trace = 0;
  for (let i = 0; i < rows; i++) trace += values[i * rows + i];
  if (!(trace > 0)) {
    throw new SemblanceError(
      'not-enough-photos',
      'The photos that match are all alike, so there is nothing to learn from.',
    );
  }
  for (let i = 0; i < rows; i++) values[i * rows + i] += (share * trace) / rows;
}

/**
 * Pairs of rows with the same label: all of them, or so many drawn at random.
 * @param seed the same one draws the same pairs
 */
export function pairsOfLabels(labels: ArrayLike<number>, most: number, seed: number): MatchingPair[] {
  const groups = [...rowsByLabel(labels.length, labels).values()].filter(({ length }) => length > 1);
  const total = groups.reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0);
  if (total <= most) {
    return groups.flatMap((group) => group.flatMap((a, i) => group.slice(i + 1).map((b) => ({ a, b }))));
  }
  const random = randomFrom(seed);
  const members = groups.flatMap((group) => group.map((row) => ({ row, group })));
  return Array.from({ length: most }, () => {
    // A photo of a large group is in more pairs, but counts as much as any other.
    const { row, group } = members[Math.floor(random() * members.length)];
    const others = group.length - 1;
    const other = group[Math.floor(random() * others)];
    return { a: row, b: other === row ? group[others] : other };
  });
}
