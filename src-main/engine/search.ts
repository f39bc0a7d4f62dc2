/** From examples to ranked photos. */
import type { CommandArguments, RankingStep, SearchAnswer, SearchResult } from '../contract/index.ts';
import { isFiltering } from '../library/index.ts';
import { type Hit, movesOf } from '../search/index.ts';
import type { Engine } from './engine.ts';
import { describeQuery, servingOf } from './query-descriptor.ts';
import { improveRanking } from './ranking.ts';

/** @throws SemblanceError `empty-library`, `cancelled` by a later search, or what is wrong with an example */
export async function searchLibrary(
  engine: Engine,
  query: CommandArguments['search'],
): Promise<SearchAnswer> {
  const startedMs = performance.now();
  const signal = query.asker === undefined ? undefined : engine.latestSearches.begin(query.asker);
  // One generation answers the whole question, whichever comes into service meanwhile.
  const serving = servingOf(engine);
  const { space, vector, examples } = await describeQuery(engine, query, serving);
  const { contents } = engine.library;
  const allowed = isFiltering(query.filter) ? contents.matching(query.filter) : undefined;
  const { hits, tier } = await space.search(vector, query.top, allowed);
  const plain = photosOf(engine, hits, query);
  const { ranking, top, whitening } = query;
  const isHnswRewhitened = tier === 'hnsw' && whitening !== undefined;
  const answer = {
    tier,
    searched: allowed?.length ?? space.size,
    whiteningRecall: isHnswRewhitened ? serving.whiteningRecall(whitening) : null,
  };
  const milliseconds = (): number => performance.now() - startedMs;
  if (!ranking) return { ...answer, results: plain, steps: [], gone: [], milliseconds: milliseconds() };
  const answerOf = (better: readonly Hit[], steps: RankingStep[]): SearchAnswer => ({
    ...answer,
    ...comparedWith(plain, photosOf(engine, better, query)),
    steps,
    milliseconds: milliseconds(),
  });
  const { stream } = query;
  const state = {
    engine,
    space,
    query: vector,
    examples,
    pictures: query.examples,
    hits,
    top,
    allowed,
    signal,
    onOrder:
      stream === undefined
        ? undefined
        : (order: readonly Hit[]): void => {
            if (!signal?.aborted) engine.tellSearchFound({ stream, answer: answerOf(order, []) });
          },
  };
  const improved = await improveRanking(state, ranking);
  return answerOf(improved.hits, improved.steps);
}

/** Better results, with what they changed. */
function comparedWith(plain: SearchResult[], better: SearchResult[]): Pick<SearchAnswer, 'results' | 'gone'> {
  const idsOf = (results: SearchResult[]): number[] => results.map(({ photo }) => photo.id);
  const { moved, gone } = movesOf(idsOf(plain), idsOf(better));
  const isGone = new Set(gone);
  return {
    results: better.map((result, place) => ({ ...result, moved: moved[place] })),
    gone: plain.flatMap(({ photo }) => (isGone.has(photo.id) ? [photo] : [])),
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
