/** From examples to ranked photos. */
import type { CommandArguments, SearchAnswer, SearchResult } from '../contract/index.ts';
import { isFiltering } from '../library/index.ts';
import type { Hit } from '../search/index.ts';
import type { Engine } from './engine.ts';
import { describeQuery, servingOf } from './query-descriptor.ts';

/** @throws SemblanceError `empty-library`, or what is wrong with an example */
export async function searchLibrary(
  engine: Engine,
  query: CommandArguments['search'],
): Promise<SearchAnswer> {
  const startedMs = performance.now();
  // One generation answers the whole question, whichever comes into service meanwhile.
  const serving = servingOf(engine);
  const { space, vector } = await describeQuery(engine, query, serving);
  const { photos } = engine.library;
  const allowed = isFiltering(query.filter) ? photos.contentsMatching(query.filter) : undefined;
  const { hits, tier } = await space.search(vector, query.top, allowed);
  return {
    results: photosOf(engine, hits, query),
    milliseconds: performance.now() - startedMs,
    tier,
    searched: allowed?.length ?? space.size,
    whiteningRecall:
      tier === 'hnsw' && query.whitening !== undefined ? serving.whiteningRecall(query.whitening) : null,
    steps: [],
    gone: [],
  };
}

/** A picture that lies in several files is a result for each of those that meet the filter, with the same score. */
function photosOf(
  engine: Engine,
  hits: readonly Hit[],
  { top, filter }: Pick<CommandArguments['search'], 'top' | 'filter'>,
): SearchResult[] {
  const results: SearchResult[] = [];
  for (const { id, score } of hits) {
    for (const photo of engine.library.photos.withContent(id, filter)) {
      if (results.length === top) return results;
      results.push({ rank: results.length + 1, score, photo, moved: null });
    }
  }
  return results;
}
