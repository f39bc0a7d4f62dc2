import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultRecipe } from '../../src-main/contract/index.ts';
import { decodeFirstCode, decodeStatistics, layoutOf } from '../../src-main/descriptor/index.ts';
import { Engine, setAside } from '../../src-main/engine/index.ts';
import { Library } from '../../src-main/library/index.ts';
import { schemaVersion } from '../../src-main/library/schema.ts';
import { storedVersion } from '../../src-main/library/stored-version.ts';
import { recordPhoto } from '../fixtures/recorded-photos.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'semblance-migration-'));
  begin('library-v1.sqlite.gz');
});

/** Begins with a library of two photos as an earlier schema left it, without its fit. */
function begin(snapshot: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  const bytes = readFileSync(new URL(`../fixtures/${snapshot}`, import.meta.url));
  writeFileSync(join(folder, 'library.sqlite'), gunzipSync(bytes));
}

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function firstStatistics(): Float32Array[] {
  const database = new Database(join(folder, 'library.sqlite'), { readonly: true });
  const rows = database
    .prepare<[], { data: Buffer }>('SELECT data FROM powerMeans ORDER BY contentId')
    .all()
    .map(({ data }) => decodeFirstCode(data));
  database.close();
  return rows;
}

describe('a library of the first schema', () => {
  it('keeps its photos, descriptors and recipe, and gets a smaller cache in the background', async () => {
    const before = firstStatistics();
    const engine = Engine.open({ libraryPath: folder, access: 'write' });
    try {
      expect(engine.recipe).toEqual(defaultRecipe);
      expect(engine.serving?.index.size).toBe(2);
      expect(engine.library.photos.counts().photos).toBe(2);
      await engine.jobs.idle();
      expect(engine.jobs.list().map(({ kind, state }) => [kind, state])).toEqual([
        ['renew-cache', 'done'],
        ['metadata', 'done'],
        ['neighbours', 'done'],
      ]);
      expect(engine.library.powerMeans.outdated()).toBe(0);
      const { extractionKey } = engine.serving!.generation;
      const layout = layoutOf(engine.serving!.extraction);
      for (const [i, id] of engine.library.contents.ids().sort().entries()) {
        const data = engine.library.powerMeans.get(id, extractionKey)!;
        expect(data.length).toBeLessThanOrEqual(40 * 1024);
        decodeStatistics(layout, data).forEach((value, place) =>
          expect(Math.abs(value / before[i][place] - 1)).toBeLessThan(0.02),
        );
      }
    } finally {
      await engine.close();
    }
  });

  it('can be searched before its cache is renewed', () => {
    const library = Library.open(folder, 'write');
    const serving = library.generations.serving()!;
    library.close();
    expect(serving.recipe).toEqual(defaultRecipe);
    const engine = Engine.open({ libraryPath: folder, access: 'read' });
    expect(engine.serving?.index.size).toBe(2);
    return engine.close();
  });

  it('is refused to a reader until somebody has brought it up to date', () => {
    expect(() => Library.open(folder, 'read')).toThrow(/older Semblance/);
  });
});

describe('a library of the second schema', () => {
  it('keeps its photos, problems and recipes, which can be tagged and filtered from now on', async () => {
    begin('library-v2.sqlite.gz');
    const engine = Engine.open({ libraryPath: folder, access: 'write' });
    try {
      expect(engine.library.photos.counts()).toEqual({ photos: 2, problems: 1 });
      expect(engine.library.folders.list()).toMatchObject([{ path: '/photos', photos: 2, problems: 1 }]);
      expect(engine.serving?.index.size).toBe(2);
      expect(engine.library.pastRecipes.list()).toHaveLength(1);
      const { photos } = engine.library.photos.page({ offset: 0, limit: 10, order: 'path' });
      const [{ id }] = photos;
      expect(engine.library.photos.details(id)).toMatchObject({ tags: [], rating: null, takenAtMs: null });
      await engine.call('changeTags', { photos: { photoIds: [id] }, add: ['old'], remove: [] });
      const page = { offset: 0, limit: 10, order: 'path' as const, filter: { tags: ['old'] } };
      expect((await engine.call('photos', page)).photos).toEqual([photos[0]]);
      const query = { examples: [{ kind: 'photo', photoId: id } as const], top: 5 };
      expect((await engine.call('search', query)).results[0].photo.id).toBe(id);
    } finally {
      await engine.close();
    }
  });

  it('has its recipes in the backup from the first start on', () => {
    begin('library-v2.sqlite.gz');
    Library.open(folder, 'write').close();
    rmSync(join(folder, 'library.sqlite'));
    const library = Library.open(folder, 'write');
    expect(library.backup.restoredRecipe()).toMatchObject({ version: 2 });
    expect(library.pastRecipes.list()).toHaveLength(1);
    library.close();
  });
});

