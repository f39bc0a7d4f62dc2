import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SemblanceError } from '../../src-main/contract/index.ts';
import {
  ArchiveReader,
  exportLibrary,
  importLibrary,
  type ImportOutcome,
  type Library,
  type Root,
} from '../../src-main/library/index.ts';
import { failureOf } from '../fixtures/failure-of.ts';
import {
  dumpOf,
  hashOf,
  type LibrarySketch,
  quietControl,
  sketchedLibrary,
} from '../fixtures/sketched-library.ts';

let root: string;
let opened: Library[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'semblance-moving-'));
  opened = [];
});

afterEach(() => {
  for (const library of opened) library.close();
  rmSync(root, { recursive: true, force: true });
});

const empty: LibrarySketch = { files: [] };
const sketch: LibrarySketch = {
  files: [
    { folder: '/photos', name: 'one.jpg', picture: 1 },
    { folder: '/photos', name: 'two.jpg', picture: 2 },
    { folder: '/photos', name: 'copy of two.jpg', picture: 2 },
    { folder: '/more', name: 'three.jpg', picture: 3 },
  ],
  tags: [
    { picture: 1, tag: 'beach', atMs: 10 },
    { picture: 2, tag: '!keyword', atMs: 11 },
  ],
  ratings: [{ picture: 3, rating: 4, atMs: 12 }],
  kept: [2],
  notDuplicates: [[1, 3]],
  saved: [{ name: 'Like one', picture: 1, folder: '/more' }],
};

function open(name: string, of: LibrarySketch): Library {
  const library = sketchedLibrary(join(root, name), of);
  opened.push(library);
  return library;
}

async function exported(library: Library, name: string, control = quietControl()): Promise<string> {
  const target = join(root, name);
  await exportLibrary(
    { libraryPath: library.path, target, thumbnails: true, replace: false, appVersion: 'test' },
    control,
  );
  return target;
}

function take(
  library: Library,
  path: string,
  {
    roots = [],
    control = quietControl(),
    dryRun = false,
  }: { roots?: Root[]; control?: ReturnType<typeof quietControl>; dryRun?: boolean } = {},
): Promise<ImportOutcome> {
  const request = { path, roots, dryRun, appVersion: 'test', tryGeneration: () => undefined };
  return importLibrary(library, request, control);
}

/** Libraries in which the later of two decisions is always known, because no two are of one time. */
const sketches = (begin: number): fc.Arbitrary<LibrarySketch> =>
  fc
    .record({
      files: fc.uniqueArray(
        fc.record({
          folder: fc.constantFrom('/photos', '/more'),
          name: fc.constantFrom('a.jpg', 'b.jpg', 'c.jpg', 'd.jpg'),
          picture: fc.integer({ min: 1, max: 8 }),
        }),
        { selector: ({ folder, name }) => `${folder} ${name}`, maxLength: 6 },
      ),
      tags: fc.array(
        fc.record({
          picture: fc.integer({ min: 1, max: 8 }),
          tag: fc.constantFrom('x', '!x', 'y', '!keyword'),
        }),
        { maxLength: 8 },
      ),
      ratings: fc.array(
        fc.record({ picture: fc.integer({ min: 1, max: 8 }), rating: fc.integer({ min: 1, max: 5 }) }),
        { maxLength: 4 },
      ),
      kept: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 3 }),
    })
    .map(({ tags, ratings, ...others }) => ({
      ...others,
      tags: tags.map((each, place) => ({ ...each, atMs: begin + 4 * place })),
      ratings: ratings.map((each, place) => ({ ...each, atMs: begin + 2 + 4 * place })),
    }));

