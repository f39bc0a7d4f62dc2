/** Folds for cross-validation. */
import { SemblanceError } from '../contract/index.ts';
import { randomFrom, rowsByLabel, shuffled } from '../descriptor/index.ts';

/**
 * Deals the photos out to `count` folds of nearly equal size, each label spread as evenly as it goes (stratified
 * cross-validation; Kohavi, A study of cross-validation and bootstrap, IJCAI 1995). The same seed deals the same.
 * @param labels one a photo
 * @returns the fold of each photo, 0 … count − 1
 * @throws SemblanceError `invalid-arguments` for fewer than two folds, `not-enough-photos` for more folds than photos
 */
export function foldsOf(labels: ArrayLike<number>, count: number, seed: number): Uint32Array {
  if (!Number.isInteger(count) || count < 2) {
    throw new SemblanceError('invalid-arguments', `There must be two folds or more, not ${count}.`);
  }
  if (labels.length < count) {
    throw new SemblanceError(
      'not-enough-photos',
      `${labels.length} photos cannot be spread over ${count} folds. Use fewer folds.`,
    );
  }
  const random = randomFrom(seed);
  const folds = new Uint32Array(labels.length);
  // Each label goes on where the one before stopped, or the first folds would get all that is left over.
  let next = 0;
  for (const rows of rowsByLabel(labels.length, labels).values()) {
    for (const row of shuffled(rows, random)) folds[row] = next++ % count;
  }
  return folds;
}

/** A fold, and all the others. */
export interface Split {
  train: number[];
  held: number[];
}

/**
 * Each fold once as the one that is held out.
 * @param folds the fold of each photo
 * @throws SemblanceError `not-enough-photos` when there is only one fold
 */
export function splits(folds: ArrayLike<number>): Split[] {
  const rows = Array.from(folds, (_, row) => row);
  const found = [...new Set(Array.from(folds))].sort((a, b) => a - b);
  if (found.length < 2) {
    throw new SemblanceError('not-enough-photos', 'With fewer than two folds nothing is left to fit on.');
  }
  return found.map((fold) => ({
    train: rows.filter((row) => folds[row] !== fold),
    held: rows.filter((row) => folds[row] === fold),
  }));
}
