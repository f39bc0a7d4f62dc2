/** Selection of features by a score of each feature alone ("filters"; Guyon & Elisseeff, JMLR 2003). */
import { SemblanceError } from '../contract/index.ts';
import { rowAt, type Rows } from './matrix.ts';
import { rowsByLabel } from './rows-by-label.ts';

/**
 * Population variance of each feature, in two passes: exactly zero for a constant one.
 * @returns one number a feature
 */
export function featureVariances(rows: Rows): Float64Array {
  const mean = meanOf(rows, allRows(rows));
  return squaresAround(rows, allRows(rows), mean).map((squares) => squares / rows.rows);
}

/**
 * One-way analysis of variance: for each feature, F = variance between labels over variance within labels, each per
 * degree of freedom (Fisher, Statistical Methods for Research Workers, 1925).
 * @returns one number a feature: NaN where it is constant (or for all, where each photo has a label of its own or all
 *   photos have the same), Infinity where it varies between labels only
 * @throws SemblanceError `invalid-arguments` unless there is one label a row
 */
export function anovaF(rows: Rows, labels: ArrayLike<number>): Float64Array {
  const groups = rowsByLabel(rows.rows, labels);
  const mean = meanOf(rows, allRows(rows));
  const between = new Float64Array(rows.columns);
  const within = new Float64Array(rows.columns);
  for (const members of groups.values()) {
    const own = meanOf(rows, members);
    const squares = squaresAround(rows, members, own);
    for (let feature = 0; feature < rows.columns; feature++) {
      between[feature] += members.length * (own[feature] - mean[feature]) ** 2;
      within[feature] += squares[feature];
    }
  }
  const betweenFreedom = groups.size - 1;
  const withinFreedom = rows.rows - groups.size;
  return between.map((squares, feature) => squares / betweenFreedom / (within[feature] / withinFreedom));
}

/**
 * The features that score above the threshold, ascending.
 * @throws SemblanceError `invalid-arguments` when there is none
 */
export function keepAbove(scores: ArrayLike<number>, threshold: number): Uint32Array {
  const kept = Array.from(scores, (_, feature) => feature).filter((feature) => scores[feature] > threshold);
  if (kept.length === 0) {
    throw new SemblanceError(
      'invalid-arguments',
      `No feature scores above ${threshold}. Choose a lower threshold.`,
    );
  }
  return Uint32Array.from(kept);
}

/**
 * The features with the best scores, in ascending order of the features; of equal ones the first. A feature without a
 * score (NaN) is never kept, so that fewer than `keep` may come back.
 * @throws SemblanceError `invalid-arguments` for less than one to keep, `not-enough-photos` when no feature has a score
 */
export function keepBest(scores: ArrayLike<number>, keep: number): Uint32Array {
  if (!Number.isInteger(keep) || keep < 1) {
    throw new SemblanceError('invalid-arguments', `${keep} features cannot be kept. Keep one or more.`);
  }
  const scored = Array.from(scores, (_, feature) => feature).filter(
    (feature) => !Number.isNaN(scores[feature]),
  );
  if (scored.length === 0) {
    throw new SemblanceError(
      'not-enough-photos',
      'No feature can be scored: the photos are all alike, or too few have the same label. Add photos.',
    );
  }
  // Two infinite scores have no difference, hence no subtraction; the sort keeps equal ones in their order.
  scored.sort((a, b) => (scores[a] > scores[b] ? -1 : Number(scores[a] < scores[b])));
  return Uint32Array.from(scored.slice(0, keep)).sort();
}

function allRows({ rows }: Rows): number[] {
  return Array.from({ length: rows }, (_, row) => row);
}

function meanOf(rows: Rows, members: number[]): Float64Array {
  const mean = new Float64Array(rows.columns);
  for (const member of members) {
    const row = rowAt(rows, member);
    for (let feature = 0; feature < row.length; feature++) mean[feature] += row[feature];
  }
  return mean.map((sum) => sum / members.length);
}

function squaresAround(rows: Rows, members: number[], mean: Float64Array): Float64Array {
  const squares = new Float64Array(rows.columns);
  for (const member of members) {
    const row = rowAt(rows, member);
    for (let feature = 0; feature < row.length; feature++) {
      squares[feature] += (row[feature] - mean[feature]) ** 2;
    }
  }
  return squares;
}
