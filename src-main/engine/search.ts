/** From examples to ranked photos. */
import {
  type CommandArguments,
  type Example,
  type SearchAnswer,
  type SearchResult,
  SemblanceError,
} from '../contract/index.ts';
import { encodeStatistics, l2Normalise } from '../descriptor/index.ts';
import { isFiltering } from '../library/index.ts';
import type { Hit } from '../search/index.ts';
import type { Engine } from './engine.ts';
import type { Serving } from './serving.ts';

/** @throws SemblanceError `empty-library`, or what is wrong with an example */
export async function searchLibrary(
  engine: Engine,
  query: CommandArguments['search'],
): Promise<SearchAnswer> {
  const startedMs = performance.now();
  // One generation answers the whole question, whichever comes into service meanwhile.
  const serving = servingOf(engine);
  const descriptors = await Promise.all(
    query.examples.map((example) => describeExample(engine, example, serving)),
  );
  const { photos } = engine.library;
  const allowed = isFiltering(query.filter) ? photos.contentsMatching(query.filter) : undefined;
  const { hits, tier } = await serving.search(meanOf(descriptors), query.top, allowed);
  return {
    results: rank(engine, hits, query),
    milliseconds: performance.now() - startedMs,
    tier,
    searched: allowed?.length ?? serving.index.size,
    steps: [],
    gone: [],
  };
}

/** The descriptor of a picture, by the recipe in service. */
export async function describeExample(
  engine: Engine,
  example: Example,
  serving = servingOf(engine),
): Promise<Float32Array> {
  if (example.kind === 'bytes') {
    const vision = await engine.vision();
    const { powerMeans } = await vision.extractBytes(example.bytes, example.name);
    return serving.describe(encodeStatistics(vision.layout, powerMeans));
  }
  const { id: contentId } = engine.library.photos.contentOf(example.photoId);
  const known = serving.index.vector(contentId);
  if (known) return known;
  const cached = engine.library.powerMeans.get(contentId, serving.generation.extractionKey);
  if (cached) return serving.describe(cached);
  throw new SemblanceError('not-found', 'This photo has not been indexed yet. Index its folder again.');
}

function servingOf(engine: Engine): Serving {
  const { serving } = engine;
  if (!serving || serving.index.size === 0) {
    throw new SemblanceError(
      'empty-library',
      'There are no photos to search yet. Add a folder and index it first.',
    );
  }
  return serving;
}

/** Mean of unit descriptors, scaled to unit length. */
function meanOf(descriptors: Float32Array[]): Float32Array {
  const mean = new Float32Array(descriptors[0].length);
  for (const descriptor of descriptors) {
    if (descriptor.length !== mean.length) {
      throw new SemblanceError('recipe-mismatch', 'The recipe changed during the search. Search again.', {
        retryable: true,
      });
    }
    descriptor.forEach((value, i) => (mean[i] += value));
  }
  return l2Normalise(mean);
}

/** A picture that lies in several files is a result for each of those that meet the filter, with the same score. */
function rank(
  engine: Engine,
  hits: Hit[],
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
