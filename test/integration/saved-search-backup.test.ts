/** What of saved searches the backup holds, what becomes of those that cannot be read, and how many there may be. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Connection, openDatabase } from '../../src-main/library/database.ts';
import { restoreSavedSearches, savedSearchesBody } from '../../src-main/library/saved-searches-backup.ts';
import { SavedSearches, type StoredQuery } from '../../src-main/library/saved-searches.ts';

let folder: string;
let database: Connection;
let searches: SavedSearches;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'semblance-saved-'));
  database = openDatabase(folder, 'write');
  searches = new SavedSearches(database);
});

afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

function queryFor(hash: string, filter: StoredQuery['filter'] = {}): StoredQuery {
  const example = { hash, isCopy: true, name: 'x.jpg', weight: 1, crop: null, ignored: [] };
  return { examples: [example], whitening: null, filter, ranking: null };
}

const names = (): string[] => searches.list().map(({ name }) => name);

describe('saved searches', () => {
  it('leave out one that cannot be read, which stays, and are backed up without it', () => {
    for (const [name, query] of [
      ['no JSON', '{'],
      ['another shape', '[]'],
    ])
      database.prepare('INSERT INTO savedSearches VALUES (?, ?, ?, 0, 0)').run(name, name, query);
    const hash = searches.addCopy(new Uint8Array([1]));
    searches.add('readable', queryFor(hash), false, 1);
    const passing = searches.add('passing', queryFor('none'), false, 1);
    searches.remove(passing.id);
    expect(names()).toEqual(['readable']);
    expect(searches.copy(hash)).toBeDefined();
    const body = savedSearchesBody(database);
    expect(body.searches.map(({ name }) => name)).toEqual(['readable']);
    expect(database.prepare('SELECT count(*) FROM savedSearches').pluck().get()).toBe(3);
  });

  it('come back with their folders, and find nothing where none of these is known, not all photos', () => {
    const add = database.prepare('INSERT INTO folders (path, addedAtMs) VALUES (?, 0)');
    const [there, passing] = ['/there', '/passing'].map((path) => Number(add.run(path).lastInsertRowid));
    const forget = (id: number): unknown => database.prepare('DELETE FROM folders WHERE id = ?').run(id);
    searches.add('a', queryFor('a', { folderIds: [there] }), false, 1);
    searches.add('b', queryFor('b', { folderIds: [passing] }), false, 1);
    searches.add('c', queryFor('c'), false, 1);
    const early = savedSearchesBody(database);
    forget(passing);
    const late = savedSearchesBody(database);
    for (const body of [early, late]) {
      restoreSavedSearches(database, body, true);
      const [a, b, c] = searches.list().map(({ query }) => query.filter.folderIds);
      expect(a).toEqual([there]);
      expect(b).toHaveLength(1);
      expect(b).not.toContain(there);
      expect(c).toBeUndefined();
    }
  });

  it('are at most five hundred, of which one can still be replaced', () => {
    database.transaction(() => {
      for (let i = 0; i < 500; i++) searches.add(`search ${i}`, queryFor('a'), false, 1);
    })();
    expect(() => searches.add('one more', queryFor('a'), false, 1)).toThrow(/500 saved searches already/);
    expect(searches.add('search 7', queryFor('b'), true, 2)).toMatchObject({ savedAtMs: 2 });
  });
});
