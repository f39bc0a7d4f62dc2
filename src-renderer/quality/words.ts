/** What a measurement says, in words. */
import type { GroundTruthSource, IndexHealth, QualityReport } from '../../src-main/contract/index.ts';
import { filled, plural } from '../plural.ts';
import { percent, photos, signed } from '../wording.ts';

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
    if (by === 'pairs')
      return plural(queries, ['# photo has altered copies', '# photos have altered copies']);
    const found =
      by === 'folder' ? plural(groups, ['# folder', '# folders']) : plural(groups, ['# tag', '# tags']);
    return `${found}, ${photos(queries)} to search with`;
  }
  if (by === 'folder') return 'It takes two folders, one of them with two photos.';
  if (by === 'tag') return 'It takes a tag that two photos have and others have not.';
  return 'None are made for the recipe in service yet.';
}

/** What was measured, and on what. */
export function measuredWords({ by, queries, withoutMatch, fit }: QualityReport): string {
  const searches = {
    folder: plural(queries, [
      '# search; photos of the same folder are the matches.',
      '# searches; photos of the same folder are the matches.',
    ]),
    tag: plural(queries, [
      '# search; photos that share a tag are the matches.',
      '# searches; photos that share a tag are the matches.',
    ]),
    pairs: plural(queries, [
      '# search; a photo and its altered copies are the matches.',
      '# searches; a photo and its altered copies are the matches.',
    ]),
    file: plural(queries, ['# search; a file names the matches.', '# searches; a file names the matches.']),
  }[by];
  const fits = {
    'held-out': 'Everything was fitted on other photos than the queries.',
    library: 'Fitted on the library itself, the queries among it.',
    generic: 'Fitted on the photos that ship as a start.',
    none: 'Nothing is fitted.',
  }[fit];
  const left = plural(withoutMatch, [
    '# was left out because nothing matches it.',
    '# were left out because nothing matches them.',
  ]);
  return [searches, ...(withoutMatch > 0 ? [left] : []), fits].join(' ');
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
    const found = plural(recallAt10.queries, [
      'HNSW finds {share} of the ten most similar photos, over # search.',
      'HNSW finds {share} of the ten most similar photos, over # searches.',
    ]);
    return filled(found, { share: percent(recallAt10.mean) });
  }
  if (!hnswAvailable) return 'Every photo is compared, so that none is missed: HNSW cannot be used here.';
  return crossover === null
    ? 'Every photo is compared, so that none is missed: the library is small enough.'
    : `Every photo is compared, so that none is missed: that is fastest up to ${photos(crossover)} on this machine.`;
}

/** Where the fit comes from, and how old it is. */
export function fitWords({ fit, fittedOn, photosSince, photos: all }: IndexHealth): string {
  if (fit === 'none') return 'The recipe in service needs no fit.';
  if (fit === 'generic') {
    return plural(fittedOn, [
      'Fitted on # photo that ships as a start, and not on your own.',
      'Fitted on # photos that ship as a start, and not on your own.',
    ]);
  }
  const ofLibrary = photos(fittedOn);
  if (photosSince === 0) return `Fitted on ${ofLibrary} of this library; none has come since.`;
  const since = plural(photosSince, [
    'Fitted on {photos} of this library; # photo has come since, {share} of all.',
    'Fitted on {photos} of this library; # photos have come since, {share} of all.',
  ]);
  return filled(since, { photos: ofLibrary, share: percent(photosSince / Math.max(1, all), 0) });
}
