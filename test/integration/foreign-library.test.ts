import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refuseOtherNames } from '../../src-main/contract/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { Library, restoreFromBin, setAside } from '../../src-main/library/index.ts';
import { fileHash } from '../../src-main/vision/index.ts';
import { serve } from '../../src-main/server/index.ts';
import { clusteredVectors, describedLibrary } from '../fixtures/described-library.ts';
import { failureOf } from '../fixtures/failure-of.ts';

const posix = it.skipIf(process.platform === 'win32');

let root: string;
/** A library as somebody hands it over, closed. */
let whole: string;
let folder: string;
/** A file of the person's own, outside of every library. */
let precious: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'semblance-foreign-'));
  whole = join(root, 'whole');
  const library = describedLibrary(whole, clusteredVectors(3, 8));
  library.thumbnails.set('hash 0', Uint8Array.of(1));
  library.close();
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

beforeEach(() => {
  folder = mkdtempSync(join(root, 'library-'));
  for (const name of ['library.sqlite', 'thumbnails.sqlite'])
    copyFileSync(join(whole, name), join(folder, name));
  precious = join(folder, '..', 'precious');
  writeFileSync(precious, 'mine');
});

/** Changes the catalogue as only somebody can who is not Semblance. */
function edit(sql: string, file = 'library.sqlite', isOpen = false): void {
  const database = new Database(join(folder, file));
  database.unsafeMode(true);
  if (!isOpen) database.pragma('journal_mode = DELETE');
  database.exec(sql);
  database.close();
}

async function opened(access: 'read' | 'write' = 'write'): ReturnType<typeof failureOf> {
  return failureOf(() => Library.open(folder, access).close());
}

