/** Reads photos with their statistics from a library's cache, for the analysis worker. */
import { type Recipe, SemblanceError } from '../contract/index.ts';
import type { AttentionByTap, Extraction } from '../descriptor/index.ts';
import { Library } from '../library/index.ts';
import type { CachedSet } from './analysis.ts';
import { type CachedPhoto, CachedPhotos } from './cached-photos.ts';
import { poolingCrew, shared } from './pooling-crew.ts';

export interface LoadedSet {
  extraction: Extraction;
  photos: CachedPhoto[];
}

/**
 * @param most photos, of a large library an even sample; altered copies come on top
 * @param also pictures that must be there whatever the sample
 * @throws SemblanceError `not-enough-photos` when nothing is cached
 */
export function loadCachedSet(
  { libraryPath, extractionKey, alsoIn, groups }: CachedSet,
  most: number,
  also: readonly number[] = [],
): LoadedSet {
  // Its threads start while the photos are being read.
  poolingCrew();
  const library = Library.open(libraryPath, 'read');
  try {
    const extraction = library.extractions.get(extractionKey);
    const known = also.filter((id) => alsoIn === undefined || library.powerMeans.has(id, alsoIn));
    const ids = [...new Set([...library.powerMeans.sample(extractionKey, most, alsoIn), ...known])];
    if (!extraction || ids.length === 0) {
      throw new SemblanceError(
        'not-enough-photos',
        'There are no photos to learn from yet. Index a folder first.',
      );
    }
    const labels =
      groups.from === 'pairs'
        ? new Map<number, number>()
        : new Map(groups.contentIds.map((id, i) => [id, groups.labels[i]]));
    const tags =
      groups.from === 'tags' ? new Map(groups.contentIds.map((id, i) => [id, groups.tags[i]])) : null;
    const photos = ids.flatMap((contentId): CachedPhoto[] => {
      const code = library.powerMeans.get(contentId, extractionKey);
      // A photo without a label matches none: its number is its own.
      if (!code) return [];
      const group = labels.get(contentId) ?? -contentId;
      return [{ contentId, code: shared(code), group, tags: tags?.get(contentId) }];
    });
    const chosen = new Set(ids);
    const copies =
      groups.from === 'pairs'
        ? library.variants.list(extractionKey).filter(({ contentId }) => chosen.has(contentId))
        : [];
    for (const { contentId, data } of copies)
      photos.push({ contentId, code: shared(data), group: -contentId });
    return { extraction, photos };
  } finally {
    library.close();
  }
}

export function photosOf(
  { extraction, photos }: LoadedSet,
  recipe: Recipe,
  attention: AttentionByTap,
): CachedPhotos {
  return new CachedPhotos(recipe, extraction, photos, attention);
}
