/** The measure of `evaluateRanking` in tests: every photo searches among all the others, once, in plain loops. */
import { groundTruthOfLabels } from '../../../src-main/evaluate/ground-truth.ts';
import { type QueryRanks, rankingMetrics } from '../../../src-main/evaluate/metrics.ts';
import { queryRanks } from '../../../src-main/evaluate/ranks.ts';

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
  const { queries, mAP, precisionAt1, precisionAt10 } = rankingMetrics(rankings(vectors, dimension, labels));
  return { queries, mAP, precisionAt1, precisionAt10 };
}

function* rankings(
  vectors: Float32Array,
  dimension: number,
  labels: ArrayLike<number>,
): Generator<QueryRanks> {
  const scores = new Float64Array(labels.length);
  for (const truth of groundTruthOfLabels(labels)) {
    for (let row = 0; row < scores.length; row++) scores[row] = dot(vectors, dimension, truth.query, row);
    yield queryRanks(scores, truth, truth.query);
  }
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