describe('a library that somebody else made', () => {
  it('is opened where it is one of Semblance', async () => {
    expect(await opened('read')).toBeNull();
    expect(await opened('write')).toBeNull();
  });

  it.each([
    ['a trigger', `CREATE TRIGGER evil AFTER INSERT ON settings BEGIN DELETE FROM folders; END`],
    ['a view', `CREATE VIEW evil AS SELECT * FROM photos`],
    ['a table', `CREATE TABLE evil (a)`],
    ['an index by a function', `CREATE INDEX evil ON photos(upper(name))`],
    ['a virtual table', `CREATE VIRTUAL TABLE evil USING fts5(a)`],
    [
      'a generated column',
      `ALTER TABLE photos ADD COLUMN evil TEXT GENERATED ALWAYS AS (name || 'x') VIRTUAL`,
    ],
    ['one table less', `DROP TABLE keptFiles`],
    [
      'a view instead of a table',
      `DROP TABLE keptFiles; CREATE VIEW keptFiles AS SELECT 'a' AS hash, 'b' AS path`,
    ],
    [
      'another trigger of that name',
      `DROP TRIGGER photoNumberIsGone; CREATE TRIGGER photoNumberIsGone AFTER DELETE ON photos BEGIN DELETE FROM folders; END`,
    ],
    ['tables of another program and version 0', `PRAGMA user_version = 0`],
    ['an older version than its tables', `PRAGMA user_version = 3`],
  ])('is refused with %s in it', async (_, sql) => {
    edit(sql);
    const before = readFileSync(join(folder, 'library.sqlite'));
    expect(await opened('read')).toMatchObject({ code: 'library-unsafe' });
    expect(await opened('write')).toMatchObject({ code: 'library-unsafe' });
    expect(readFileSync(join(folder, 'library.sqlite')).equals(before)).toBe(true);
  });

  it('is refused with a trigger on its thumbnails', async () => {
    edit(
      'CREATE TRIGGER evil AFTER INSERT ON thumbnails BEGIN DELETE FROM thumbnails; END',
      'thumbnails.sqlite',
    );
    const library = Library.open(folder, 'write');
    expect(await failureOf(() => library.thumbnails.get('hash 0'))).toMatchObject({ code: 'library-unsafe' });
    library.close();
  });

  it('can be set aside where it is refused', async () => {
    edit('CREATE VIEW evil AS SELECT 1');
    expect(setAside(folder, true).length).toBeGreaterThan(0);
    expect(await opened()).toBeNull();
  });

  it('cannot have its schema changed, nor run untrusted functions or load extensions', () => {
    const library = Library.open(folder, 'write');
    library.close();
    const database = new Database(join(folder, 'library.sqlite'));
    database.pragma('writable_schema = ON');
    expect(() => database.exec("UPDATE sqlite_schema SET sql = 'x'")).toThrow(/may not be modified/);
    expect(() => database.exec("SELECT load_extension('x')")).toThrow(/no such function|not authorized/);
    database.close();
  });

  it.each([
    ['..', 'precious'],
    ['d0/../..', 'precious'],
    ['/etc', 'passwd'],
    ['', '../precious'],
    ['', '..'],
    ['d0', 'a\0b'],
    ['d0', 'x'.repeat(40_000)],
  ])('is refused with a photo at %j/%.20j', async (directory, name) => {
    edit(
      `UPDATE photos SET directory = '${directory}', name = CAST(x'${Buffer.from(name).toString('hex')}' AS TEXT) WHERE id = 1`,
    );
    expect(await opened('read')).toMatchObject({ code: 'library-unsafe' });
    expect(await opened('write')).toMatchObject({ code: 'library-unsafe' });
  });

  it.each(['relative', '../..', '/photos/../etc', '', '\\\\.\\PhysicalDrive0', '\\\\?\\C:\\x', '/a\0b'])(
    'is refused with a folder at %j, however often it was opened before',
    async (path) => {
      expect(await opened()).toBeNull();
      edit(`UPDATE folders SET path = CAST(x'${Buffer.from(path).toString('hex')}' AS TEXT)`);
      expect(await opened()).toMatchObject({ code: 'library-unsafe' });
    },
  );

  it('never leads to a file outside of its folder, even where it was trusted before', async () => {
    const library = Library.open(folder, 'write');
    edit(
      `UPDATE folders SET path = '${folder}'; UPDATE photos SET directory = '..', name = 'precious' WHERE id = 1`,
      'library.sqlite',
      true,
    );
    for (const ask of [
      () => library.photos.details(1),
      () => library.photos.fileOf(1),
      () => library.photos.byId([1]),
      () => library.photos.paths(),
    ]) {
      expect(await failureOf(ask)).toMatchObject({ code: 'library-unsafe' });
    }
    library.close();
  });

  it.each([
    ['a descriptor cut in a number', `UPDATE descriptors SET vector = x'0000' WHERE contentId = 1`],
    ['a descriptor of another length', `UPDATE descriptors SET vector = zeroblob(400) WHERE contentId = 1`],
    ['a descriptor of a million numbers', `UPDATE descriptors SET vector = zeroblob(4000000)`],
    ['neighbours cut in a number', `INSERT INTO neighbours VALUES (1, 1, zeroblob(9))`],
    ['a picture of a size that none has', `UPDATE contents SET width = 9007199254740993`],
    // Found by test:fuzz (library, seed 20261128, case 148): a list as long as the highest number.
    ['a photo of a number that goes beyond all', `UPDATE photos SET id = 9223372036854775807 WHERE id = 1`],
    ['a picture of a negative size', `UPDATE contents SET height = -1`],
    ['a hash that goes on and on', `UPDATE contents SET hash = hex(zeroblob(1000000)) WHERE id = 1`],
  ])('is refused with %s', async (_, sql) => {
    edit(sql);
    expect(await opened()).toMatchObject({ code: 'library-unsafe' });
  });

  it('is refused where a table holds what it cannot', async () => {
    // What no SQL can write into a strict table: it is declared anew while nobody looks.
    edit(`PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = 'contents';
      PRAGMA schema_version = 999`);
    edit(`UPDATE contents SET width = 'wide' WHERE id = 1`);
    edit(`PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = sql || ' STRICT' WHERE name = 'contents'; PRAGMA schema_version = 1000`);
    expect(await opened()).toMatchObject({ code: 'library-damaged' });
  });

  it.each(['settings', 'generations', 'pastRecipes', 'decisions'])(
    'tells what is wrong where %s hold no JSON',
    async (table) => {
      const column = {
        settings: 'value',
        generations: 'recipe',
        pastRecipes: 'recipe',
        decisions: 'changes',
      }[table];
      edit(`INSERT INTO pastRecipes (recipe, endedAtMs) VALUES ('{', 1);
        INSERT INTO settings VALUES ('settings', '{'), ('view', '{'), ('profileTimes', '{') ON CONFLICT DO NOTHING;
        INSERT INTO decisions (decidedAtMs, description, changes) VALUES (1, 'x', '{');
        UPDATE ${table} SET ${column} = '{'`);
      const library = Library.open(folder, 'write');
      for (const ask of [
        () => library.settings.get(),
        () => library.rememberedView.get(),
        () => library.pastRecipes.list(),
        () => library.generations.serving(),
        () => library.decide(() => library.decisions.log.undo()),
      ]) {
        expect((await failureOf(ask))?.code ?? '').not.toBe('internal');
      }
      library.close();
    },
  );
});

