/** Labelled photos, grouped. */
import { SemblanceError } from '../contract/index.ts';

/**
 * The rows of each label, labels ascending and rows ascending within.
 * @throws SemblanceError `invalid-arguments` unless there is one label a row
 */
export function rowsByLabel(rows: number, labels: ArrayLike<number>): Map<number, number[]> {
  if (labels.length !== rows) {
    throw new SemblanceError(
      'invalid-arguments',
      `There are ${rows} photos but ${labels.length} labels. Give each photo one label.`,
    );
  }
  const ascending = [...new Set(Array.from(labels))].sort((a, b) => a - b);
  const groups = new Map(ascending.map((label) => [label, [] as number[]]));
  for (let row = 0; row < rows; row++) groups.get(labels[row])?.push(row);
  return groups;
}
