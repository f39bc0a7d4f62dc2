/** Mutual information of each feature with the labels. */
import { SemblanceError } from '../contract/index.ts';
import type { Rows } from './matrix.ts';
import { normalNumbers } from './mersenne-twister.ts';
import { rowsByLabel } from './rows-by-label.ts';

export interface MutualInformationOptions {
  /** Nearest neighbours of the same label that are looked at (3). */
  neighbours?: number;
  /** Of the noise that breaks ties: an integer from 0 to 2³² − 1 (0). */
  seed?: number;
}

/** Share of the noise in a feature of deviation one. */
const noiseShare = 1e-10;
/** Deviations below this are of constant features, which are not scaled. */
const constantDeviation = 10 * Number.EPSILON;

/**
 * Estimates the mutual information between a continuous feature and the labels, in nats, from the distances to the
 * nearest photos of the same label (Ross, PLoS ONE 2014; noise as advised by Kraskov, Stögbauer & Grassberger,
 * Physical Review E 2004). The numbers are those of scikit-learn's `mutual_info_classif` with the seed as its
 * `random_state`. Photos whose label is theirs alone are left out. With few photos, a feature that is constant or
 * nearly so scores by the chance of the noise: sort those out by their variance first.
 * @returns one number a feature, none below zero
 * @throws SemblanceError `invalid-arguments` unless there is one label a row and at least one neighbour,
 *   `not-enough-photos` when no two photos have the same label
 */
export function mutualInformation(
  rows: Rows,
  labels: ArrayLike<number>,
  { neighbours = 3, seed = 0 }: MutualInformationOptions = {},
): Float64Array {
  if (!Number.isInteger(neighbours) || neighbours < 1) {
    throw new SemblanceError('invalid-arguments', 'Mutual information needs one neighbour or more.');
  }
  const groups = [...rowsByLabel(rows.rows, labels).values()].filter((members) => members.length > 1);
  if (groups.length === 0) {
    throw new SemblanceError(
      'not-enough-photos',
      'No two photos have the same label. Label more photos to select features by mutual information.',
    );
  }
  const counted = groups.reduce((sum, members) => sum + members.length, 0);
  const digamma = shiftedDigamma(counted);
  let labelled = counted * digamma[counted];
  for (const { length } of groups) {
    labelled += length * (digamma[Math.min(neighbours, length - 1)] - digamma[length]);
  }

  // In the order of the rows, as the numbers of scikit-learn come.
  const noise = new Float32Array(rows.values.length);
  const normal = normalNumbers(seed);
  for (let i = 0; i < noise.length; i++) noise[i] = normal();
  const everyone = groups.flat();
  const scores = new Float64Array(rows.columns);
  for (let feature = 0; feature < rows.columns; feature++) {
    const column = noisyColumn(rows, noise, feature);
    const sorted = groups.map((members) => valuesAt(column, members).sort());
    const all = valuesAt(column, everyone).sort();
    let around = 0;
    for (const own of sorted) {
      const radii = neighbourDistances(own, Math.min(neighbours, own.length - 1));
      for (let i = 0; i < own.length; i++) {
        // One step towards zero, so that the neighbour at this very distance does not count.
        around += digamma[countWithin(all, own[i], radii[i] * (1 - Number.EPSILON / 2))];
      }
    }
    scores[feature] = Math.max(0, (labelled - around) / counted);
  }
  return scores;
}

/** ψ(n) + γ for 1 ≤ n ≤ `most`: a harmonic number. The estimate has as many ψ added as subtracted, so γ drops out. */
function shiftedDigamma(most: number): Float64Array {
  const result = new Float64Array(most + 1);
  for (let n = 2; n <= most; n++) result[n] = result[n - 1] + 1 / (n - 1);
  return result;
}

/** A feature divided by its deviation, with noise far below what the photos say. */
function noisyColumn({ rows, columns, values }: Rows, noise: Float32Array, feature: number): Float64Array {
  const column = new Float64Array(rows);
  let mean = 0;
  for (let row = 0; row < rows; row++) {
    column[row] = values[row * columns + feature];
    mean += column[row];
  }
  mean /= rows;
  let squares = 0;
  for (const value of column) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / rows);
  const scale = deviation < constantDeviation ? 1 : deviation;
  let size = 0;
  for (let row = 0; row < rows; row++) {
    column[row] /= scale;
    size += Math.abs(column[row]);
  }
  const amount = noiseShare * Math.max(1, size / rows);
  for (let row = 0; row < rows; row++) column[row] += amount * noise[row * columns + feature];
  return column;
}

function valuesAt(column: Float64Array, members: readonly number[]): Float64Array {
  const values = new Float64Array(members.length);
  for (let i = 0; i < values.length; i++) values[i] = column[members[i]];
  return values;
}

/** The distance from each of the sorted values to its k-th nearest: the neighbours are a run of k + 1 that holds it. */
function neighbourDistances(sorted: Float64Array, k: number): Float64Array {
  return sorted.map((value, i) => {
    let nearest = Infinity;
    const last = Math.min(i, sorted.length - 1 - k);
    for (let start = Math.max(0, i - k); start <= last; start++) {
      nearest = Math.min(nearest, Math.max(value - sorted[start], sorted[start + k] - value));
    }
    return nearest;
  });
}

/** How many of the sorted values are no farther from the centre than the radius. */
function countWithin(sorted: Float64Array, centre: number, radius: number): number {
  let [first, end] = [0, sorted.length];
  while (first < end) {
    const half = (first + end) >>> 1;
    if (centre - sorted[half] > radius) first = half + 1;
    else end = half;
  }
  let last = first;
  end = sorted.length;
  while (last < end) {
    const half = (last + end) >>> 1;
    if (sorted[half] - centre > radius) end = half;
    else last = half + 1;
  }
  return last - first;
}
