/** What a measurement says, in words. */
import type { GroundTruthSource, IndexHealth, QualityReport } from '../../src-main/contract/index.ts';
import { count, photos, signed } from '../wording.ts';

export type Source = GroundTruthSource['by'] | 'file';

export const sourceTitles: Record<Source, string> = {
  folder: 'Folders',
  tag: 'Tags',
  pairs: 'Self-made pairs',
  file: 'A file',
};

export const sourcePurposes: Record<Source, string> = {
  folder: 'Photos of the same folder belong together.',
  tag: 'Photos that share a tag belong together.',
  pairs: 'A photo and its altered copies belong together: crops, re-compressions, shifts of colour.',
  file: 'A list of queries with the photos that each should find.',
};

/** What a source has to offer, or what would change that it has nothing. */
export function sourceWords({ by, isTelling, queries, groups }: GroundTruthSource): string {
  if (isTelling) {
    if (by === 'pairs') return `${photos(queries)} have altered copies`;
    const kind = by === 'folder' ? 'folders' : 'tags';
    return `${count(groups)} ${kind}, ${photos(queries)} to search with`;
  }
  if (by === 'folder') return 'It takes two folders, one of them with two photos.';
  if (by === 'tag') return 'It takes a tag that two photos have and others have not.';
  return 'None are made for the recipe in service yet.';
}

/** What was measured, and on what. */
export function measuredWords({ by, queries, withoutMatch, fit }: QualityReport): string {
  const matches = {
    folder: 'photos of the same folder are the matches',
    tag: 'photos that share a tag are the matches',
    pairs: 'a photo and its altered copies are the matches',
    file: 'a file names the matches',
  }[by];
  const fits = {
    'held-out': 'Everything was fitted on other photos than the queries.',
    library: 'Fitted on the library itself, the queries among it.',
    generic: 'Fitted on the photos that ship as a start.',
    none: 'Nothing is fitted.',
  }[fit];
  const left = withoutMatch > 0 ? ` ${count(withoutMatch)} were left out because nothing matches them.` : '';
  return `${count(queries)} searches; ${matches}.${left} ${fits}`;
}

export function differenceWords(difference: { mean: number; low: number; high: number }): string {
  const { mean, low, high } = difference;
  const interval = `${signed(low, 3)} to ${signed(high, 3)} with 95 % confidence`;
  if (low > 0) return `B is better by ${signed(mean, 3)} mAP (${interval}).`;
  if (high < 0) return `B is worse by ${signed(mean, 3)} mAP (${interval}).`;
  return `The difference in mAP is ${signed(mean, 3)} (${interval}); as the interval holds zero, it may be chance.`;
}

/** How much of the best the index finds. */
export function recallWords({ tier, recallAt10, crossover, hnswAvailable }: IndexHealth): string {
  if (tier === 'hnsw' && recallAt10) {
    return `HNSW finds ${(100 * recallAt10.mean).toFixed(1)} % of the ten most similar photos, over ${count(recallAt10.queries)} searches.`;
  }
  const why = hnswAvailable
    ? crossover === null
      ? 'the library is small enough'
      : `that is fastest up to ${photos(crossover)} on this machine`
    : 'HNSW cannot be used here';
  return `Every photo is compared, so that none is missed: ${why}.`;
}

/** Where the fit comes from, and how old it is. */
export function fitWords({ fit, fittedOn, photosSince, photos: all }: IndexHealth): string {
  if (fit === 'none') return 'The recipe in service needs no fit.';
  const of =
    fit === 'generic' ? `${photos(fittedOn)} that ship as a start` : `${photos(fittedOn)} of this library`;
  if (fit === 'generic') return `Fitted on ${of}, and not on your own.`;
  if (photosSince === 0) return `Fitted on ${of}; none has come since.`;
  const share = Math.round((100 * photosSince) / Math.max(1, all));
  return `Fitted on ${of}; ${photos(photosSince)} have come since, ${share} % of all.`;
}