describe('A library that is exported and imported into an empty one', () => {
  it('is the same there', async () => {
    const library = open('a', sketch);
    library.thumbnails.set(hashOf(1), Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1]));
    const other = open('b', empty);
    library.settings.change({ maxMegapixels: 10 });
    await take(other, await exported(library, 'a.zip'));
    expect(dumpOf(other.path)).toEqual(dumpOf(library.path));
    expect(other.thumbnails.get(hashOf(1))).toEqual(library.thumbnails.get(hashOf(1)));
    expect(other.settings.get()).toEqual(library.settings.get());
    expect(other.generations.building()).toBeNull();
  });

  it('is the same whatever is in it, and once more changes nothing', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(sketches(1), async (some) => {
        const library = open(`a${++run}`, some);
        const other = open(`b${run}`, empty);
        const file = await exported(library, `${run}.zip`);
        await take(other, file);
        expect(dumpOf(other.path)).toEqual(dumpOf(library.path));
        const again = await take(other, file);
        expect(again).toMatchObject({ photos: 0, pictures: 0, decisions: 0, savedSearches: 0, backup: null });
        expect(dumpOf(other.path)).toEqual(dumpOf(library.path));
      }),
      { numRuns: 6 },
    );
  });

  it('makes the same parts each time', async () => {
    const library = open('a', sketch);
    const partsOf = async (file: string) => {
      const archive = await ArchiveReader.open(file);
      await archive.close();
      return archive.manifest.parts;
    };
    const [one, two] = [await exported(library, '1.zip'), await exported(library, '2.zip')];
    expect(await partsOf(two)).toEqual(await partsOf(one));
  });

  it('has its folders where they are said to be, by one above them and in the writing of another system', async () => {
    const library = open('a', {
      ...sketch,
      files: [
        { folder: 'D:\\Bilder\\Urlaub', name: 'one.jpg', picture: 1 },
        { folder: '/Volumes/Fotos/Café', name: 'two.jpg', picture: 2 },
        { folder: '/photos', name: 'three.jpg', picture: 3 },
      ],
    });
    const other = open('b', empty);
    await take(other, await exported(library, 'a.zip'), {
      roots: [
        { from: 'd:/bilder', to: '/here/pictures' },
        { from: '/Volumes/Fotos/Cafe\u0301', to: '/here/cafe' },
        { from: '/photos', to: null },
      ],
    });
    expect(other.folders.paths().sort()).toEqual(['/here/cafe', '/here/pictures/Urlaub']);
    expect(other.photos.counts().photos).toBe(2);
    expect(other.folders.list().map(({ available }) => available)).toEqual([false, false]);
    expect(dumpOf(other.path).kept).toEqual([[hashOf(2), '/here/cafe/a/b/two.jpg']]);
  });

  it('tells beforehand what would come, and changes nothing', async () => {
    const library = open('a', sketch);
    const other = open('b', { ...sketch, files: sketch.files.slice(0, 1) });
    const before = dumpOf(other.path);
    const outcome = await take(other, await exported(library, 'a.zip'), { dryRun: true });
    expect(outcome).toMatchObject({ photos: 3, pictures: 2, known: 1, backup: null });
    expect(dumpOf(other.path)).toEqual(before);
  });
});

