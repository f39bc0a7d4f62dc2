/** Where the positives of a query stand in its ranking. */
import type { GroundTruthQuery } from './ground-truth.ts';
import type { QueryRanks } from './metrics.ts';

/** Similarity of a query to each row of the database. */
export type Scores = Float32Array | Float64Array;

/**
 * Takes junk and the query itself out of the ranking, and ranks the rest. A row that is both positive and junk is
 * positive.
 * @param scores what takes no part is struck out of them
 * @param self the query's own row of the database; null when it has none
 */
export function queryRanks(
  scores: Scores,
  { positives, junk }: Pick<GroundTruthQuery, 'positives' | 'junk'>,
  self: number | null,
): QueryRanks {
  const wanted = new Set(Array.from(positives));
  const struck = new Set(Array.from(junk).filter((row) => !wanted.has(row)));
  if (self !== null) {
    wanted.delete(self);
    struck.add(self);
  }
  for (const row of struck) scores[row] = -Infinity;
  return {
    ranks: ranksOf(Uint32Array.from(wanted), scores),
    positives: wanted.size,
    ranked: scores.length - struck.size,
  };
}

/**
 * Ranks of rows among all rows, 0-based and ascending; equal scores rank by row. Counting the rows ahead of each is
 * many times faster than sorting all rows, because the positives are few.
 */
function ranksOf(positives: Uint32Array, scores: Scores): Uint32Array {
  const rows = positives.sort((a, b) => scores[b] - scores[a] || a - b);
  const best = Float64Array.from(rows, (row) => scores[row]);
  /** For each of the positives, the rows between it and the one before. */
  const between = new Uint32Array(rows.length + 1);
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row];
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const ahead = score > best[middle] || (score === best[middle] && row < rows[middle]);
      if (ahead) high = middle;
      else low = middle + 1;
    }
    between[low] += 1;
  }
  // One of the positives is not ahead of itself, and so is counted into the gap after its own.
  let rank = 0;
  return rows.map((_, i) => (rank += between[i]));
}
