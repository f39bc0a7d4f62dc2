/**
 * How good rankings are: each query by itself, and the means over all queries. Precision at k is the share of
 * positives among the first k, as a person sees them. (The code of the revisited Oxford and Paris benchmarks divides
 * by the last positive's rank instead when that is below k, so that a query with few positives can reach 1.) Recall
 * at k is that of instance retrieval: whether any positive is among the first k.
 */
import { averagePrecision } from './average-precision.ts';

/** Where the positives of one query stand. Junk and the query itself are in no ranking. */
export interface QueryRanks {
  /** 0-based ranks of the positives that were found, ascending. */
  ranks: ArrayLike<number>;
  /** How many there are in all, found or not. */
  positives: number;
  /** Photos in the ranking. */
  ranked: number;
}

export interface QueryMetrics {
  /** By the trapezoidal rule. */
  averagePrecision: number;
  /** 1 for the best match; null when no positive was found. */
  firstPositiveRank: number | null;
  precisionAt1: number;
  precisionAt5: number;
  precisionAt10: number;
}

export interface RankingMetrics {
  /** Queries that have positives; the means are over them. */
  queries: number;
  /** Queries without any positive, which are left out. */
  withoutPositives: number;
  /** Mean average precision by the trapezoidal rule of the revisited Oxford/Paris protocol. */
  mAP: number;
  precisionAt1: number;
  precisionAt5: number;
  precisionAt10: number;
  /** Share of queries with a positive among the first k. */
  recallAt1: number;
  recallAt5: number;
  recallAt10: number;
  /** Interpolated precision at recall 0, 0.01 … 1, the mean over the queries. */
  curve: number[];
}

const recallSteps = 100;

/** Gathers one query at a time, because the ranks of all of them together may not fit in memory. */
export class MetricMeans {
  #queries = 0;
  #withoutPositives = 0;
  readonly #sums = {
    mAP: 0,
    precisionAt1: 0,
    precisionAt5: 0,
    precisionAt10: 0,
    recallAt1: 0,
    recallAt5: 0,
    recallAt10: 0,
  };
  readonly #curve = new Float64Array(recallSteps + 1);

  /** @returns the query's own figures; null when it has no positives, and so is only counted */
  add({ ranks, positives, ranked }: QueryRanks): QueryMetrics | null {
    if (positives === 0) {
      this.#withoutPositives += 1;
      return null;
    }
    const first = ranks.length === 0 ? Infinity : ranks[0];
    const query: QueryMetrics = {
      averagePrecision: averagePrecision(ranks, positives),
      firstPositiveRank: ranks.length === 0 ? null : first + 1,
      precisionAt1: precisionAt(ranks, 1, ranked),
      precisionAt5: precisionAt(ranks, 5, ranked),
      precisionAt10: precisionAt(ranks, 10, ranked),
    };
    const sums = this.#sums;
    this.#queries += 1;
    sums.mAP += query.averagePrecision;
    sums.precisionAt1 += query.precisionAt1;
    sums.precisionAt5 += query.precisionAt5;
    sums.precisionAt10 += query.precisionAt10;
    sums.recallAt1 += Number(first < 1);
    sums.recallAt5 += Number(first < 5);
    sums.recallAt10 += Number(first < 10);
    addInterpolatedPrecision(this.#curve, ranks, positives);
    return query;
  }

  /** All zero when there was no query. */
  means(): RankingMetrics {
    const mean = (sum: number): number => (this.#queries === 0 ? 0 : sum / this.#queries);
    const sums = this.#sums;
    return {
      queries: this.#queries,
      withoutPositives: this.#withoutPositives,
      mAP: mean(sums.mAP),
      precisionAt1: mean(sums.precisionAt1),
      precisionAt5: mean(sums.precisionAt5),
      precisionAt10: mean(sums.precisionAt10),
      recallAt1: mean(sums.recallAt1),
      recallAt5: mean(sums.recallAt5),
      recallAt10: mean(sums.recallAt10),
      curve: Array.from(this.#curve, mean),
    };
  }
}

/** The means over queries whose positives have been ranked already. */
export function rankingMetrics(queries: Iterable<QueryRanks>): RankingMetrics {
  const means = new MetricMeans();
  for (const query of queries) means.add(query);
  return means.means();
}

/** Share of positives among the first k, or among all there are when they are fewer. */
function precisionAt(ranks: ArrayLike<number>, k: number, ranked: number): number {
  let found = 0;
  while (found < ranks.length && ranks[found] < k) found++;
  return found / Math.min(k, ranked);
}

/**
 * Interpolated precision at a recall is the best precision at that recall or a higher one (Manning, Raghavan &
 * Schütze, Introduction to Information Retrieval, 2008, §8.4); zero where too few positives were found.
 */
function addInterpolatedPrecision(curve: Float64Array, ranks: ArrayLike<number>, positives: number): void {
  let best = 0;
  let found = ranks.length;
  for (let step = recallSteps; step >= 0; step--) {
    // A recall of step / recallSteps is reached with this many positives; even none is only seen at the first.
    const needed = Math.max(1, Math.ceil((step * positives) / recallSteps));
    for (; found >= needed; found--) best = Math.max(best, found / (ranks[found - 1] + 1));
    curve[step] += best;
  }
}
