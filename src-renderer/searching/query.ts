/** A query as a person builds it, and every way to change it. Each change makes a new value, so that a trail can keep all. */
import {
  type PhotoFilter,
  type Ranking,
  type Rectangle,
  thumbnailAddress,
} from '../../src-main/contract/index.ts';
import { plural } from '../plural.ts';

/** What the engine takes. */
export const mostExamples = 16;

export interface SearchExample {
  /** Tells the examples of a tray apart; the same picture may be in it twice, with different parts. */
  readonly key: number;
  readonly name: string;
  /** Address of a picture of it. */
  readonly picture: string;
  readonly source: { readonly photoId: number } | { readonly file: Blob };
  /** −1 … 1. */
  readonly weight: number;
  readonly crop: Rectangle | null;
  readonly ignored: readonly Rectangle[];
}

export interface SearchQuery {
  readonly examples: readonly SearchExample[];
  /** ε; null for the recipe's own. */
  readonly whitening: number | null;
  readonly filter: PhotoFilter;
  readonly ranking: Ranking;
}

export type ExampleParts = Pick<SearchExample, 'crop' | 'ignored'>;

export const emptyQuery: SearchQuery = { examples: [], whitening: null, filter: {}, ranking: {} };

let lastKey = 0;

function newExample(parts: Pick<SearchExample, 'name' | 'picture' | 'source'>): SearchExample {
  lastKey += 1;
  return { key: lastKey, ...parts, weight: 1, crop: null, ignored: [] };
}

export function exampleOfPhoto({ id, name }: { id: number; name: string }): SearchExample {
  return newExample({ name, picture: thumbnailAddress(id), source: { photoId: id } });
}

/** Makes an address for the file, which whoever keeps the example takes back. */
export function exampleOfFile(file: Blob, name: string): SearchExample {
  return newExample({ name, picture: URL.createObjectURL(file), source: { file } });
}

/** What is pasted has no name, or one that says nothing. */
export function nameOfFile({ name }: File): string {
  return name === '' || name === 'image.png' ? 'Pasted picture' : name;
}

/** A new query keeps how is searched, and changes what is searched with. */
export function begunWith(query: SearchQuery, example: SearchExample): SearchQuery {
  return { ...query, examples: [example] };
}

export function canAdd({ examples }: SearchQuery): boolean {
  return examples.length < mostExamples;
}

export function withExample(query: SearchQuery, example: SearchExample): SearchQuery {
  return canAdd(query) ? { ...query, examples: [...query.examples, example] } : query;
}

/**
 * Relevance feedback: the whole photo as a wanted (1) or an unwanted (−1) example. One that is in the tray already is not
 * there twice.
 */
export function withJudgement(
  query: SearchQuery,
  photo: { id: number; name: string },
  weight: 1 | -1,
): SearchQuery {
  const known = knownExample(query, photo);
  if (known) return withChange(query, known.key, { weight });
  return withExample(query, { ...exampleOfPhoto(photo), weight });
}

/** The example that is the whole of a photo of the library. */
export function knownExample({ examples }: SearchQuery, photo: { id: number }): SearchExample | undefined {
  return examples.find(
    (example) =>
      'photoId' in example.source && example.source.photoId === photo.id && describesWhole(example),
  );
}

export function withoutExample(query: SearchQuery, key: number): SearchQuery {
  return { ...query, examples: query.examples.filter((example) => example.key !== key) };
}

export function withChange(
  query: SearchQuery,
  key: number,
  change: Partial<Pick<SearchExample, 'weight' | 'crop' | 'ignored'>>,
): SearchQuery {
  return {
    ...query,
    examples: query.examples.map((example) => (example.key === key ? { ...example, ...change } : example)),
  };
}

export function describesWhole({ crop, ignored }: ExampleParts): boolean {
  return crop === null && ignored.length === 0;
}

/** Whether something is wanted, without which there is nothing to search with. */
export function isSearchable({ examples }: SearchQuery): boolean {
  return examples.some(({ weight }) => weight > 0);
}

/** E.g. 'beach.jpg', or '3 examples, 1 unwanted'. */
export function queryTitle({ examples }: SearchQuery): string {
  if (examples.length === 0) return 'Search';
  if (examples.length === 1) return examples[0].name;
  const unwanted = examples.filter(({ weight }) => weight < 0).length;
  const all = plural(examples.length, ['# example', '# examples']);
  return unwanted > 0 ? `${all}, ${unwanted} unwanted` : all;
}

/** How much an example is wanted, in words. */
export function weightWords(weight: number): string {
  if (weight === 0) return 'does not count';
  const direction = weight > 0 ? 'more like this' : 'less like this';
  return Math.abs(weight) === 1 ? direction : `${direction}, ${Math.round(100 * Math.abs(weight))} %`;
}
