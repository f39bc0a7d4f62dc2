/** How alike two orders are. */

/**
 * Spearman's rank correlation, corrected for ties: Pearson's correlation of ranks, where equal values share the mean
 * of their ranks (Kendall & Gibbons, Rank Correlation Methods, 1990, §3.8).
 * @param a and @param b numbers in pairs, none of them NaN
 * @returns −1 … 1; NaN when one of them is constant, or there are fewer than two pairs
 */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [ranksA, ranksB] = [fractionalRanks(a), fractionalRanks(b)];
  // Ranks have the same mean, tied or not.
  const mean = (a.length + 1) / 2;
  let covariance = 0;
  let varianceA = 0;
  let varianceB = 0;
  for (let i = 0; i < a.length; i++) {
    covariance += (ranksA[i] - mean) * (ranksB[i] - mean);
    varianceA += (ranksA[i] - mean) ** 2;
    varianceB += (ranksB[i] - mean) ** 2;
  }
  return covariance / Math.sqrt(varianceA * varianceB);
}

function fractionalRanks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  for (let start = 0, end; start < order.length; start = end) {
    end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let i = start; i < end; i++) ranks[order[i]] = (start + 1 + end) / 2;
  }
  return ranks;
}
