/** Multinomial (softmax) logistic regression, with squared and absolute penalties. */
import { SemblanceError } from '../contract/index.ts';
import {
  fitStandardisation,
  type Matrix,
  type MatrixProduct,
  rowAt,
  rowsByLabel,
  type Rows,
  standardise,
  type Standardisation,
  type Values,
} from '../descriptor/index.ts';

export interface LogisticOptions {
  /** λ₂ of the squared penalty (0.01). */
  l2?: number;
  /** λ₁ of the absolute penalty (0). */
  l1?: number;
  /** The most steps (1000). */
  iterations?: number;
  /** How far from zero the slopes of the objective may stay (1e-4). */
  tolerance?: number;
  onProgress?: (done: number, total: number) => void;
}

export interface LogisticFit {
  /** The labels as given, ascending: one a class. */
  classes: number[];
  standardisation: Standardisation;
  /** Classes × features, on standardised features. */
  weights: Rows;
  /** One a class. */
  intercepts: Float64Array;
  /** Steps taken. */
  iterations: number;
  /** Whether the tolerance was reached within the steps allowed. */
  converged: boolean;
}

type Coefficients = Pick<LogisticFit, 'weights' | 'intercepts'>;

/** What a search step starts from: coefficients, and what they give for each row and class. */
interface Point extends Coefficients {
  logits: Rows;
}

/** Bound of the curvature along the intercepts: ½ for the softmax (Böhning, AISM 1992), times the mean of 1². */
const interceptCurvature = 0.5;
/** Losses below this are rounding. */
const leastLoss = 1e-15;

/**
 * Minimises, over weights W and intercepts b,
 *
 *     F(W, b) = −(1/n) Σᵢ log softmax(W zᵢ + b)[class of i] + (λ₂/2) ‖W‖² + λ₁ ‖W‖₁
 *
 * where zᵢ are the rows with each feature brought to mean zero and deviation one, so that the penalties treat all
 * alike; constant features become zero. Intercepts are not penalised. With the same rows the same fit comes back.
 *
 * By the accelerated proximal gradient method with backtracking (FISTA; Beck & Teboulle, SIAM J. Imaging Sciences
 * 2009), restarted when its momentum points uphill (O'Donoghue & Candès, Foundations of Computational Mathematics
 * 2015); only at a restart may the step grow again.
 * @param rows photos × features; not changed
 * @param labels one number a row
 * @throws SemblanceError `invalid-arguments` unless there is one label a row and no penalty is negative,
 *   `not-enough-photos` for fewer than two labels
 */
export async function fitLogistic(
  rows: Rows,
  labels: ArrayLike<number>,
  options: LogisticOptions,
  product: MatrixProduct,
): Promise<LogisticFit> {
  const { l2 = 0.01, l1 = 0, iterations = 1000, tolerance = 1e-4, onProgress } = options;
  if (!(l1 >= 0 && l2 >= 0)) {
    throw new SemblanceError('invalid-arguments', 'The penalties of a logistic regression are zero or more.');
  }
  const groups = rowsByLabel(rows.rows, labels);
  if (groups.size < 2) {
    throw new SemblanceError(
      'not-enough-photos',
      'Telling labels apart needs photos with at least two different labels.',
    );
  }
  const members = [...groups.values()];
  const standardisation = fitStandardisation(rows);
  const inputs = standardised(rows, standardisation);
  const result = { classes: [...groups.keys()], standardisation };

  // Without weights, the best intercepts are the logarithms of how frequent the classes are.
  let current = await pointAt(inputs, startFor(members, rows), product);
  let point = current;
  let momentum = 1;
  let curvature = interceptCurvature;
  for (let step = 1; step <= iterations; step++) {
    const probabilities = probabilitiesOf(point.logits);
    const residuals = residualsOf(probabilities, members);
    const slopes = {
      weights: await product(residuals, inputs, { transposeA: true }),
      intercepts: columnSums(residuals),
    };
    let next = await pointAt(inputs, proximalStep(point, slopes, curvature, l1, l2), product);
    // The features have variance one, so that the largest eigenvalue of their covariance is at most their number.
    while (
      curvature < interceptCurvature * rows.columns &&
      !isBounded(point, probabilities, next, curvature)
    ) {
      curvature *= 2;
      next = await pointAt(inputs, proximalStep(point, slopes, curvature, l1, l2), product);
    }
    onProgress?.(step, iterations);
    const { steepest, alongMomentum } = slopesLeft(point, next, current, curvature);
    if (steepest <= tolerance) {
      return { ...result, ...coefficientsOf(next), iterations: step, converged: true };
    }
    if (alongMomentum > 0) {
      momentum = 1;
      curvature /= 2;
      point = next;
    } else {
      const following = (1 + Math.sqrt(1 + 4 * momentum ** 2)) / 2;
      point = extrapolated(current, next, (momentum - 1) / following);
      momentum = following;
    }
    current = next;
  }
  return { ...result, ...coefficientsOf(current), iterations, converged: false };
}

/**
 * The most probable label of each row.
 * @param rows photos × features, as they were fitted on
 * @throws SemblanceError `recipe-mismatch` when the features are not as many as fitted on
 */
export async function predictLabels(
  { classes, standardisation, weights, intercepts }: LogisticFit,
  rows: Rows,
  product: MatrixProduct,
): Promise<number[]> {
  if (rows.columns !== weights.columns) {
    throw new SemblanceError(
      'recipe-mismatch',
      `The labels were learnt from ${weights.columns} features, not ${rows.columns}. Learn them again.`,
    );
  }
  const { logits } = await pointAt(standardised(rows, standardisation), { weights, intercepts }, product);
  return Array.from({ length: rows.rows }, (_, row) => {
    const own = rowAt(logits, row);
    return classes[own.indexOf(Math.max(...own))];
  });
}