describe('Two libraries that come together', () => {
  it('have the same photos and decisions, whichever is imported into the other', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(sketches(1), sketches(3), async (one, two) => {
        run += 1;
        const [a, b] = [open(`a${run}`, one), open(`b${run}`, two)];
        // At the same place both hold a file of their own: what is here stays, so places are kept apart.
        const apart = [{ from: '/', to: '/other' }];
        const [fileA, fileB] = [await exported(a, `a${run}.zip`), await exported(b, `b${run}.zip`)];
        await take(a, fileB, { roots: apart });
        await take(b, fileA, { roots: apart });
        const [inA, inB] = [dumpOf(a.path), dumpOf(b.path)];
        for (const part of ['pictures', 'tags', 'ratings', 'descriptors', 'statistics'] as const)
          expect(inB[part], part).toEqual(inA[part]);
        const hashes = ({ files }: typeof inA) => files.map((file) => (file as string[])[1]).sort();
        expect(hashes(inB)).toEqual(hashes(inA));
      }),
      { numRuns: 6 },
    );
  });

  it('keep the later of two decisions, and what is here where a time is not known', async () => {
    const library = open('a', { files: sketch.files, ratings: [{ picture: 1, rating: 5, atMs: 20 }] });
    const other = open('b', { files: sketch.files, ratings: [{ picture: 1, rating: 2, atMs: 10 }] });
    const files = [await exported(library, 'a.zip'), await exported(other, 'b.zip')];
    await take(other, files[0]);
    await take(library, files[1]);
    expect(dumpOf(other.path).ratings).toEqual([[hashOf(1), 5]]);
    expect(dumpOf(library.path).ratings).toEqual([[hashOf(1), 5]]);
    const third = open('c', { files: sketch.files, ratings: [{ picture: 1, rating: 1, atMs: 1 }] });
    const database = new Database(join(third.path, 'library.sqlite'));
    database.exec('DELETE FROM decisions');
    database.close();
    await take(third, files[0]);
    expect(dumpOf(third.path).ratings).toEqual([[hashOf(1), 1]]);
  });

  it('are one where both have a picture, and no photo here gets another number', async () => {
    const library = open('a', sketch);
    const other = open('b', { files: [{ folder: '/mine', name: 'x.jpg', picture: 2 }] });
    const before = other.photos.firstPhotos();
    const outcome = await take(other, await exported(library, 'a.zip'));
    expect(outcome).toMatchObject({ photos: 4, pictures: 2, known: 1 });
    expect(other.photos.firstPhotos()).toEqual(expect.arrayContaining(before));
    expect(dumpOf(other.path).descriptors).toEqual(dumpOf(library.path).descriptors);
  });

  it('keep a copy of the library as it was, which brings it back', async () => {
    const library = open('a', sketch);
    const other = open('b', { ...sketch, files: [{ folder: '/mine', name: 'x.jpg', picture: 7 }] });
    const before = dumpOf(other.path);
    const { backup } = await take(other, await exported(library, 'a.zip'));
    expect(dumpOf(other.path)).not.toEqual(before);
    const again = open('c', empty);
    await take(again, backup ?? '');
    expect(dumpOf(again.path)).toEqual(before);
  });

  it('keep a saved search under its name, and with a number where another has it', async () => {
    const library = open('a', sketch);
    const other = open('b', { ...sketch, saved: [{ name: 'Like one', picture: 3 }] });
    const file = await exported(library, 'a.zip');
    for (let time = 0; time < 2; time++) await take(other, file);
    expect(other.savedSearches.list().map(({ name }) => name)).toEqual(['Like one', 'Like one (2)']);
  });

  it('do not mix what other recipes have described', async () => {
    const library = open('a', { ...sketch, longerSide: 320 });
    const other = open('b', { files: [{ folder: '/mine', name: 'x.jpg', picture: 9 }] });
    const before = dumpOf(other.path);
    await take(other, await exported(library, 'a.zip'));
    const after = dumpOf(other.path);
    expect(after.generations).toEqual(before.generations);
    expect(after.descriptors).toEqual(before.descriptors);
    expect(after.statistics).toEqual(before.statistics);
    expect(other.generations.missing(other.generations.serving()?.id ?? 0)).toHaveLength(3);
  });
});

describe('An export or import that is stopped', () => {
  const stoppedAfter = (checkpoints: number) => {
    let left = checkpoints;
    const checkpoint = (): Promise<void> =>
      --left < 0 ? Promise.reject(new SemblanceError('cancelled', 'stopped')) : Promise.resolve();
    return { ...quietControl(), checkpoint };
  };
  const leftovers = (library: Library): string[] =>
    [...readdirSync(library.path), ...readdirSync(root)].filter((name) =>
      /moving-|\.tmp|before-import/.test(name),
    );

  it('leaves no file, wherever it was', async () => {
    const library = open('a', sketch);
    for (let checkpoints = 0; ; checkpoints++) {
      const failure = await failureOf(() => exported(library, 'a.zip', stoppedAfter(checkpoints)));
      if (failure === null) break;
      expect(failure.code).toBe('cancelled');
      expect(existsSync(join(root, 'a.zip'))).toBe(false);
      expect(leftovers(library)).toEqual([]);
    }
  });

  it('leaves the library as it was, wherever it was, and goes through afterwards', async () => {
    const library = open('a', sketch);
    library.thumbnails.set(hashOf(1), Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1]));
    const file = await exported(library, 'a.zip');
    const libraries: [string, LibrarySketch][] = [
      ['b', empty],
      ['c', { ...sketch, files: [{ folder: '/mine', name: 'x.jpg', picture: 7 }] }],
    ];
    for (const [name, of] of libraries) {
      const other = open(name, of);
      const before = dumpOf(other.path);
      for (let checkpoints = 0; ; checkpoints++) {
        const failure = await failureOf(() => take(other, file, { control: stoppedAfter(checkpoints) }));
        if (failure === null) break;
        expect(failure.code).toBe('cancelled');
        expect(dumpOf(other.path)).toEqual(before);
        expect(other.orphans.count()).toBe(0);
        expect(other.thumbnails.has(hashOf(1))).toBe(false);
        expect(leftovers(other)).toEqual([]);
      }
      expect(other.photos.counts().photos).toBeGreaterThan(3);
    }
  });
});

