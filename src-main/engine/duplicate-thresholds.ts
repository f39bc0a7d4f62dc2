/** What there is to choose a threshold of duplicates by. */
import type { DuplicateThresholds, ThresholdOutcome } from '../contract/index.ts';
import { groupCounts, type Joining } from '../search/index.ts';

/** Steps between the thresholds that are told of. */
export const thresholdStep = 0.01;

/** Without any judgement by the person, the suggestion is never looser or stricter than these. */
const loosest = 0.7;
const strictest = 0.97;

/** Share of right pairs that a suggestion aims at, and the judged pairs that it takes to go by them. */
const wantedPrecision = 0.95;
const leastJudged = 10;

export interface Judged {
  /** Similarities of pairs that a person took for duplicates, and of those that they marked as none. */
  confirmed: readonly number[];
  refuted: readonly number[];
}

/**
 * @param nearest similarity of each photo to the one that it resembles most
 * @param least the lowest threshold that the joinings reach down to
 */
export function thresholdsFrom(
  nearest: readonly number[],
  joinings: readonly Joining[],
  least: number,
  judged: Judged,
  complete: boolean,
): DuplicateThresholds {
  const steps = Math.max(1, Math.round((1 - least) / thresholdStep));
  const edges = Array.from({ length: steps + 1 }, (_, i) => round(1 - (steps - i) * thresholdStep));
  const counts = new Array<number>(steps).fill(0);
  for (const score of nearest) {
    const bin = Math.floor((score - edges[0]) / thresholdStep + 1e-9);
    if (bin >= 0) counts[Math.min(bin, steps - 1)] += 1;
  }
  const outcomes = groupCounts(joinings, edges.toReversed()).map((outcome) => ({
    ...outcome,
    confirmed: judged.confirmed.filter((score) => score >= outcome.threshold).length,
    refuted: judged.refuted.filter((score) => score >= outcome.threshold).length,
  }));
  return { edges, counts, outcomes, suggested: suggested(nearest, outcomes, least), complete };
}

/**
 * The loosest threshold at which enough of what a person has judged was right. Before that is known, the similarity
 * above which a photo's nearest one is an outlier among all photos' (median and three standard deviations, the latter by
 * the median absolute deviation).
 */
function suggested(nearest: readonly number[], outcomes: readonly ThresholdOutcome[], least: number): number {
  const isTelling = ({ confirmed, refuted }: ThresholdOutcome): boolean => confirmed + refuted >= leastJudged;
  const right = outcomes.filter(
    (outcome) =>
      isTelling(outcome) &&
      outcome.refuted > 0 &&
      outcome.confirmed / (outcome.confirmed + outcome.refuted) >= wantedPrecision,
  );
  if (right.length > 0) return Math.min(...right.map(({ threshold }) => threshold));
  if (nearest.length === 0) return strictest;
  const middle = median(nearest);
  const deviation = 1.4826 * median(nearest.map((score) => Math.abs(score - middle)));
  return round(Math.max(least, loosest, Math.min(strictest, middle + 3 * deviation)));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function round(threshold: number): number {
  return Math.round(threshold / thresholdStep) * thresholdStep;
}