function standardised(rows: Rows, standardisation: Standardisation): Rows {
  const result = { ...rows, values: rows.values.slice() };
  for (let row = 0; row < rows.rows; row++) standardise(standardisation, rowAt(result, row));
  return result;
}

function coefficientsOf({ weights, intercepts }: Point): Coefficients {
  return { weights, intercepts };
}

function startFor(members: number[][], { rows, columns }: Rows): Coefficients {
  return {
    weights: { rows: members.length, columns, values: new Float32Array(members.length * columns) },
    intercepts: Float64Array.from(members, ({ length }) => Math.log(length / rows)),
  };
}

async function pointAt(
  inputs: Rows,
  { weights, intercepts }: Coefficients,
  product: MatrixProduct,
): Promise<Point> {
  const logits = await product(inputs, weights, { transposeB: true });
  for (let row = 0; row < logits.rows; row++) {
    const own = rowAt(logits, row);
    for (let i = 0; i < own.length; i++) own[i] += intercepts[i];
  }
  return { weights, intercepts, logits };
}

/** Softmax of each row, in double precision. */
function probabilitiesOf(logits: Rows): Matrix {
  const values = Float64Array.from(logits.values);
  for (let start = 0; start < values.length; start += logits.columns) {
    const end = start + logits.columns;
    let most = -Infinity;
    for (let i = start; i < end; i++) most = Math.max(most, values[i]);
    let sum = 0;
    for (let i = start; i < end; i++) sum += values[i] = Math.exp(values[i] - most);
    for (let i = start; i < end; i++) values[i] /= sum;
  }
  return { ...logits, values };
}

/** Slopes of the loss at the logits, rows × classes: (probability − whether it is the row's class) / n. */
function residualsOf({ rows, columns, values }: Matrix, members: number[][]): Rows {
  const residuals = Float64Array.from(values);
  for (const [i, own] of members.entries()) {
    for (const row of own) residuals[row * columns + i] -= 1;
  }
  return { rows, columns, values: Float32Array.from(residuals, (residual) => residual / rows) };
}

function columnSums({ rows, columns, values }: Rows): Float64Array {
  const sums = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns; i++) sums[i] += values[row * columns + i];
  }
  return sums;
}

/** A step down the loss with both penalties taken exactly: weights that it would take to within λ₁ of zero are zero. */
function proximalStep(
  { weights, intercepts }: Coefficients,
  slopes: Coefficients,
  curvature: number,
  l1: number,
  l2: number,
): Coefficients {
  const values = weights.values.map((weight, i) => {
    const pull = curvature * weight - slopes.weights.values[i];
    return Math.abs(pull) <= l1 ? 0 : (pull - Math.sign(pull) * l1) / (curvature + l2);
  });
  return {
    weights: { ...weights, values },
    intercepts: intercepts.map((intercept, i) => intercept - slopes.intercepts[i] / interceptCurvature),
  };
}

/**
 * Whether the loss at `to` lies no higher over its tangent at `from` than a parabola of the curvature. The height is
 * log Σ p exp(δ) − Σ p δ on average over the rows, for probabilities p at `from` and changes δ of the logits: not
 * the difference of two losses, which near the minimum would be all rounding.
 */
function isBounded(from: Point, probabilities: Matrix, to: Point, curvature: number): boolean {
  const { rows, columns, values } = probabilities;
  let height = 0;
  for (let row = 0; row < rows; row++) {
    let excess = 0;
    let mean = 0;
    for (let i = row * columns; i < (row + 1) * columns; i++) {
      const change = to.logits.values[i] - from.logits.values[i];
      excess += values[i] * Math.expm1(change);
      mean += values[i] * change;
    }
    height += (Math.log1p(excess) - mean) / rows;
  }
  const weights = squaredDistance(from.weights.values, to.weights.values);
  const intercepts = squaredDistance(from.intercepts, to.intercepts);
  return height <= (curvature * weights + interceptCurvature * intercepts) / 2 + leastLoss;
}

function squaredDistance(a: Values, b: Values): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum;
}

/**
 * What a step says of the objective's slopes, penalties included.
 * @returns the steepest slope along one coefficient, and the slope along what the step changed since the last one
 */
function slopesLeft(
  from: Coefficients,
  to: Coefficients,
  last: Coefficients,
  curvature: number,
): { steepest: number; alongMomentum: number } {
  let steepest = 0;
  let alongMomentum = 0;
  const look = (start: Values, end: Values, before: Values, factor: number) => {
    for (let i = 0; i < start.length; i++) {
      const slope = factor * (start[i] - end[i]);
      steepest = Math.max(steepest, Math.abs(slope));
      alongMomentum += slope * (end[i] - before[i]);
    }
  };
  look(from.weights.values, to.weights.values, last.weights.values, curvature);
  look(from.intercepts, to.intercepts, last.intercepts, interceptCurvature);
  return { steepest, alongMomentum };
}

/** now + factor · (now − last); logits as well, since they are linear in the coefficients. */
function extrapolated(last: Point, now: Point, factor: number): Point {
  const beyond = <V extends Values>(before: V, after: V): V =>
    after.map((value, i) => value + factor * (value - before[i])) as V;
  return {
    weights: { ...now.weights, values: beyond(last.weights.values, now.weights.values) },
    intercepts: beyond(last.intercepts, now.intercepts),
    logits: { ...now.logits, values: beyond(last.logits.values, now.logits.values) },
  };
}