describe('a library of the third schema', () => {
  it('keeps its photos, what was decided of them, and the way back from that', async () => {
    begin('library-v3.sqlite.gz');
    const engine = Engine.open({ libraryPath: folder, access: 'write' });
    try {
      expect(engine.library.photos.counts()).toEqual({ photos: 2, problems: 1 });
      expect(engine.serving?.index.size).toBe(2);
      const everything = { offset: 0, limit: 10 };
      const { photos } = await engine.call('photos', { ...everything, order: 'path' });
      const details = photos.map(({ id }) => engine.library.photos.details(id));
      expect(details.map(({ name, tags, rating }) => [name, tags, rating])).toEqual([
        ['a.png', ['kept'], null],
        ['b.png', [], 4],
      ]);
      expect((await engine.call('notDuplicates', everything)).total).toBe(1);
      await engine.call('undoDecision', {});
      expect((await engine.call('notDuplicates', everything)).total).toBe(0);
    } finally {
      await engine.close();
    }
  });
});

describe('a library of the fourth schema', () => {
  it('keeps what was decided and searched, and can be put in any order from now on', async () => {
    begin('library-v4.sqlite.gz');
    const engine = Engine.open({ libraryPath: folder, access: 'write' });
    try {
      expect(engine.serving?.index.size).toBe(2);
      const page = { offset: 0, limit: 10, order: 'name', direction: 'descending' } as const;
      const { photos } = await engine.call('photos', page);
      const details = photos.map(({ id }) => engine.library.photos.details(id));
      expect(details.map(({ name, tags, rating }) => [name, tags, rating])).toEqual([
        ['b.png', [], 4],
        ['a.png', ['kept'], 3],
      ]);
      expect((await engine.call('savedSearches', {})).map(({ name }) => name)).toEqual(['Like a']);
    } finally {
      await engine.close();
    }
  });
});

describe('a library of the fifth schema', () => {
  it('keeps what was decided, and photos can be chosen to be kept from now on', async () => {
    begin('library-v5.sqlite.gz');
    const engine = Engine.open({ libraryPath: folder, access: 'write' });
    try {
      const page = { offset: 0, limit: 10 };
      const [{ id }] = (await engine.call('photos', { ...page, order: 'path' })).photos;
      expect(engine.library.photos.details(id)).toMatchObject({ name: 'a.png', tags: ['kept'], rating: 3 });
      expect((await engine.call('notDuplicates', page)).total).toBe(1);
      await engine.call('keepPhotos', { photoIds: [id], keep: true });
      expect(await engine.call('keptPhotos', page)).toEqual({ total: 1, photoIds: [id] });
    } finally {
      await engine.close();
    }
  });

  it('never gives the number of a photo that has gone to another', () => {
    begin('library-v5.sqlite.gz');
    const library = Library.open(folder, 'write');
    const [first] = [recordPhoto(library, '/photos', 'one.jpg')];
    library.change(() => library.orphans.forgetFiles([first], 1));
    const second = recordPhoto(library, '/photos', 'two.jpg');
    expect(second).toBe(first + 1);
    expect(recordPhoto(library, '/photos', 'one again.jpg', 'hash of one.jpg')).toBe(first);
    library.change(() => library.folders.remove(1));
    expect(recordPhoto(library, '/elsewhere', 'three.jpg')).toBe(second + 1);
    library.close();
  });
});

