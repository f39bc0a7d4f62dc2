/** What there is to choose a threshold of duplicates by. */
import type { DuplicateThresholds, ThresholdOutcome } from '../contract/index.ts';
import { groupCounts, type Joining } from '../search/index.ts';

/** Bins from 0 to 1; thresholds lie between them. */
export const thresholdBins = 100;

/** Without any judgement by the person, the suggestion lies between these, unless all photos are alike. */
const loosest = 0.7;
const strictest = 0.9;

/** Share of right pairs that a suggestion aims at, and the judged pairs that it takes to go by them. */
const wantedPrecision = 0.95;
const leastJudged = 10;

/** Similarities of pairs that a person took for duplicates, and of those that they marked as none. */
export interface Judged {
  confirmed: readonly number[];
  refuted: readonly number[];
}

/** What becomes groups. */
export interface Alike {
  joinings: readonly Joining[];
  /** How many photos hold a picture, where it is more than one. */
  filesOf: ReadonlyMap<number, number>;
}

/**
 * @param counts photos by the similarity of the one that they resemble most, `thresholdBins` from 0 to 1
 * @param least the lowest threshold that the joinings reach down to
 */
export function thresholdsFrom(
  counts: number[],
  { joinings, filesOf }: Alike,
  least: number,
  judged: Judged,
  complete: boolean,
): DuplicateThresholds {
  const thresholds = Array.from({ length: thresholdBins + 1 }, (_, i) => 1 - i / thresholdBins).map(round);
  const outcomes = groupCounts(
    joinings,
    thresholds.filter((threshold) => threshold >= least),
    filesOf,
  ).map((outcome) => ({
    ...outcome,
    confirmed: judged.confirmed.filter((score) => score >= outcome.threshold).length,
    refuted: judged.refuted.filter((score) => score >= outcome.threshold).length,
  }));
  return { counts, outcomes, suggested: Math.max(least, suggested(counts, outcomes)), complete };
}

/**
 * The loosest threshold at which enough of what a person has judged was right. Before that is known, the similarity above
 * which a photo's nearest one is an outlier: three deviations above the middle of those without a duplicate. Up to half of
 * all photos may have one, so that middle and deviation are read off the lower quartile and the lower twentieth, as they
 * would lie in a normal distribution.
 */
function suggested(counts: readonly number[], outcomes: readonly ThresholdOutcome[]): number {
  const right = outcomes.filter(
    ({ confirmed, refuted }) =>
      refuted > 0 &&
      confirmed + refuted >= leastJudged &&
      confirmed / (confirmed + refuted) >= wantedPrecision,
  );
  if (right.length > 0) return Math.min(...right.map(({ threshold }) => threshold));
  const quartile = quantile(counts, 0.25);
  const deviation = (quartile - quantile(counts, 0.05)) / (1.645 - 0.674);
  const outlying = Math.min(strictest, Math.max(loosest, quartile + (0.674 + 3) * deviation));
  // Where even photos without duplicates are very alike, at least half of the way to 1.
  return round(Math.max(outlying, (1 + quartile) / 2));
}

/** The similarity below which so much of all photos lies; 0 without photos. */
function quantile(counts: readonly number[], share: number): number {
  const wanted = share * counts.reduce((sum, count) => sum + count, 0);
  let passed = 0;
  for (const [bin, count] of counts.entries()) {
    if (count > 0 && passed + count >= wanted) return (bin + (wanted - passed) / count) / thresholdBins;
    passed += count;
  }
  return 0;
}

function round(threshold: number): number {
  return Math.round(threshold * thresholdBins) / thresholdBins;
}
