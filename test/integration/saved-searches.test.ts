/** Searches that are kept: by content, with copies of pictures from elsewhere, through re-indexing, recipes and a lost catalogue. */
import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineEvents, Rectangle } from '../../src-main/contract/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { readBackup, writeBackup } from '../../src-main/library/backup-file.ts';
import { type SmallLibrary, smallLibrary } from '../fixtures/small-library.ts';
import { writePhoto } from '../fixtures/generated-photos.ts';

let small: SmallLibrary;
let photos: string;
let elsewhere: string;

const engine = () => small.engine;

async function index(): Promise<void> {
  await engine().index(engine().library.folders.toScan()).ended;
}

async function idOf(name: string): Promise<number> {
  const page = await engine().call('photos', { offset: 0, limit: 100, order: 'path' });
  const photo = page.photos.find((each) => each.name === name);
  if (!photo) throw new Error(`no photo ${name}`);
  return photo.id;
}

const photo = async (name: string, weight = 1) => ({
  kind: 'photo' as const,
  photoId: await idOf(name),
  weight,
});
const picture = (crop?: Rectangle) => ({
  kind: 'bytes' as const,
  name: 'elsewhere.png',
  bytes: new Uint8Array(readFileSync(elsewhere)),
  ...(crop ? { crop } : {}),
});
const run = (id: string) => engine().call('runSavedSearch', { id, top: 10 });
const copies = (): number => readBackupOf().copies.length;

function readBackupOf() {
  engine().library.backup.save();
  const saved = readBackup(engine().library.path)?.body.savedSearches;
  if (!saved) throw new Error('no saved searches in the backup');
  return saved;
}

beforeAll(async () => {
  small = await smallLibrary(8, 96, { knownDevice: true });
  photos = join(small.root, 'photos');
  for (let i = 0; i < 8; i++) await writePhoto(photos, `${i}.png`, i);
  elsewhere = await writePhoto(join(small.root, 'elsewhere'), 'elsewhere.png', 99);
  await engine().call('addFolder', { path: photos });
  await index();
}, 120_000);

afterAll(async () => {
  await engine().close();
  await small.close();
});

