/** Mini-batches: which rows a step of training looks at. */
import { SemblanceError } from '../contract/index.ts';
import { shuffled } from '../descriptor/index.ts';
import type { ContrastiveSettings } from './contrastive-loss.ts';

/** Gives the batches of one epoch, as numbers of rows; different ones at each call. */
export type Batches = () => number[][];

const defaultGroupsPerBatch = 32;
const defaultRowsPerGroup = 4;

/**
 * Batches of about `groupsPerBatch` × `rowsPerGroup` rows in which every row has a mate. An epoch shows each row once;
 * a group with more rows comes back in several batches, spread over the epoch, and a group of one row is left out.
 * @param groups one number a row; rows with the same number match
 * @throws SemblanceError `not-enough-photos` when there are not two groups of two rows, and nothing to tell apart
 */
export function groupedBatches(
  groups: ArrayLike<number>,
  { groupsPerBatch = defaultGroupsPerBatch, rowsPerGroup = defaultRowsPerGroup }: ContrastiveSettings,
  random: () => number,
): Batches {
  const members = new Map<number, number[]>();
  for (let row = 0; row < groups.length; row++) {
    const known = members.get(groups[row]);
    if (known) known.push(row);
    else members.set(groups[row], [row]);
  }
  const trainable = [...members.values()].filter((rows) => rows.length > 1);
  if (trainable.length < 2) {
    throw new SemblanceError(
      'not-enough-photos',
      'Learning needs at least two groups with two matching photos in each. Add photos, or choose other groups.',
    );
  }
  return () => {
    const handfuls = trainable.flatMap((rows) => {
      const parts = evenParts(shuffled(rows, random), rowsPerGroup);
      const phase = random();
      return parts.map((part, i) => ({ part, at: (i + phase) / parts.length }));
    });
    handfuls.sort((a, b) => a.at - b.at);
    return evenParts(handfuls, groupsPerBatch).map((batch) => batch.flatMap(({ part }) => part));
  };
}

/** Batches of about `size` rows without regard to groups. */
export function plainBatches(count: number, size: number, random: () => number): Batches {
  const rows = Array.from({ length: count }, (_, row) => row);
  return () => evenParts(shuffled(rows, random), size);
}

/** Splits in order into parts of about `size` items, none of which holds a single item unless it is the only one. */
function evenParts<T>(items: readonly T[], size: number): T[][] {
  const count = Math.max(1, Math.min(Math.ceil(items.length / size), Math.floor(items.length / 2)));
  const boundary = (i: number): number => Math.floor((i * items.length) / count);
  return Array.from({ length: count }, (_, i) => items.slice(boundary(i), boundary(i + 1)));
}