describe('a library folder with more than files in it', () => {
  posix.each([
    'library.sqlite',
    'library.sqlite-wal',
    'library.sqlite-shm',
    'library.lock',
    'library.owner.json.tmp',
  ])('is refused where %s is a link, and what it leads to stays as it is', async (name) => {
    rmSync(join(folder, name), { force: true });
    symlinkSync(precious, join(folder, name));
    expect(await opened()).toMatchObject({ code: 'library-unsafe' });
    expect(await opened('read')).toMatchObject({ code: 'library-unsafe' });
    expect(await failureOf(() => setAside(folder, true))).toMatchObject({ code: 'library-unsafe' });
    expect(readFileSync(precious, 'utf8')).toBe('mine');
  });

  posix('is refused before a server writes into it', async () => {
    symlinkSync(precious, join(folder, 'server.json'));
    const options = { libraryPath: folder, port: 0, roots: [], openBrowser: false };
    expect(await failureOf(() => serve(options))).toMatchObject({ code: 'library-unsafe' });
    expect(readFileSync(precious, 'utf8')).toBe('mine');
  });

  posix.each(['library.sqlite', 'decisions.json', 'index.json'])(
    'is refused where %s is a pipe, which would never answer',
    async (name) => {
      rmSync(join(folder, name), { force: true });
      execFileSync('mkfifo', [join(folder, name)]);
      expect(await opened()).toMatchObject({ code: 'library-unsafe' });
    },
  );

  it.each(['library.sqlite', 'thumbnails.sqlite'])(
    'does not make SQLite delete the file that a journal of %s names',
    async (name) => {
      // As it is when a change of several databases was cut off: the other file's name, and a mark.
      const path = Buffer.from(precious);
      const numbers = Buffer.alloc(8);
      numbers.writeUInt32BE(path.length, 0);
      numbers.writeUInt32BE(
        path.reduce((sum, byte) => sum + byte, 0),
        4,
      );
      const mark = Buffer.from('d9d505f920a163d7', 'hex');
      const journal = join(folder, `${name}-journal`);
      writeFileSync(journal, Buffer.concat([mark, Buffer.alloc(504), Buffer.from('ffffffff', 'hex')]));
      appendFileSync(journal, Buffer.concat([path, numbers, mark]));
      expect(await opened()).toMatchObject({ code: 'library-unsafe' });
      expect(existsSync(precious)).toBe(true);
    },
  );

  it('is opened though its lock holds something', async () => {
    writeFileSync(join(folder, 'library.lock'), 'x'.repeat(5000));
    writeFileSync(join(folder, 'library.lock-journal'), 'x'.repeat(5000));
    expect(await opened()).toBeNull();
  });
});

describe('a file that a library names', () => {
  posix('is brought back from the bin only', async () => {
    const place = join(folder, 'autostart');
    writeFileSync(place, 'anything');
    const path = join(root, `elsewhere-${Date.now()}`, 'started-with-the-session');
    const { hash } = await fileHash(place);
    expect(await failureOf(() => restoreFromBin({ place, path, hash }))).toMatchObject({ code: 'not-found' });
    expect([existsSync(place), existsSync(path)]).toEqual([true, false]);
  });

  it('is opened by another program only where it is called a picture', async () => {
    expect(await failureOf(() => refuseOtherNames({ path: '/photos/a.JPG' }))).toBeNull();
    for (const name of ['a.exe', 'a.desktop', 'a.jpg.bat', 'a', '.jpg', 'jpg'])
      expect(await failureOf(() => refuseOtherNames({ path: `/photos/${name}` }))).toMatchObject({
        code: 'not-available',
      });
  });

  it('is told by an engine as one that is not touched', async () => {
    const engine = Engine.open({ libraryPath: folder, access: 'write' });
    edit(`UPDATE photos SET directory = '../..', name = 'etc' WHERE id = 1`, 'library.sqlite', true);
    for (const [command, args] of [
      ['photo', { photoId: 1 }],
      ['fileOf', { photoId: 1 }],
      ['picture', { photoId: 1, longestSide: 100 }],
    ] as const) {
      const failure = await failureOf(() => engine.call(command, args));
      expect(failure).toMatchObject({ code: 'library-unsafe' });
    }
    await engine.close();
  });
});