describe('A file that is not what it says', () => {
  /** Exports a library, lets somebody change its catalogue, and packs it again with hashes that fit. */
  async function forged(change: (database: Database.Database) => void): Promise<string> {
    const library = open('a', sketch);
    const archive = await ArchiveReader.open(await exported(library, 'a.zip'));
    const catalogue = join(root, 'catalogue.sqlite');
    await archive.unpack('catalogue.sqlite', catalogue, root, quietControl());
    await archive.close();
    const database = new Database(catalogue);
    database.pragma('foreign_keys = OFF');
    database.pragma('ignore_check_constraints = ON');
    change(database);
    database.close();
    return packed(readFileSync(catalogue), archive.manifest);
  }

  async function packed(
    catalogue: Buffer,
    manifest: object,
    more: [string, Uint8Array][] = [],
  ): Promise<string> {
    const { BlobWriter, Uint8ArrayReader, ZipWriter } = await import('@zip.js/zip.js');
    const zip = new ZipWriter(new BlobWriter(), { level: 0, useWebWorkers: false });
    const sha256 = createHash('sha256').update(catalogue).digest('hex');
    const parts = [{ name: 'catalogue.sqlite', sizeBytes: catalogue.byteLength, sha256 }];
    const text = new TextEncoder().encode(
      JSON.stringify({ parts, ...manifest, ...('parts' in manifest ? { parts } : {}) }),
    );
    const entries: [string, Uint8Array][] = [
      ['catalogue.sqlite', catalogue],
      ['manifest.json', text],
      ...more,
    ];
    for (const [name, bytes] of entries) await zip.add(name, new Uint8ArrayReader(bytes));
    const file = join(root, 'forged.zip');
    writeFileSync(file, Buffer.from(await (await zip.close()).arrayBuffer()));
    return file;
  }

  async function refusal(file: string): Promise<unknown> {
    const other = open(`victim${opened.length}`, empty);
    const before = dumpOf(other.path);
    const failure = await failureOf(() => take(other, file));
    expect(dumpOf(other.path)).toEqual(before);
    expect(other.orphans.count()).toBe(0);
    return failure?.code;
  }

  const changes: [string, string][] = [
    ['a trigger', 'CREATE TRIGGER t AFTER INSERT ON photos BEGIN DELETE FROM photos; END'],
    [
      'a view in the place of a table',
      'DROP TABLE keptFiles; CREATE VIEW keptFiles AS SELECT 1 AS hash, 2 AS path',
    ],
    ['a table of its own', 'CREATE TABLE more (a)'],
    ['a file outside its folder', `UPDATE photos SET directory = '../../etc', name = 'passwd' WHERE id = 1`],
    ['a name that is a path', `UPDATE photos SET name = 'a/../../b.jpg' WHERE id = 1`],
    ['a folder that lies nowhere', `UPDATE folders SET path = 'here/there' WHERE id = 1`],
    ['a picture that is not there', 'DELETE FROM contents WHERE id = 1'],
    ['statistics that are too short', `UPDATE powerMeans SET data = x'00' WHERE id = 1`],
    ['a descriptor that is too long', `UPDATE descriptors SET vector = zeroblob(4096) WHERE id = 1`],
    ['a descriptor of no numbers', `UPDATE descriptors SET vector = x'${'0000c07f'.repeat(8)}' WHERE id = 1`],
    ['a recipe that is none', `UPDATE generations SET recipe = '{}'`],
    ['a fit that is none', `UPDATE generations SET fit = x'00'`],
    [
      'an extraction that is another',
      `UPDATE extractions SET key = 'x'; UPDATE generations SET extractionKey = 'x'`,
    ],
    ['a rating out of bounds', 'UPDATE decidedRatings SET rating = 99'],
  ];
  for (const [what, sql] of changes) {
    it(`is refused with ${what}, and nothing is changed`, async () => {
      expect(await refusal(await forged((database) => database.exec(sql)))).toBe('archive-invalid');
    });
  }

  it('is refused where a newer program has made it', async () => {
    const file = await forged((database) => database.pragma('user_version = 99'));
    expect(await refusal(file)).toBe('library-newer');
  });

  it('is brought up to date where an earlier one has, in the copy that was unpacked', async () => {
    const file = await forged((database) => {
      database.exec(
        'DROP TABLE photoNumbers; DROP TRIGGER photoNumberIsGone; DROP TABLE keptFiles; ALTER TABLE contents DROP COLUMN placeholder',
      );
      database.pragma('user_version = 5');
    });
    const other = open(`victim${opened.length}`, empty);
    expect(await take(other, file)).toMatchObject({ photos: 4, pictures: 3 });
  });

  it('is refused where a part is another than was exported, shorter, or too much', async () => {
    const library = open('a', sketch);
    const file = await exported(library, 'a.zip');
    const bytes = readFileSync(file);
    const changed = Buffer.from(bytes);
    changed[5000] ^= 1;
    writeFileSync(join(root, 'changed.zip'), changed);
    writeFileSync(join(root, 'short.zip'), bytes.subarray(0, bytes.length / 2));
    writeFileSync(join(root, 'long.zip'), Buffer.concat([bytes, Buffer.from('more')]));
    writeFileSync(join(root, 'none.zip'), 'no zip');
    for (const name of ['changed', 'short', 'long', 'none'])
      expect(await refusal(join(root, `${name}.zip`)), name).toBe('archive-invalid');
  });

  it('is refused with files that do not belong there, or that are packed', async () => {
    const library = open('a', sketch);
    const archive = await ArchiveReader.open(await exported(library, 'a.zip'));
    const catalogue = join(root, 'catalogue.sqlite');
    await archive.unpack('catalogue.sqlite', catalogue, root, quietControl());
    await archive.close();
    const bytes = readFileSync(catalogue);
    for (const name of ['../evil', '/etc/evil', 'more.txt', 'thumbnails.sqlite', 'folder/'])
      expect(
        await refusal(
          await packed(bytes, archive.manifest, [[name, new Uint8Array(name === 'folder/' ? 0 : 3)]]),
        ),
        name,
      ).toBe('archive-invalid');
    const { BlobWriter, TextReader, ZipWriter } = await import('@zip.js/zip.js');
    const zip = new ZipWriter(new BlobWriter(), { level: 9, useWebWorkers: false });
    await zip.add('manifest.json', new TextReader(' '.repeat(10_000_000)));
    const bomb = join(root, 'bomb.zip');
    writeFileSync(bomb, Buffer.from(await (await zip.close()).arrayBuffer()));
    expect(await refusal(bomb)).toBe('archive-invalid');
  });

  it('is refused where its thumbnails are no pictures, and what had come before goes again', async () => {
    const library = open('a', sketch);
    library.thumbnails.set(hashOf(1), Buffer.from('<script>'));
    expect(await refusal(await exported(library, 'a.zip'))).toBe('archive-invalid');
  });

  it('does not take the place of another file unasked', async () => {
    const library = open('a', sketch);
    mkdirSync(join(root, 'out'));
    writeFileSync(join(root, 'out', 'a.zip'), 'mine');
    expect((await failureOf(() => exported(library, 'out/a.zip')))?.code).toBe('not-available');
    expect((await failureOf(() => exported(library, 'nowhere/a.zip')))?.code).toBe('no-such-folder');
    expect(readFileSync(join(root, 'out', 'a.zip'), 'utf8')).toBe('mine');
  });
});