describe('a library of the sixth schema', () => {
  it('keeps what was chosen, and its photos have no placeholder before they are read again', async () => {
    begin('library-v6.sqlite.gz');
    const engine = Engine.open({ libraryPath: folder, access: 'write' });
    try {
      const { photoIds } = await engine.call('keptPhotos', { offset: 0, limit: 10 });
      const [photo] = await engine.call('photosById', { photoIds });
      expect(photo).toMatchObject({ name: 'a.png', tags: ['kept'], placeholder: '' });
    } finally {
      await engine.close();
    }
  });
});

describe('every schema', () => {
  it('before the present one has a snapshot that it is brought up to date from', () => {
    for (let version = 1; version < schemaVersion; version++) {
      begin(`library-v${version}.sqlite.gz`);
      expect(storedVersion(join(folder, 'library.sqlite'))).toBe(version);
      Library.open(folder, 'write').close();
      expect(storedVersion(join(folder, 'library.sqlite'))).toBe(schemaVersion);
      const database = new Database(join(folder, 'library.sqlite'));
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(database.pragma('foreign_key_check')).toEqual([]);
      expect(schemaOf(database)).toEqual(freshSchema());
      database.close();
    }
  });
});

function schemaOf(database: Database.Database): unknown {
  return database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name').all();
}

function freshSchema(): unknown {
  const fresh = mkdtempSync(join(folder, 'fresh-'));
  Library.open(fresh, 'write').close();
  const database = new Database(join(fresh, 'library.sqlite'));
  const schema = schemaOf(database);
  database.close();
  return schema;
}

describe('a library of a newer schema', () => {
  /** Every file of the library, byte by byte, and when it was written last. */
  function everything(): unknown {
    return readdirSync(folder)
      .sort()
      .map((name) => {
        const file = join(folder, name);
        return { name, bytes: readFileSync(file).toString('base64'), modifiedAtMs: statSync(file).mtimeMs };
      });
  }

  function expectUntouched(): void {
    const before = everything();
    for (const access of ['write', 'read'] as const) {
      expect(() => Library.open(folder, access)).toThrow(expect.objectContaining({ code: 'library-newer' }));
    }
    expect(() => setAside(folder, true)).toThrow(expect.objectContaining({ code: 'library-newer' }));
    expect(everything()).toEqual(before);
  }

  it('is refused without being touched, with its backup and its lock', () => {
    Library.open(folder, 'write').close();
    const database = new Database(join(folder, 'library.sqlite'));
    database.pragma('user_version = 99');
    database.close();
    expect(readdirSync(folder).sort()).toEqual(['decisions.json', 'library.lock', 'library.sqlite']);
    expectUntouched();
  });

  it('is refused without being touched when only its log says so, after its program was killed', () => {
    Library.open(folder, 'write').close();
    const file = join(folder, 'library.sqlite');
    // As a killed process leaves them: the version is in the log, and not in the catalogue yet.
    const database = new Database(file);
    database.pragma('wal_autocheckpoint = 0');
    database.pragma('user_version = 99');
    const [catalogue, log] = [readFileSync(file), readFileSync(`${file}-wal`)];
    database.close();
    writeFileSync(file, catalogue);
    writeFileSync(`${file}-wal`, log);
    expect(catalogue.readUInt32BE(60)).toBe(schemaVersion);
    expectUntouched();
  });

  it('that was not committed is none', () => {
    Library.open(folder, 'write').close();
    const file = join(folder, 'library.sqlite');
    const database = new Database(file);
    database.pragma('wal_autocheckpoint = 0');
    database.pragma('cache_size = 1');
    database.exec('BEGIN');
    database.pragma('user_version = 99');
    // Enough to write pages to the log before the transaction ends.
    database.exec('CREATE TABLE filler (x TEXT)');
    for (let i = 0; i < 200; i++) database.prepare('INSERT INTO filler VALUES (?)').run('x'.repeat(4000));
    const log = readFileSync(`${file}-wal`);
    const catalogue = readFileSync(file);
    database.exec('ROLLBACK');
    database.close();
    expect(log.length).toBeGreaterThan(100_000);
    writeFileSync(file, catalogue);
    writeFileSync(`${file}-wal`, log);
    expect(storedVersion(file)).toBe(schemaVersion);
    Library.open(folder, 'write').close();
  });
});