describe('a saved search', () => {
  it('finds what the search found, also when its photos have moved', async () => {
    const examples = [await photo('3.png'), await photo('5.png', -0.5)];
    const before = await engine().call('search', { examples, top: 10 });
    const { id } = await engine().call('saveSearch', { name: ' moved ', query: { examples } });
    renameSync(join(photos, '3.png'), join(photos, 'other name.png'));
    await index();
    const after = await run(id);
    const [a, b] = [before, after].map(({ results }) =>
      results.map(({ photo: { id: found }, score }) => [found, score]),
    );
    expect(b).toEqual(a);
    expect(after.leftOut).toEqual([]);
    renameSync(join(photos, 'other name.png'), join(photos, '3.png'));
    await index();
    await engine().call('removeSavedSearch', { id });
  });

  it('keeps a small copy of a picture from elsewhere, until no search needs it', async () => {
    const crop = { left: 0.25, top: 0.25, width: 0.5, height: 0.5 };
    const examples = [picture(), picture(crop)];
    const before = await engine().call('search', { examples, top: 10 });
    const { id } = await engine().call('saveSearch', { name: 'elsewhere', query: { examples } });
    const again = await engine().call('saveSearch', {
      name: 'again',
      query: { examples: [picture()] },
    });
    expect(copies()).toBe(2);
    const after = await run(id);
    expect(after.results[0].photo.id).toBe(before.results[0].photo.id);
    expect(after.results[0].score).toBeCloseTo(before.results[0].score, 2);
    await engine().call('removeSavedSearch', { id });
    expect(copies()).toBe(1);
    await engine().call('removeSavedSearch', { id: again.id });
    expect(copies()).toBe(0);
  });

  it('is opened as the query that it stands for now, to go on from there', async () => {
    const crop = { left: 0.25, top: 0.25, width: 0.5, height: 0.5 };
    const examples = [{ ...(await photo('3.png')), crop }, await photo('5.png', -0.5), picture()];
    const ranking = { expansion: { count: 3, alpha: 2 } };
    const { id } = await engine().call('saveSearch', { name: 'opened', query: { examples }, ranking });
    const opened = await engine().call('openSavedSearch', { id });
    expect(opened).toMatchObject({
      query: {
        examples: [{ ...(await photo('3.png')), crop }, await photo('5.png', -0.5), { kind: 'bytes' }],
      },
      names: ['3.png', '5.png', 'elsewhere.png.jpg'],
      ranking,
      leftOut: [],
    });
    const found = await engine().call('search', { ...opened.query, top: 10, ranking });
    expect(found.results).toEqual((await run(id)).results);
    await engine().call('removeSavedSearch', { id });
    await expect(engine().call('openSavedSearch', { id })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('knows a file that holds a photo of the library as that photo', async () => {
    const bytes = new Uint8Array(readFileSync(join(photos, '6.png')));
    const { id, examples } = await engine().call('saveSearch', {
      name: 'own',
      query: { examples: [{ kind: 'bytes', name: 'copy.png', bytes }] },
    });
    expect(examples).toMatchObject([{ photoId: await idOf('6.png'), isMissing: false }]);
    expect(copies()).toBe(0);
    await engine().call('removeSavedSearch', { id });
  });

  it('has a name of its own, which can be changed', async () => {
    const query = { examples: [await photo('1.png')] };
    const { id } = await engine().call('saveSearch', { name: 'one', query });
    const other = await engine().call('saveSearch', { name: 'two', query });
    const taken = { code: 'invalid-arguments', message: /already/ };
    await expect(engine().call('saveSearch', { name: 'one', query })).rejects.toMatchObject(taken);
    await expect(engine().call('renameSavedSearch', { id, name: 'two' })).rejects.toMatchObject(taken);
    const replaced = await engine().call('saveSearch', {
      name: 'one',
      query: { examples: [await photo('2.png')] },
      replace: true,
    });
    expect(replaced.id).toBe(id);
    expect(await engine().call('renameSavedSearch', { id, name: 'zero' })).toMatchObject({ name: 'zero' });
    expect((await engine().call('savedSearches', {})).map(({ name }) => name)).toEqual(['two', 'zero']);
    for (const each of [id, other.id]) await engine().call('removeSavedSearch', { id: each });
    await expect(run(id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('never finds the photos of another folder that was added after its own was removed', () => {
    const { library } = small.engine;
    const [one, other] = ['one', 'other'].map((name) => join(small.root, name));
    const ids = [one, other, one].map((path) => {
      const { id } = library.folders.add(path, 1);
      library.folders.remove(id);
      return id;
    });
    expect(new Set(ids).size).toBe(3);
  });

  it('says how many new photos it finds, until it is looked at', async () => {
    const told: EngineEvents['savedSearchChanged'][] = [];
    const unsubscribe = engine().subscribe((event) => {
      if (event.event === 'savedSearchChanged') told.push(event.data);
    });
    const { id } = await engine().call('saveSearch', {
      name: 'live',
      query: { examples: [await photo('0.png')] },
    });
    await writePhoto(photos, 'new.png', 50);
    await index();
    await expect.poll(() => told, { timeout: 15_000 }).toEqual([{ id, newPhotos: 1 }]);
    expect((await engine().call('savedSearches', {}))[0].newPhotos).toBe(1);
    await run(id);
    expect(told.at(-1)).toEqual({ id, newPhotos: 0 });
    unsubscribe();
    await engine().call('removeSavedSearch', { id });
  });

  it('leaves out examples that are gone and a setting that the recipe has not, and says so', async () => {
    await writePhoto(photos, 'passing.png', 51);
    await index();
    const examples = [await photo('0.png'), await photo('passing.png')];
    const { id } = await engine().call('saveSearch', { name: 'gone', query: { examples, whitening: 0.1 } });
    rmSync(join(photos, 'passing.png'));
    await index();
    const { leftOut, results } = await run(id);
    expect(leftOut).toEqual([
      'passing.png is no longer in the library',
      'Kind ↔ Thing does not apply to the recipe in service',
    ]);
    expect(results[0].photo.name).toBe('0.png');
    await engine().call('removeSavedSearch', { id });
  });

  it('comes back from the backup, with its copies and its folder, where the catalogue is lost', async () => {
    const [folder] = await engine().call('folders', {});
    const examples = [await photo('4.png'), picture()];
    const { id } = await engine().call('saveSearch', {
      name: 'kept',
      query: { examples, filter: { folderIds: [folder.id] } },
    });
    const before = await run(id);
    const { library, options } = engine();
    await engine().close();
    for (const name of readdirSync(library.path)) {
      if (!name.startsWith('decisions')) rmSync(join(library.path, name), { recursive: true });
    }
    small.engine = Engine.open(options);
    await index();
    const after = await run(id);
    expect(after.results.map(({ photo: { name } }) => name)).toEqual(
      before.results.map(({ photo: { name } }) => name),
    );
    expect(after.leftOut).toEqual([]);
  });

  it('is not lost to a backup of a program that knew none', async () => {
    const { library, options } = engine();
    await engine().close();
    const backup = readBackup(library.path);
    if (!backup) throw new Error('no backup');
    const body = { ...backup.body };
    delete body.savedSearches;
    writeBackup(library.path, { ...backup, revision: backup.revision + 1, body });
    small.engine = Engine.open(options);
    expect((await engine().call('savedSearches', {})).map(({ name }) => name)).toEqual(['kept']);
  });
});
