/** Answers about searches that a person keeps. */
import { createHash } from 'node:crypto';
import {
  type CommandArguments,
  type Example,
  type OpenedSearch,
  type Query,
  type SavedExample,
  type SavedSearch,
  type SavedSearchAnswer,
  type SavedSearchAnswers,
  SemblanceError,
  weightOf,
} from '../contract/index.ts';
import type { StoredExample, StoredQuery, StoredSearch } from '../library/index.ts';
import { limitsFor, partsWithin, smallCopy } from '../vision/index.ts';
import type { Handlers } from './command-handlers.ts';
import type { Engine } from './engine.ts';
import { servingOf } from './query-descriptor.ts';
import { searchLibrary } from './search.ts';

export function savedSearchHandlers(engine: Engine): Pick<Handlers, keyof SavedSearchAnswers> {
  const { library } = engine;
  return {
    saveSearch: (request) => saveSearch(engine, request),
    savedSearches: () => {
      engine.savedSearches.renew();
      return library.savedSearches.list().map((search) => described(engine, search));
    },
    renameSavedSearch: ({ id, name }) =>
      described(
        engine,
        library.decide(() => library.savedSearches.rename(id, name)),
      ),
    removeSavedSearch: ({ id }) => {
      const removed = library.decide(() => library.savedSearches.remove(id));
      engine.savedSearches.forget(id);
      return { removed };
    },
    openSavedSearch: ({ id }) => openSavedSearch(engine, id),
    runSavedSearch: (request) => runSavedSearch(engine, request),
  };
}

/** @throws SemblanceError `not-found`, `invalid-arguments` for a name that is taken, or why a picture cannot be read */
async function saveSearch(
  engine: Engine,
  { name, query, ranking, replace = false }: CommandArguments['saveSearch'],
): Promise<SavedSearch> {
  const { library } = engine;
  const examples = await Promise.all(query.examples.map((example) => keptExample(engine, example)));
  const saved = library.decide(() => {
    const stored: StoredQuery = {
      examples: examples.map(({ example, copy }) =>
        copy ? { ...example, hash: library.savedSearches.addCopy(copy) } : example,
      ),
      whitening: query.whitening ?? null,
      filter: query.filter ?? {},
      ranking: ranking ?? null,
    };
    return library.savedSearches.add(name, stored, replace, Date.now());
  });
  engine.savedSearches.looked(saved.id);
  return described(engine, saved);
}

/** What is kept of an example: which picture of the library it is, or else a small copy of what of it counts. */
async function keptExample(
  { library }: Engine,
  example: Example,
): Promise<{ example: StoredExample; copy: Uint8Array | null }> {
  const { crop, ignored = [] } = example;
  const kept = { isCopy: false, weight: weightOf(example), crop: crop ?? null, ignored };
  if (example.kind === 'photo') {
    const { hash } = library.photos.contentOf(example.photoId);
    const { name } = library.photos.details(example.photoId);
    return { example: { ...kept, hash, name }, copy: null };
  }
  const { name, bytes } = example;
  const hash = createHash('sha256').update(bytes).digest('hex');
  if (photoWith(library, hash) !== null) return { example: { ...kept, hash, name }, copy: null };
  const copy = await smallCopy(
    { name, bytes, crop },
    { limits: limitsFor(library.settings.get().maxMegapixels) },
  );
  const left = crop ? partsWithin(crop, ignored) : ignored;
  return { example: { ...kept, isCopy: true, crop: null, ignored: left, hash: '', name }, copy };
}

async function runSavedSearch(
  engine: Engine,
  { id, top, ranking }: CommandArguments['runSavedSearch'],
): Promise<SavedSearchAnswer> {
  const { library } = engine;
  const startedMs = Date.now();
  const search = library.savedSearches.get(id);
  const { query, leftOut } = queryOf(engine, search);
  const improved = ranking ?? search.query.ranking ?? undefined;
  const answer = await searchLibrary(engine, { ...query, top, ranking: improved });
  markSeen(engine, id, startedMs);
  return { ...answer, leftOut };
}

function openSavedSearch(engine: Engine, id: string): OpenedSearch {
  const { library } = engine;
  const startedMs = Date.now();
  const search = library.savedSearches.get(id);
  const { query, leftOut } = queryOf(engine, search);
  markSeen(engine, id, startedMs);
  const names = query.examples.map((example) =>
    example.kind === 'photo' ? library.photos.details(example.photoId).name : example.name,
  );
  return { query, names, ranking: search.query.ranking, leftOut };
}

function markSeen(engine: Engine, id: string, atMs: number): void {
  const { library } = engine;
  if (library.access !== 'write') return;
  library.change(() => library.savedSearches.markSeen(id, atMs));
  engine.savedSearches.looked(id);
}

/**
 * The query that a saved search stands for now.
 * @throws SemblanceError `not-found` when no wanted example is left, `empty-library`
 */
export function queryOf(
  engine: Engine,
  { query: { examples, whitening, filter } }: StoredSearch,
): { query: Query; leftOut: string[] } {
  const leftOut: string[] = [];
  const there = examples.flatMap((example) => {
    const found = foundExample(engine, example);
    if (!found) leftOut.push(`${example.name} is no longer in the library`);
    return found ?? [];
  });
  if (!there.some((example) => weightOf(example) > 0)) {
    throw new SemblanceError(
      'not-found',
      'The photos that this saved search looks for are no longer in the library. Save it anew with others.',
    );
  }
  const isRewhitened = whitening !== null && servingOf(engine).canBeRewhitened;
  if (whitening !== null && !isRewhitened)
    leftOut.push('Kind ↔ Thing does not apply to the recipe in service');
  return { query: { examples: there, filter, ...(isRewhitened ? { whitening } : {}) }, leftOut };
}

function foundExample({ library }: Engine, stored: StoredExample): Example | null {
  const { hash, isCopy, name, weight, crop, ignored } = stored;
  const parts = { weight, ignored, ...(crop ? { crop } : {}) };
  if (isCopy) {
    const bytes = library.savedSearches.copy(hash);
    // A copy is a JPEG whatever it was made of; one that is saved again is one already.
    const copyName = name.endsWith('.jpg') ? name : `${name}.jpg`;
    return bytes ? { kind: 'bytes', name: copyName, bytes: new Uint8Array(bytes), ...parts } : null;
  }
  const photoId = photoWith(library, hash);
  return photoId === null ? null : { kind: 'photo', photoId, ...parts };
}

/** A photo that holds a picture; null where none does. */
function photoWith({ contents, photos }: Engine['library'], hash: string): number | null {
  const contentId = contents.withHash(hash);
  return contentId === undefined ? null : (photos.withContent(contentId).at(0)?.id ?? null);
}

function described(engine: Engine, { id, name, savedAtMs, query }: StoredSearch): SavedSearch {
  const { examples, whitening, filter } = query;
  return {
    id,
    name,
    savedAtMs,
    examples: examples.map((example) => describedExample(engine, example)),
    whitening,
    filter,
    newPhotos: engine.savedSearches.newPhotos(id),
  };
}

function describedExample({ library }: Engine, example: StoredExample): SavedExample {
  const { hash, isCopy, name, weight, crop, ignored } = example;
  const photoId = isCopy ? null : photoWith(library, hash);
  return { name, photoId, isMissing: !isCopy && photoId === null, weight, crop, ignored };
}
