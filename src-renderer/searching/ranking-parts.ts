/** The switches that improve the order of a search, as they are offered. */
import { type Moved, type Ranking, type RankingStep, usualRanking } from '../../src-main/contract/index.ts';
import { keysOf } from '../keys-of.ts';

export type PartName = keyof Ranking;

export interface PartNumber {
  key: string;
  label: string;
  min: number;
  max: number;
  step: number;
  whole: boolean;
}

export interface RankingPart {
  title: string;
  /** What it does, in a sentence. */
  purpose: string;
  numbers: readonly PartNumber[];
}

const top = (min: number, max: number, step: number): PartNumber => ({
  key: 'top',
  label: 'Results',
  min,
  max,
  step,
  whole: true,
});

/** In the order in which they are applied; the bounds are those of `rankingSchema`. */
export const rankingParts: Record<PartName, RankingPart> = {
  expansion: {
    title: 'Expand the query',
    purpose: 'Searches again, with the best results added.',
    numbers: [
      { key: 'count', label: 'Results added', min: 1, max: 50, step: 1, whole: true },
      { key: 'alpha', label: 'Power of similarity', min: 0, max: 10, step: 0.5, whole: false },
    ],
  },
  refinement: {
    title: 'Refine descriptors',
    purpose: 'Pools each of the first results with its own neighbours.',
    numbers: [
      top(10, 1000, 10),
      { key: 'neighbours', label: 'Neighbours', min: 1, max: 50, step: 1, whole: true },
    ],
  },
  diffusion: {
    title: 'Diffuse over neighbours',
    purpose: 'Lifts what is reached over similar photos.',
    numbers: [top(50, 5000, 50)],
  },
  geometry: {
    title: 'Check geometry',
    purpose: 'Lifts results whose places fit together with the query’s.',
    numbers: [top(1, 200, 1)],
  },
};

export const partNames = keysOf(rankingParts);

export function withPart(ranking: Ranking, name: PartName, isOn: boolean): Ranking {
  if (isOn) return { ...ranking, [name]: usualRanking[name] };
  return Object.fromEntries(Object.entries(ranking).filter(([other]) => other !== name));
}

export function numberOf(ranking: Ranking, name: PartName, key: string): number | undefined {
  return (ranking[name] as Record<string, number> | undefined)?.[key];
}

export function withNumber(ranking: Ranking, name: PartName, key: string, value: number): Ranking {
  return { ...ranking, [name]: { ...ranking[name], [key]: value } };
}

export function isImproved(ranking: Ranking): boolean {
  return partNames.some((name) => ranking[name] !== undefined);
}

// @wc-include
const newWord = 'new';

/** E.g. '▲3'; '' for what stayed. */
export function movedMark(moved: Moved): string {
  if (moved === null || moved === 0) return '';
  if (moved === 'new') return newWord;
  return moved > 0 ? `▲${moved}` : `▼${-moved}`;
}

/** The same for those who hear it. */
export function movedWords(moved: Moved): string {
  if (moved === null || moved === 0) return '';
  if (moved === 'new') return 'new against the plain ranking';
  return moved > 0
    ? `up by ${moved} against the plain ranking`
    : `down by ${-moved} against the plain ranking`;
}

/** What the improvements changed among the results, e.g. '12 moved, 3 new, 3 gone'. */
export function changeWords(moves: readonly Moved[], gone: number): string {
  const fresh = moves.filter((moved) => moved === 'new').length;
  const others = moves.filter((moved) => typeof moved === 'number' && moved !== 0).length;
  const parts = [
    others > 0 && `${others} moved`,
    fresh > 0 && `${fresh} new`,
    gone > 0 && `${gone} gone`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? 'The same order' : parts.join(', ');
}

/** E.g. '12 ms'. */
export function stepWords({ milliseconds, note }: RankingStep): string {
  const time = `${Math.max(1, Math.round(milliseconds))} ms`;
  return note === '' ? time : `${time}. ${note}`;
}
