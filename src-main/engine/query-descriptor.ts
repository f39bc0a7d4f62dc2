/** From a query's examples to the one vector that photos are compared with. */
import { type Example, type Query, SemblanceError, weightOf } from '../contract/index.ts';
import { encodeStatistics } from '../descriptor/index.ts';
import type { NamedPicture } from '../vision/index.ts';
import type { Engine } from './engine.ts';
import { readPicture } from './picture-file.ts';
import type { QuerySpace } from './query-space.ts';
import type { Serving } from './serving.ts';

export interface DescribedExample {
  /** In the query's space, of unit length. */
  descriptor: Float32Array;
  weight: number;
  /** The picture of the library that the example is, where it is the whole of one. */
  contentId: number | null;
}

export interface DescribedQuery {
  space: QuerySpace;
  /** In that space, of unit length. */
  vector: Float32Array;
  /** In the order of the query. */
  examples: DescribedExample[];
}

/** @throws SemblanceError `empty-library`, or what is wrong with an example */
export async function describeQuery(
  engine: Engine,
  query: Pick<Query, 'examples' | 'whitening'>,
  serving = servingOf(engine),
): Promise<DescribedQuery> {
  const space = query.whitening === undefined ? serving : serving.rewhitened(query.whitening);
  const examples = await Promise.all(
    query.examples.map(async (example): Promise<DescribedExample> => {
      const descriptor = space.place(await describeExample(engine, example, serving));
      return { descriptor, weight: weightOf(example), contentId: contentIdOf(engine, example) };
    }),
  );
  return { space, vector: weightedSum(examples), examples };
}

/**
 * The descriptor of a picture or of part of it, by the recipe in service.
 * @throws SemblanceError `not-found` for a photo that is not in the library, of `readPicture` where part of a photo is
 *   wanted, or why the picture cannot be read
 */
export async function describeExample(
  engine: Engine,
  example: Example,
  serving = servingOf(engine),
): Promise<Float32Array> {
  const { crop, ignored } = example;
  if (example.kind === 'bytes') {
    const { bytes, name } = example;
    return describePicture(engine, { bytes, name, crop, ignored }, serving);
  }
  const content = engine.library.photos.contentOf(example.photoId);
  if (!isWhole(example)) {
    const advice = 'Connect the drive, or search with the whole photo.';
    const picture = await readPicture(engine.library, content, advice);
    return describePicture(engine, { ...picture, crop, ignored }, serving);
  }
  const known = serving.index.vector(content.id);
  if (known) return known;
  const cached = engine.library.powerMeans.get(content.id, serving.generation.extractionKey);
  if (cached) return serving.describe(cached);
  throw new SemblanceError('not-found', 'This photo has not been indexed yet. Index its folder again.');
}

function describePicture(engine: Engine, picture: NamedPicture, serving: Serving): Promise<Float32Array> {
  return serving.recent.of(picture, async () => {
    const vision = await engine.vision();
    const { powerMeans } = await vision.extractPicture(picture);
    return serving.describe(encodeStatistics(vision.layout, powerMeans));
  });
}

function isWhole({ crop, ignored = [] }: Example): boolean {
  return crop === undefined && ignored.length === 0;
}

/** @throws SemblanceError `empty-library` */
export function servingOf(engine: Engine): Serving {
  const { serving } = engine;
  if (!serving || serving.index.size === 0) {
    throw new SemblanceError(
      'empty-library',
      'There are no photos to search yet. Add a folder and index it first.',
    );
  }
  return serving;
}

function contentIdOf({ library }: Engine, example: Example): number | null {
  const isOwn = example.kind === 'photo' && isWhole(example);
  return isOwn ? library.photos.contentOf(example.photoId).id : null;
}

/** Sums shorter than this are what rounding leaves of examples that cancel each other. */
const shortestSum = 1e-4;

/**
 * Σ weight · descriptor, scaled to unit length: what is like the wanted examples and unlike the unwanted (Rocchio,
 * Relevance feedback in information retrieval, in Salton, The SMART Retrieval System, 1971, with the weights free).
 * @throws SemblanceError `recipe-mismatch`, or `invalid-arguments` where nothing is left of the sum
 */
export function weightedSum(
  examples: readonly Pick<DescribedExample, 'descriptor' | 'weight'>[],
): Float32Array {
  const dimension = examples[0].descriptor.length;
  const sum = new Float64Array(dimension);
  let most = 0;
  for (const { descriptor, weight } of examples) {
    if (descriptor.length !== dimension) {
      throw new SemblanceError('recipe-mismatch', 'The recipe changed during the search. Search again.', {
        retryable: true,
      });
    }
    most = Math.max(most, Math.abs(weight));
    for (let i = 0; i < dimension; i++) sum[i] += weight * descriptor[i];
  }
  const length = Math.sqrt(sum.reduce((squares, value) => squares + value * value, 0));
  if (length < shortestSum * most) {
    throw new SemblanceError(
      'invalid-arguments',
      'The wanted and the unwanted examples cancel each other. Take one of them away, or change a weight.',
    );
  }
  return Float32Array.from(sum, (value) => value / length);
}
