/** Which actions a few typed letters mean. */
import type { OfferedAction } from './action.ts';

/** How many actions are remembered. */
export const mostRecent = 8;

/** Less alike than that is not what was meant. */
const leastScore = 0.01;

/** How well typed letters fit a title and further words, 0 … 1. */
export type Score = (title: string, letters: string, words: string[]) => number;

/** Those that fit best first; of the same, those that were used last. Without letters, the used ones come first. */
export function ranked<Offer extends Pick<OfferedAction, 'action'>>(
  offers: readonly Offer[],
  text: string,
  recent: readonly string[],
  score: Score,
): Offer[] {
  const wanted = text.trim();
  const used = ({ action }: Offer): number => {
    const place = recent.indexOf(action.id);
    return place < 0 ? mostRecent : place;
  };
  const scored = offers.map((offer, place) => ({
    offer,
    place,
    score: wanted === '' ? 1 : score(offer.action.title, wanted, [offer.action.group ?? '']),
  }));
  return scored
    .filter(({ score }) => score >= leastScore)
    .sort((a, b) => b.score - a.score || used(a.offer) - used(b.offer) || a.place - b.place)
    .map(({ offer }) => offer);
}

/** The actions that were used last, with one more. */
export function withRecent(recent: readonly string[], id: string): string[] {
  return [id, ...recent.filter((each) => each !== id)].slice(0, mostRecent);
}
