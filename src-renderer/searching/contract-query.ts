/** A query between the form in which a person builds it and the one in which the engine takes it. */
import {
  type Example,
  maxPhotoBytes,
  type OpenedSearch,
  type Query,
  type Ranking,
  SemblanceError,
  weightOf,
} from '../../src-main/contract/index.ts';
import type { Given } from '../blobs.ts';
import { exampleOfFile, exampleOfPhoto, type SearchExample, type SearchQuery } from './query.ts';
import { isImproved } from './ranking-parts.ts';

/** Rejects with a `SemblanceError` where a file among the examples cannot be read. */
export async function queryFor({ examples, whitening, filter }: SearchQuery): Promise<Given<Query>> {
  return {
    examples: await Promise.all(examples.map(exampleFor)),
    ...(whitening !== null && { whitening }),
    filter,
  };
}

/** The switches that are on; undefined where none is. */
export function rankingFor({ ranking }: SearchQuery): Ranking | undefined {
  return isImproved(ranking) ? ranking : undefined;
}

/** Made apart from where they are thrown: texts of throw statements are not translated. */
const problems = {
  empty: (name: string) => new SemblanceError('empty-file', `${name} is empty. Choose another photo.`),
  tooLarge: (name: string) =>
    new SemblanceError('too-large', `${name} has more than 256 MiB. Choose a smaller copy of it.`),
  unreadable: (name: string) =>
    new SemblanceError('unreadable', `${name} could not be read. It may have moved; choose it again.`),
};

async function exampleFor({ name, source, weight, crop, ignored }: SearchExample): Promise<Given<Example>> {
  const parts = { weight, ...(crop && { crop }), ...(ignored.length > 0 && { ignored: [...ignored] }) };
  if ('photoId' in source) return { kind: 'photo', photoId: source.photoId, ...parts };
  const { file } = source;
  if (file.size === 0) throw problems.empty(name);
  if (file.size > maxPhotoBytes) throw problems.tooLarge(name);
  try {
    // It is read as it is sent, where no more can be said than that nothing came.
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw problems.unreadable(name);
  }
  return { kind: 'bytes', name, bytes: file, ...parts };
}

/** A saved search as a query that can be steered on. */
export function queryOfSaved({ query, names, ranking }: OpenedSearch): SearchQuery {
  return {
    examples: query.examples.map((example, place) => ({
      ...sourceOf(example, names[place]),
      weight: weightOf(example),
      crop: example.crop ?? null,
      ignored: example.ignored ?? [],
    })),
    whitening: query.whitening ?? null,
    filter: query.filter ?? {},
    ranking: ranking ?? {},
  };
}

function sourceOf(example: Example, name: string): SearchExample {
  if (example.kind === 'photo') return exampleOfPhoto({ id: example.photoId, name });
  return exampleOfFile(new Blob([new Uint8Array(example.bytes)], { type: 'image/jpeg' }), name);
}
