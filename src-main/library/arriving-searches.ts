/** Saved searches from another library: each keeps its name, or gets a number where another search has that name here. */
import { createHash, randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { canonical } from '../descriptor/index.ts';
import type { ForeignCatalogue, ForeignRow } from './archive-catalogue.ts';
import { noArchive } from './archive-manifest.ts';
import type { Connection } from './database.ts';
import { Prepared } from './prepared.ts';
import { mostSearches, type StoredQuery, storedTextSchema } from './saved-searches.ts';
import { noFolder } from './saved-searches-backup.ts';

/** Methods run inside a transaction of the caller's. */
export class ArrivingSearches {
  readonly #prepared: Prepared;

  constructor(database: Connection) {
    this.#prepared = new Prepared(database);
  }

  /**
   * @param folderHere the number that a folder has here; undefined for one that was left out
   * @returns how many came, and how many there was no room for
   * @throws SemblanceError `archive-invalid`
   */
  take(foreign: ForeignCatalogue, folderHere: (folderId: number) => number | undefined) {
    const copies = new Map<string, Uint8Array>();
    for (const { hash, data } of foreign.rows('savedExamples')) {
      if (createHash('sha256').update(data).digest('hex') !== hash)
        throw noArchive('an example picture is another one than it says');
      copies.set(hash, data);
    }
    const counts = { added: 0, noRoom: 0 };
    for (const row of foreign.rows('savedSearches')) {
      const parsed = v.safeParse(storedTextSchema, row.query);
      // One that cannot be read here cannot be asked here either.
      if (!parsed.success) continue;
      const outcome = this.#takeOne(row, withFoldersHere(parsed.output, folderHere), copies);
      if (outcome === 'added') counts.added += 1;
      if (outcome === 'no room') counts.noRoom += 1;
    }
    return counts;
  }

  #takeOne(
    row: ForeignRow<'savedSearches'>,
    query: StoredQuery,
    copies: ReadonlyMap<string, Uint8Array>,
  ): 'added' | 'known' | 'no room' {
    const name = this.#freeName(row.name, query);
    if (name === null) return 'known';
    const count = this.#prepared.get<{ all: number }>('SELECT count(*) AS "all" FROM savedSearches').get();
    if ((count?.all ?? 0) >= mostSearches) return 'no room';
    const isTaken = this.#prepared.get('SELECT 1 FROM savedSearches WHERE id = ?').get(row.id) !== undefined;
    this.#prepared
      .get('INSERT INTO savedSearches (id, name, query, savedAtMs, seenAtMs) VALUES (?, ?, ?, ?, ?)')
      .run(isTaken ? randomUUID() : row.id, name, JSON.stringify(query), row.savedAtMs, row.seenAtMs);
    for (const { hash, isCopy } of query.examples) {
      const data = copies.get(hash);
      if (isCopy && data)
        this.#prepared.get('INSERT OR IGNORE INTO savedExamples (hash, data) VALUES (?, ?)').run(hash, data);
    }
    return 'added';
  }

  /** null where there is the same search already, under this name or under one with a number. */
  #freeName(wanted: string, query: StoredQuery): string | null {
    for (let number = 1; ; number++) {
      const name = number === 1 ? wanted : `${wanted} (${number})`;
      const known = this.#prepared
        .get<{ query: string }>('SELECT query FROM savedSearches WHERE name = ?')
        .get(name);
      if (!known) return name;
      const parsed = v.safeParse(storedTextSchema, known.query);
      if (parsed.success && canonical(parsed.output) === canonical(query)) return null;
    }
  }
}

function withFoldersHere(
  query: StoredQuery,
  folderHere: (folderId: number) => number | undefined,
): StoredQuery {
  const { folderIds } = query.filter;
  if (!folderIds) return query;
  const here = [...new Set(folderIds.flatMap((id) => folderHere(id) ?? []))];
  return { ...query, filter: { ...query.filter, folderIds: here.length > 0 ? here : [noFolder] } };
}
