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
  const members = new Map<number, number>();
  for (let row = 0; row < count; row++) members.set(labels[row], (members.get(labels[row]) ?? 0) + 1);
  const totals = { queries: 0, mAP: 0, precisionAt1: 0, precisionAt10: 0 };
  const scores = new Float64Array(count);
  for (let query = 0; query < count; query++) {
    const positives = (members.get(labels[query]) ?? 0) - 1;
    if (positives === 0) continue;
    for (let row = 0; row < count; row++) scores[row] = dot(vectors, dimension, query, row);
    const order = Array.from({ length: count }, (_, row) => row).filter((row) => row !== query);
    order.sort((a, b) => scores[b] - scores[a] || a - b);
    const ranks = order.flatMap((row, rank) => (labels[row] === labels[query] ? [rank] : []));
    totals.queries += 1;
    totals.mAP += averagePrecision(ranks, positives);
    totals.precisionAt1 += precisionAt(ranks, 1, count - 1);
    totals.precisionAt10 += precisionAt(ranks, 10, count - 1);
  }
  const mean = (sum: number): number => (totals.queries === 0 ? 0 : sum / totals.queries);
  return {
    queries: totals.queries,
    mAP: mean(totals.mAP),
    precisionAt1: mean(totals.precisionAt1),
    precisionAt10: mean(totals.precisionAt10),
  };
}

/** Share of positives among the first k, or among all there are when they are fewer. */
function precisionAt(ranks: number[], k: number, ranked: number): number {
  return ranks.filter((rank) => rank < k).length / Math.min(k, ranked);
}

function dot(vectors: Float32Array, dimension: number, a: number, b: number): number {
  let sum = 0;
  const startA = a * dimension;
  const startB = b * dimension;
  for (let i = 0; i < dimension; i++) sum += vectors[startA + i] * vectors[startB + i];
  return sum;
}
