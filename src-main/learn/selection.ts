/** Selection of features by what a linear classifier needs to tell the labels apart. */
import { SemblanceError } from '../contract/index.ts';
import { keepBest, type MatrixProduct, rowAt, type Rows } from '../descriptor/index.ts';
import { fitLogistic } from './logistic-regression.ts';

export interface EliminationOptions {
  /** Share of the remaining features that goes in a round (0.2). */
  share?: number;
  /** Told how many features have gone, of how many that must go. */
  onProgress?: (done: number, total: number) => void;
}

/**
 * Recursive feature elimination (Guyon, Weston, Barnhill & Vapnik, Machine Learning 2002): fits a logistic regression,
 * drops the features whose squared weights, summed over the classes, are least, and repeats with the others.
 * @param rows photos × features; not changed
 * @param labels one number a row
 * @param keep features to keep; all of them when there are no more than that
 * @returns the features kept, ascending
 * @throws SemblanceError `invalid-arguments` unless at least one feature is to be kept and the share is within 0 … 1,
 *   and what `fitLogistic` throws
 */
export async function selectByElimination(
  rows: Rows,
  labels: ArrayLike<number>,
  keep: number,
  product: MatrixProduct,
  { share = 0.2, onProgress }: EliminationOptions = {},
): Promise<Uint32Array> {
  if (!(Number.isInteger(keep) && keep >= 1 && share > 0 && share <= 1)) {
    throw new SemblanceError(
      'invalid-arguments',
      'Elimination keeps one feature or more, and drops a share between 0 and 1 of them in a round.',
    );
  }
  let kept = Uint32Array.from({ length: rows.columns }, (_, feature) => feature);
  while (kept.length > keep) {
    const { weights } = await fitLogistic(columnsOf(rows, kept), labels, {}, product);
    const dropped = Math.max(1, Math.floor(share * kept.length));
    const best = keepBest(squaredWeights(weights), Math.max(keep, kept.length - dropped));
    kept = best.map((place) => kept[place]);
    onProgress?.(rows.columns - kept.length, rows.columns - keep);
  }
  return kept;
}

/**
 * The lasso (Tibshirani, J. Royal Statistical Society B 1996) in a logistic regression: features that have a weight
 * for at least one class when weights have a price.
 * @param rows photos × features; not changed
 * @param labels one number a row
 * @param strength λ₁ of `fitLogistic`: the more, the fewer features; from 0.5 on there are none
 * @returns the features kept, ascending
 * @throws SemblanceError `not-enough-photos` when none is kept, `invalid-arguments` unless the strength is above zero,
 *   and what `fitLogistic` throws
 */
export async function selectByLasso(
  rows: Rows,
  labels: ArrayLike<number>,
  strength: number,
  product: MatrixProduct,
): Promise<Uint32Array> {
  if (!(strength > 0)) {
    throw new SemblanceError('invalid-arguments', 'The lasso needs a strength above zero.');
  }
  const { weights } = await fitLogistic(rows, labels, { l1: strength, l2: 0 }, product);
  const squares = squaredWeights(weights);
  const kept = Uint32Array.from(squares.keys()).filter((feature) => squares[feature] > 0);
  if (kept.length === 0) {
    throw new SemblanceError(
      'not-enough-photos',
      `At a strength of ${strength}, no feature tells the labels apart. Lower the strength, or label more photos.`,
    );
  }
  return kept;
}

/** One sum a feature, over the classes. */
function squaredWeights(weights: Rows): Float64Array {
  const sums = new Float64Array(weights.columns);
  for (let row = 0; row < weights.rows; row++) {
    const own = rowAt(weights, row);
    for (let feature = 0; feature < own.length; feature++) sums[feature] += own[feature] ** 2;
  }
  return sums;
}

function columnsOf(rows: Rows, features: Uint32Array): Rows {
  const result = {
    rows: rows.rows,
    columns: features.length,
    values: new Float32Array(rows.rows * features.length),
  };
  for (let row = 0; row < rows.rows; row++) {
    const source = rowAt(rows, row);
    const target = rowAt(result, row);
    for (let i = 0; i < target.length; i++) target[i] = source[features[i]];
  }
  return result;
}
