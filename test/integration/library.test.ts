import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultRecipe } from '../../src-main/contract/index.ts';
import { Library, scanFolder, type ScannedFolder } from '../../src-main/library/index.ts';

let root: string;
let library: Library;
const checkpoint = (): Promise<void> => Promise.resolve();

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'semblance-library-'));
  library = Library.open(join(root, 'library'), 'write');
});

afterEach(() => {
  library.close();
  rmSync(root, { recursive: true, force: true });
});

function makeFolder(name: string, files: string[]): string {
  const path = join(root, name);
  for (const file of files) {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), `content of ${file}`);
  }
  return path;
}

/** Records every file that a scan wants to read, each with a content of its own. */
async function scanAndRecord(folder: ScannedFolder): Promise<number> {
  const { toRead } = await scanFolder(folder, library.files, { checkpoint });
  for (const file of toRead) {
    const hash = `hash of ${file.name}`;
    const content =
      library.contents.withHash(hash) ?? library.contents.add({ hash, width: 4, height: 3, format: 'jpeg' });
    library.photos.record(file, content, 1);
  }
  return toRead.length;
}

describe('opening', () => {
  it('refuses a second writer and names the way out', () => {
    expect(() => Library.open(library.path, 'write')).toThrow(
      /in use by a semblance command \(process \d+ on .*--library DIR/,
    );
  });

  it('lets any number read beside the writer', () => {
    const reader = Library.open(library.path, 'read');
    expect(reader.photos.counts()).toEqual({ photos: 0, problems: 0 });
    reader.close();
  });

  it('can be written again after it was closed', () => {
    library.close();
    library = Library.open(library.path, 'write');
    expect(library.folders.list()).toEqual([]);
  });

  it('says how to make a library where there is none', () => {
    expect(() => Library.open(join(root, 'nowhere'), 'read')).toThrow(/semblance index FOLDER/);
  });

  it('says what to do about a damaged one', () => {
    const path = join(root, 'damaged');
    mkdirSync(path);
    writeFileSync(
      join(path, 'library.sqlite'),
      'This is no database, but it is long enough to look at twice. '.repeat(50),
    );
    expect(() => Library.open(path, 'write')).toThrow(/is damaged/);
  });
});

describe('scanning', () => {
  it('wants new files, then only changed ones', async () => {
    const path = makeFolder('photos', ['a.jpg', 'trip/b.jpg', 'trip/deep/c.jpg']);
    const folder = library.folders.add(path, 1);
    expect(await scanAndRecord(folder)).toBe(3);
    expect(await scanAndRecord(folder)).toBe(0);
    utimesSync(join(path, 'a.jpg'), 5, 5);
    expect(await scanAndRecord(folder)).toBe(1);
    expect(library.photos.counts().photos).toBe(3);
  });

  it('tells which files have vanished, and which only have another name', async () => {
    const path = makeFolder('photos', ['a.jpg', 'b.jpg', 'c.jpg']);
    const folder = library.folders.add(path, 1);
    await scanAndRecord(folder);
    renameSync(join(path, 'a.jpg'), join(path, 'moved.jpg'));
    rmSync(join(path, 'c.jpg'));
    const scan = await scanFolder(folder, library.files, { checkpoint });
    expect(scan.vanished.map(({ name }) => name)).toEqual(['c.jpg']);
    expect(scan.renamed.map(({ from, to }) => [from.name, to.name])).toEqual([['a.jpg', 'moved.jpg']]);
    expect(scan.toRead).toEqual([]);
  });

  it('passes over hidden files and does not follow links', async () => {
    const path = makeFolder('photos', ['.hidden/a.jpg', '.b.jpg', 'c.jpg']);
    symlinkSync(makeFolder('outside', ['secret.jpg']), join(path, 'link'));
    const folder = library.folders.add(path, 1);
    const scan = await scanFolder(folder, library.files, { checkpoint });
    expect(scan.toRead.map(({ name }) => name)).toEqual(['c.jpg']);
  });

  it('refuses a folder that is gone, so that nothing is forgotten', async () => {
    const path = makeFolder('photos', ['a.jpg']);
    const folder = library.folders.add(path, 1);
    rmSync(path, { recursive: true });
    await expect(scanFolder(folder, library.files, { checkpoint })).rejects.toMatchObject({
      code: 'no-such-folder',
    });
  });
});

describe('folders', () => {
  it('inside another are refused by name', () => {
    const outer = makeFolder('photos', ['trip/a.jpg']);
    library.folders.add(outer, 1);
    expect(() => library.folders.add(join(outer, 'trip'), 1)).toThrow(/already part of/);
  });

  it('that contain another take over its photos', async () => {
    const outer = makeFolder('photos', ['trip/a.jpg', 'trip/deep/b.jpg']);
    const inner = library.folders.add(join(outer, 'trip'), 1);
    await scanAndRecord(inner);
    const before = library.photos.page({ offset: 0, limit: 10, order: 'path' }).photos.map(({ id }) => id);
    const folder = library.folders.add(outer, 1);
    expect(library.folders.list().map(({ path }) => path)).toEqual([outer]);
    expect(await scanAndRecord(folder)).toBe(0);
    const after = library.photos.page({ offset: 0, limit: 10, order: 'path' }).photos;
    expect(after.map(({ id }) => id)).toEqual(before);
    expect(after.map(({ directory }) => directory)).toEqual(['trip', 'trip/deep']);
  });

  it('that are removed take their photos with them, and nothing else', async () => {
    const one = library.folders.add(makeFolder('one', ['a.jpg']), 1);
    const two = library.folders.add(makeFolder('two', ['b.jpg']), 1);
    await scanAndRecord(one);
    await scanAndRecord(two);
    expect(library.removeFolder(one.id)).toHaveLength(1);
    expect(
      library.photos.page({ offset: 0, limit: 10, order: 'added' }).photos.map(({ name }) => name),
    ).toEqual(['b.jpg']);
  });
});

describe('generations', () => {
  it('serve one at a time; a new one replaces the old with its descriptors at once', () => {
    const content = library.contents.add({ hash: 'x', width: 1, height: 1, format: 'png' });
    const parts = {
      recipe: defaultRecipe,
      recipeKey: 'k',
      extractionKey: 'e',
      encodedFit: null,
      fittedOn: 0,
      fitted: true,
      note: '',
    };
    const first = library.generations.create({ ...parts, fit: 'none' }, 'serving', 1);
    library.generations.addDescriptors(first.id, [{ contentId: content, vector: Float32Array.of(1, 0) }]);
    const second = library.generations.create({ ...parts, fit: 'library' }, 'building', 2);
    expect(library.generations.serving()?.id).toBe(first.id);
    library.generations.addDescriptors(second.id, [{ contentId: content, vector: Float32Array.of(0, 1) }]);
    library.generations.putInService(second.id);
    expect(library.generations.serving()?.fit).toBe('library');
    expect(library.generations.countDescriptors(first.id)).toBe(0);
    expect([...library.generations.descriptors(second.id)]).toEqual([
      { contentId: content, vector: Float32Array.of(0, 1) },
    ]);
  });

  it('change their stamp with every change of their descriptors', () => {
    const parts = {
      recipe: defaultRecipe,
      recipeKey: 'k',
      extractionKey: 'e',
      encodedFit: null,
      fittedOn: 0,
      fitted: true,
      note: '',
    };
    const { id } = library.generations.create({ ...parts, fit: 'none' }, 'serving', 1);
    const contents = ['x', 'y'].map((hash) =>
      library.contents.add({ hash, width: 1, height: 1, format: 'png' }),
    );
    const stamps = new Set([library.generations.stamp(id)]);
    for (const contentId of [...contents, contents[0]]) {
      library.generations.addDescriptors(id, [{ contentId, vector: Float32Array.of(1) }]);
      stamps.add(library.generations.stamp(id));
    }
    expect(stamps.size).toBe(4);
  });
});

describe('a file that was being read when the engine died', () => {
  it('is a suspect, and a second death counts', () => {
    const { id } = library.folders.add(makeFolder('photos', ['a.jpg']), 1);
    const file = { folderId: id, directory: '', name: 'a.jpg' };
    library.inFlight.begin(file);
    library.inFlight.begin(file);
    expect(library.inFlight.suspects()).toEqual([{ ...file, attempts: 2 }]);
    library.inFlight.end(file);
    expect(library.inFlight.suspects()).toEqual([]);
  });
});
