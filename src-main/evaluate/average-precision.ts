/** Quality of one ranking. */

/**
 * Average precision by the trapezoidal rule, as in the revisited Oxford and Paris benchmarks (Radenović et al.,
 * Revisiting Oxford and Paris, CVPR 2018): each positive contributes the mean of the precisions just before and at
 * its rank.
 * @param ranks 0-based ranks of the positives, ascending
 * @param positives how many there are in all, found or not
 */
export function averagePrecision(ranks: ArrayLike<number>, positives: number): number {
  let sum = 0;
  for (let found = 0; found < ranks.length; found++) {
    const rank = ranks[found];
    const before = rank === 0 ? 1 : found / rank;
    const at = (found + 1) / (rank + 1);
    sum += (before + at) / 2;
  }
  return positives === 0 ? 0 : sum / positives;
}
