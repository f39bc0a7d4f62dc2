/** The scree plot of principal components as lines in a box. */
import { decimal } from '../wording.ts';

export interface Scree {
  /** Path of each component's share, the first being as high as the box. */
  each: string;
  /** Path of the shares up to each component; the whole variance is as high as the box. */
  together: string;
  /** Components that are kept of those there are, and where the last of them lies. */
  keptCount: number;
  keptAt: number;
  /** Share of the variance that the first ten, and those that are kept, explain together. */
  firstTen: number;
  total: number;
}

/** Room above the highest point, for the line's own width. */
const margin = 2;

/** @param explained share of the variance of each component, descending */
export function screeOf(explained: readonly number[], kept: number, width: number, height: number): Scree {
  const keptCount = Math.min(kept, explained.length);
  const at = (place: number): number => (width * (place + 0.5)) / explained.length;
  const path = (shares: readonly number[]): string =>
    shares.map((share, i) => `${i === 0 ? 'M' : 'L'}${round(at(i))} ${round(heightOf(share))}`).join('');
  const heightOf = (share: number): number => height - (height - margin) * Math.min(1, share);
  let sum = 0;
  const sums = explained.map((share) => (sum += share));
  return {
    each: path(explained.map((share) => share / Math.max(explained[0], Number.MIN_VALUE))),
    together: path(sums),
    keptCount,
    keptAt: round(at(keptCount - 0.5)),
    firstTen: sums[Math.min(10, sums.length) - 1],
    total: sums[keptCount - 1],
  };
}

export function percent(share: number): string {
  return `${decimal(100 * share, 1)}\u00a0%`;
}

function round(number: number): number {
  return Math.round(10 * number) / 10;
}
