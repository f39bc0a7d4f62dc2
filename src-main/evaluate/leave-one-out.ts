/** Every photo searches among all the others, once. */
import { averagePrecision } from './average-precision.ts';

export interface LeaveOneOut {
  queries: number;
  mAP: number;
  precisionAt1: number;
  precisionAt10: number;
}

/**
 * Photos of the same label are the positives; a photo without any is no query.
 * @param vectors unit descriptors, one a row
 * @param labels one a row
 */
export function leaveOneOut(
  vectors: Float32Array,
  dimension: number,
  labels: ArrayLike<number>,
): LeaveOneOut {
  const count = labels.length;
  const kin = new Map<number, number[]>();
  for (let row = 0; row < count; row++) {
    const members = kin.get(labels[row]);
    if (members) members.push(row);
    else kin.set(labels[row], [row]);
  }
  const totals = { queries: 0, mAP: 0, precisionAt1: 0, precisionAt10: 0 };
  const scores = new Float64Array(count);
  for (const members of kin.values()) {
    if (members.length === 1) continue;
    for (const query of members) {
      for (let row = 0; row < count; row++) scores[row] = dot(vectors, dimension, query, row);
      const ranks = ranksOf(members, query, scores);
      totals.queries += 1;
      totals.mAP += averagePrecision(ranks, ranks.length);
      totals.precisionAt1 += precisionAt(ranks, 1, count - 1);
      totals.precisionAt10 += precisionAt(ranks, 10, count - 1);
    }
  }
  const mean = (sum: number): number => (totals.queries === 0 ? 0 : sum / totals.queries);
  return {
    queries: totals.queries,
    mAP: mean(totals.mAP),
    precisionAt1: mean(totals.precisionAt1),
    precisionAt10: mean(totals.precisionAt10),
  };
}

/**
 * Ranks of the query's kin among all other rows, ascending; equal scores rank by row. Counting the rows ahead of
 * each is many times faster than sorting all rows, because the kin are few.
 */
function ranksOf(members: number[], query: number, scores: Float64Array): number[] {
  const ahead = (a: number, b: number): boolean =>
    scores[a] > scores[b] || (scores[a] === scores[b] && a < b);
  const kin = members.filter((row) => row !== query).sort((a, b) => (ahead(a, b) ? -1 : 1));
  /** For each of the kin, the rows between it and the one before. */
  const between = new Uint32Array(kin.length + 1);
  for (let row = 0; row < scores.length; row++) {
    if (row === query) continue;
    let low = 0;
    let high = kin.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ahead(row, kin[middle])) high = middle;
      else low = middle + 1;
    }
    between[low] += 1;
  }
  // One of the kin is not ahead of itself, and so is counted into the gap after its own.
  let rank = 0;
  return kin.map((_, i) => (rank += between[i]));
}

/** Share of positives among the first k, or among all there are when they are fewer. */
function precisionAt(ranks: number[], k: number, ranked: number): number {
  return ranks.filter((rank) => rank < k).length / Math.min(k, ranked);
}

/** Four sums side by side, because one would wait for each addition before the next. */
function dot(vectors: Float32Array, dimension: number, rowA: number, rowB: number): number {
  const startA = rowA * dimension;
  const startB = rowB * dimension;
  const whole = dimension - (dimension % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < whole; i += 4) {
    a += vectors[startA + i] * vectors[startB + i];
    b += vectors[startA + i + 1] * vectors[startB + i + 1];
    c += vectors[startA + i + 2] * vectors[startB + i + 2];
    d += vectors[startA + i + 3] * vectors[startB + i + 3];
  }
  for (let i = whole; i < dimension; i++) a += vectors[startA + i] * vectors[startB + i];
  return a + b + c + d;
}
