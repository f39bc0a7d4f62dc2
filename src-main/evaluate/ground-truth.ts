/** What a search should find: for each query the rows that belong to it. */
import { rowsByLabel } from '../descriptor/index.ts';

export interface GroundTruthQuery {
  /** Row of the photo that asks, among the database or among query vectors of their own. */
  query: number;
  /**
   * Rows of the database that should be found. A query that is itself a row of the database may stand among them,
   * so that photos of a kind can share one array; it is passed over.
   */
  positives: ArrayLike<number>;
  /** Rows that are neither right nor wrong; they are taken out before ranking. */
  junk: ArrayLike<number>;
  /** What to call the query in a report. */
  name?: string;
}

const noRows = new Uint32Array(0);

/**
 * Photos of the same label belong together; a photo alone in its label is no query.
 * @param labels one a row: its folder, or the photo from which it was made
 */
export function groundTruthOfLabels(labels: ArrayLike<number>): GroundTruthQuery[] {
  return groundTruthOfGroups(rowsByLabel(labels.length, labels).values());
}

/**
 * Photos of a group belong together: pairs of duplicates, say, or the photos of a tag. A photo in several groups
 * has the members of all of them as positives; photos in none are ranked, but do not ask.
 * @returns queries by row
 */
export function groundTruthOfGroups(groups: Iterable<ArrayLike<number>>): GroundTruthQuery[] {
  const groupsOfRow = new Map<number, Uint32Array[]>();
  for (const group of groups) {
    const members = Uint32Array.from(new Set(Array.from(group)));
    if (members.length < 2) continue;
    for (const row of members) {
      const others = groupsOfRow.get(row);
      if (others) others.push(members);
      else groupsOfRow.set(row, [members]);
    }
  }
  return [...groupsOfRow]
    .sort(([a], [b]) => a - b)
    .map(([query, [first, ...others]]) => ({
      query,
      positives: others.length === 0 ? first : union([first, ...others]),
      junk: noRows,
    }));
}

/**
 * Photos that share a tag belong together; a photo without tags is ranked, but does not ask.
 * @param tags of each row
 */
export function groundTruthOfTags(tags: readonly (readonly number[])[]): GroundTruthQuery[] {
  const rowsOfTag = new Map<number, number[]>();
  for (const [row, own] of tags.entries()) {
    for (const tag of own) {
      const rows = rowsOfTag.get(tag);
      if (rows) rows.push(row);
      else rowsOfTag.set(tag, [row]);
    }
  }
  return groundTruthOfGroups(rowsOfTag.values());
}

function union(groups: Uint32Array[]): Uint32Array {
  return Uint32Array.from(new Set(groups.flatMap((group) => [...group])));
}
