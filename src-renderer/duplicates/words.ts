/** Duplicates in words. */
import {
  type DuplicateKind,
  type DuplicateMember,
  type DuplicateThresholds,
  precisionOf,
  type ThresholdOutcome,
} from '../../src-main/contract/index.ts';
import { plural } from '../plural.ts';
import { count, photos, decimal } from '../wording.ts';

export const kindTitles: Record<DuplicateKind, string> = {
  identical: 'Same file',
  'same-picture': 'Same picture',
  'crop-or-edit': 'Crop or edit',
  burst: 'Burst',
  similar: 'Similar',
};

// @wc-include
const [burstWord, similarWord] = ['burst', 'similar'];

/** What they are called within a sentence. */
export const kindWords: Record<DuplicateKind, string> = {
  identical: 'same file',
  'same-picture': 'same picture',
  'crop-or-edit': 'crop or edit',
  burst: burstWord,
  similar: similarWord,
};

export const kindSentences: Record<DuplicateKind, string> = {
  identical: 'The same bytes in several files.',
  'same-picture': 'One picture, stored anew or at another size.',
  'crop-or-edit': 'A part of a picture, or an altered copy.',
  burst: 'Taken by one camera within seconds.',
  similar: 'Alike; nothing tells why.',
};

/** What one of two photos in comparison is. */
export function placeTitle({ kept }: Pick<DuplicateMember, 'kept'>, isKeeper: boolean): string {
  if (!isKeeper) return 'Other';
  return kept ? 'Your choice' : 'Suggested';
}

/** Why a photo cannot go to the bin. */
export const keptWords = 'You chose to keep this photo. Take that back before it can go to the bin.';

/** What a threshold would give; undefined below those that were looked at. */
export function outcomeAt(
  { outcomes }: DuplicateThresholds,
  threshold: number,
): ThresholdOutcome | undefined {
  return outcomes.find((outcome) => Math.abs(outcome.threshold - threshold) < 1e-6);
}

/** What the histogram shows, e.g. 'Of 206 photos, 14 have one that is at least 0.90 alike; half have none above 0.52.' */
export function histogramWords({ counts }: DuplicateThresholds, threshold: number): string {
  const total = counts.reduce((sum, each) => sum + each, 0);
  if (total === 0) return '';
  const above = counts.reduce(
    (sum, each, bin) => ((bin + 0.5) / counts.length > threshold ? sum + each : sum),
    0,
  );
  let passed = 0;
  const middle = counts.findIndex((each) => (passed += each) >= total / 2);
  const half = decimal((middle + 1) / counts.length, 2);
  return `Of ${photos(total)}, ${count(above)} have one that is at least ${decimal(threshold, 2)} alike; half have none above ${half}.`;
}

/** E.g. '12 groups, 31 photos in them · 19 of 20 that you judged were right'. */
export function outcomeWords(outcome: ThresholdOutcome): string {
  const { groups, members, confirmed, refuted } = outcome;
  const found = `${plural(groups, ['# group', '# groups'])}, ${photos(members)} in them`;
  if (precisionOf(outcome) === null) return found;
  return `${found} · ${count(confirmed)} of ${count(confirmed + refuted)} that you judged were duplicates`;
}
