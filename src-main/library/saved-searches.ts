/** Searches that a person keeps. Pictures in them are known by their content, so that they outlive what is computed. */
import { createHash, randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { photoFilterSchema, rankingSchema, rectangleSchema, SemblanceError } from '../contract/index.ts';
import type { Connection } from './database.ts';

const storedExampleSchema = v.object({
  /** SHA-256 of the file's content where it is of the library, else of the small copy. */
  hash: v.string(),
  isCopy: v.boolean(),
  name: v.string(),
  weight: v.number(),
  crop: v.nullable(rectangleSchema),
  ignored: v.array(rectangleSchema),
});

export const storedQuerySchema = v.object({
  examples: v.pipe(v.array(storedExampleSchema), v.minLength(1)),
  whitening: v.nullable(v.number()),
  filter: photoFilterSchema,
  ranking: v.nullable(rankingSchema),
});

export const storedTextSchema = v.pipe(v.string(), v.parseJson(), storedQuerySchema);

export type StoredExample = v.InferOutput<typeof storedExampleSchema>;
export type StoredQuery = v.InferOutput<typeof storedQuerySchema>;

export interface StoredSearch {
  id: string;
  name: string;
  query: StoredQuery;
  savedAtMs: number;
  /** Photos that were added later are new to the person. */
  seenAtMs: number;
}

type SearchRow = Omit<StoredSearch, 'query'> & { query: string };

/** All of them are searched again when photos come. */
export const mostSearches = 500;

/** Methods that change something run inside a transaction of the caller's (`Library.decide`). */
export class SavedSearches {
  readonly #database: Connection;

  constructor(database: Connection) {
    this.#database = database;
  }

  /** In alphabetical order. One that cannot be read, by whatever wrote it, is left out and stays. */
  list(): StoredSearch[] {
    return this.#database
      .prepare<[], SearchRow>('SELECT * FROM savedSearches')
      .all()
      .flatMap((row) => {
        const query = v.safeParse(storedTextSchema, row.query);
        return query.success ? [{ ...row, query: query.output }] : [];
      })
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  /** @throws SemblanceError `not-found` */
  get(id: string): StoredSearch {
    const found = this.list().find((search) => search.id === id);
    if (found) return found;
    throw new SemblanceError('not-found', 'There is no such saved search. See: semblance saved list');
  }

  /**
   * @param replace whether it may take the place of one of that name
   * @throws SemblanceError `invalid-arguments` where there is one of that name, or there are very many
   */
  add(name: string, query: StoredQuery, replace: boolean, nowMs: number): StoredSearch {
    const before = this.#named(name);
    if (before !== undefined && !replace) throw nameTaken(name);
    if (before === undefined && this.#count() >= mostSearches) throw tooMany();
    const search = { id: before ?? randomUUID(), name, query, savedAtMs: nowMs, seenAtMs: nowMs };
    this.#database
      .prepare(
        `INSERT OR REPLACE INTO savedSearches (id, name, query, savedAtMs, seenAtMs)
         VALUES (@id, @name, @query, @savedAtMs, @seenAtMs)`,
      )
      .run({ ...search, query: JSON.stringify(query) });
    this.#dropUnneededCopies();
    return search;
  }

  /** @throws SemblanceError `not-found`, or `invalid-arguments` where there is another one of that name */
  rename(id: string, name: string): StoredSearch {
    const before = this.get(id);
    if (before.name !== name && this.#named(name) !== undefined) throw nameTaken(name);
    this.#database.prepare('UPDATE savedSearches SET name = ? WHERE id = ?').run(name, id);
    return { ...before, name };
  }

  /** @returns its name @throws SemblanceError `not-found` */
  remove(id: string): string {
    const { name } = this.get(id);
    this.#database.prepare('DELETE FROM savedSearches WHERE id = ?').run(id);
    this.#dropUnneededCopies();
    return name;
  }

  markSeen(id: string, nowMs: number): void {
    this.#database.prepare('UPDATE savedSearches SET seenAtMs = ? WHERE id = ?').run(nowMs, id);
  }

  /** Keeps a copy of a picture until no search needs it; before the search is added. @returns its hash */
  addCopy(data: Uint8Array): string {
    const hash = createHash('sha256').update(data).digest('hex');
    this.#database.prepare('INSERT OR IGNORE INTO savedExamples (hash, data) VALUES (?, ?)').run(hash, data);
    return hash;
  }

  copy(hash: string): Uint8Array | undefined {
    return this.#database
      .prepare<[string], Buffer>('SELECT data FROM savedExamples WHERE hash = ?')
      .pluck()
      .get(hash);
  }

  #count(): number {
    return this.#database.prepare<[], number>('SELECT count(*) FROM savedSearches').pluck().get() ?? 0;
  }

  #named(name: string): string | undefined {
    return this.#database
      .prepare<[string], string>('SELECT id FROM savedSearches WHERE name = ?')
      .pluck()
      .get(name);
  }

  #dropUnneededCopies(): void {
    this.#database.exec(
      `DELETE FROM savedExamples WHERE hash NOT IN (
         SELECT json_extract(example.value, '$.hash')
         FROM savedSearches, json_each(iif(json_valid(query), query, '{}'), '$.examples') AS example)`,
    );
  }
}

function nameTaken(name: string): SemblanceError {
  return new SemblanceError(
    'invalid-arguments',
    `There is a saved search “${name}” already. Choose another name, or replace it.`,
  );
}

function tooMany(): SemblanceError {
  return new SemblanceError(
    'invalid-arguments',
    `There are ${mostSearches} saved searches already, and no more can be kept. Remove one that is not needed, or replace one.`,
  );
}
