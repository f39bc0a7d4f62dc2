import { copyFileSync, cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IndexSummary } from '../../src-main/contract/index.ts';
import type { Engine } from '../../src-main/engine/index.ts';
import { writePhoto } from '../fixtures/photo-files.ts';
import { smallLibrary, type SmallLibrary } from '../fixtures/small-library.ts';

let small: SmallLibrary;
let engine: Engine;
let one: string;
let two: string;

beforeEach(async () => {
  small = await smallLibrary(4, 64, { knownDevice: true });
  ({ engine } = small);
  one = join(small.root, 'one');
  two = join(small.root, 'two');
  mkdirSync(two);
  for (let i = 0; i < 4; i++) await writePhoto(join(one, 'trip', `${i}.jpg`), i);
  await engine.call('addFolder', { path: one });
  await engine.call('addFolder', { path: two });
  await index();
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await small.close();
});

/** Indexes the folders of these paths, or all. */
async function index(...paths: string[]): Promise<IndexSummary> {
  const folders = engine.library.folders.toScan();
  const chosen = paths.length > 0 ? folders.filter(({ path }) => paths.includes(path)) : folders;
  const { summary, error } = await engine.index(chosen).ended;
  if (!summary) throw new Error(error?.message);
  return summary;
}

/** Ids of the photos by name. */
async function ids(): Promise<Record<string, number>> {
  const { photos } = await engine.call('photos', { offset: 0, limit: 100, order: 'path' });
  return Object.fromEntries(photos.map(({ id, name }) => [name, id]));
}

/** Moves as from one drive to another: the file is a new one, with the time of the old. */
function moveFar(from: string, to: string): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
  rmSync(from, { recursive: true });
}

describe('photos that are moved', () => {
  it('with their folder need no reading, and keep their ids and thumbnails', async () => {
    const before = await ids();
    const read = vi.spyOn(await engine.vision(), 'extractFile');
    renameSync(join(one, 'trip'), join(one, 'journey'));
    expect(await index()).toMatchObject({ moved: 4, indexed: 0, removed: 0, unchanged: 0, photos: 4 });
    expect(read).not.toHaveBeenCalled();
    expect(await ids()).toEqual(before);
    const photo = await engine.call('photo', { photoId: before['1.jpg'] });
    expect(photo.path).toBe(join(one, 'journey/1.jpg'));
    expect((await engine.call('thumbnail', { photoId: photo.id })).bytes.length).toBeGreaterThan(0);
  });

  it('to another drive are known by their content, and nothing is computed', async () => {
    const before = await ids();
    const computed = vi.spyOn(engine.library.powerMeans, 'add');
    moveFar(join(one, 'trip'), join(two, 'trip'));
    expect(await index()).toMatchObject({ moved: 4, indexed: 0, removed: 0, photos: 4 });
    expect(await ids()).toEqual(before);
    expect(computed).not.toHaveBeenCalled();
  });

  it('keep everything when the folder they went from is indexed first, and the other one later', async () => {
    const before = await ids();
    const computed = vi.spyOn(engine.library.powerMeans, 'add');
    moveFar(join(one, 'trip'), join(two, 'trip'));
    expect(await index(one)).toMatchObject({ removed: 4, photos: 0 });
    expect(engine.serving?.index.size).toBe(0);
    expect(await index(two)).toMatchObject({ moved: 4, indexed: 0, photos: 4 });
    expect(await ids()).toEqual(before);
    expect(engine.serving?.index.size).toBe(4);
    expect(computed).not.toHaveBeenCalled();
  });

  it('keep everything when the folder they went to is indexed first', async () => {
    const before = await ids();
    moveFar(join(one, 'trip'), join(two, 'trip'));
    expect(await index(two)).toMatchObject({ moved: 4, indexed: 0, photos: 4 });
    expect(await ids()).toEqual(before);
    expect(await index(one)).toMatchObject({ moved: 0, removed: 0, photos: 4 });
  });

  it('onto the place of another photo take it over, and that one goes', async () => {
    const before = await ids();
    renameSync(join(one, 'trip/0.jpg'), join(one, 'trip/1.jpg'));
    expect(await index()).toMatchObject({ moved: 1, indexed: 0, photos: 3, unchanged: 2 });
    expect(await ids()).toEqual({
      '1.jpg': before['0.jpg'],
      '2.jpg': before['2.jpg'],
      '3.jpg': before['3.jpg'],
    });
    expect(engine.serving?.index.size).toBe(3);
  });

  it('are told from copies, which are photos of their own and share what was computed', async () => {
    const computed = vi.spyOn(engine.library.powerMeans, 'add');
    copyFileSync(join(one, 'trip/0.jpg'), join(two, 'copy.jpg'));
    expect(await index()).toMatchObject({ moved: 0, indexed: 1, photos: 5 });
    expect(engine.library.contents.count()).toBe(4);
    expect(computed).not.toHaveBeenCalled();
  });
});

describe('photos whose files are gone for a while', () => {
  it('are neither found nor counted meanwhile', async () => {
    renameSync(join(one, 'trip/0.jpg'), join(small.root, 'away.jpg'));
    expect(await index()).toMatchObject({ removed: 1, photos: 3 });
    const { library } = engine;
    const key = engine.serving?.generation.extractionKey ?? '';
    expect(engine.serving?.index.size).toBe(3);
    expect(library.contents.count()).toBe(3);
    expect(library.contents.ids()).toHaveLength(3);
    expect(library.powerMeans.count(key)).toBe(3);
    expect(library.powerMeans.sample(key, 100)).toHaveLength(3);
    expect((await engine.call('cache', {})).ofPhotos).toBe(3);
    const { results, searched } = await engine.call('search', {
      examples: [{ kind: 'photo', photoId: (await ids())['1.jpg'] }],
      top: 10,
    });
    expect([results.length, searched]).toEqual([3, 3]);
  });

  it('are not in the search after a new start either', async () => {
    renameSync(join(one, 'trip/0.jpg'), join(small.root, 'away.jpg'));
    const generation = engine.serving?.generation.id ?? 0;
    const stamp = engine.library.generations.stamp(generation);
    await index();
    expect([...engine.library.generations.descriptors(generation)]).toHaveLength(3);
    expect(engine.library.generations.stamp(generation)).not.toBe(stamp);
    renameSync(join(small.root, 'away.jpg'), join(one, 'trip/0.jpg'));
    await index();
    expect(engine.library.generations.stamp(generation)).toBe(stamp);
  });

  it('come back under their old id, with nothing computed anew', async () => {
    const before = await ids();
    const computed = vi.spyOn(engine.library.powerMeans, 'add');
    renameSync(join(one, 'trip/3.jpg'), join(small.root, 'away.jpg'));
    await index();
    renameSync(join(small.root, 'away.jpg'), join(two, 'back.jpg'));
    expect(await index()).toMatchObject({ moved: 1, indexed: 0, photos: 4 });
    expect((await ids())['back.jpg']).toBe(before['3.jpg']);
    expect(computed).not.toHaveBeenCalled();
  });

  it('are described by a recipe that came meanwhile, without running the network', async () => {
    renameSync(join(one, 'trip/0.jpg'), join(small.root, 'away.jpg'));
    await index();
    const { recipe } = engine;
    const taps = recipe.taps.map((tap) => ({
      ...tap,
      pooling: { kind: 'gem' as const, p: 2, learned: false },
    }));
    await engine.call('retune', { recipe: { ...recipe, taps }, mayRead: false });
    await engine.jobs.idle();
    expect(engine.serving?.index.size).toBe(3);
    const computed = vi.spyOn(engine.library.powerMeans, 'add');
    renameSync(join(small.root, 'away.jpg'), join(one, 'trip/0.jpg'));
    expect(await index()).toMatchObject({ moved: 1, photos: 4 });
    expect(engine.serving?.index.size).toBe(4);
    expect(computed).not.toHaveBeenCalled();
    const photoId = (await ids())['0.jpg'];
    const { results } = await engine.call('search', { examples: [{ kind: 'photo', photoId }], top: 1 });
    expect(results[0].score).toBeCloseTo(1, 5);
  });

  it('are forgotten after a month, with their thumbnails', async () => {
    const { hash } = engine.library.photos.contentOf((await ids())['0.jpg']);
    rmSync(join(one, 'trip/0.jpg'));
    await index();
    expect(engine.library.contents.withHash(hash)).toBeDefined();
    expect(engine.library.thumbnails.get(hash)).toBeDefined();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31 * 24 * 3_600_000 });
    await index();
    expect(engine.library.contents.withHash(hash)).toBeUndefined();
    expect(engine.library.thumbnails.get(hash)).toBeUndefined();
    expect(engine.library.contents.count()).toBe(3);
  });

  it('are the first whose statistics make room', async () => {
    const { library } = engine;
    const key = engine.serving?.generation.extractionKey ?? '';
    const first = library.photos.contentOf((await ids())['0.jpg']).id;
    rmSync(join(one, 'trip/0.jpg'));
    await index();
    const each = library.cacheBytes() / 4;
    await engine.call('changeSettings', { cacheBudgetBytes: 3.5 * each });
    expect(library.powerMeans.has(first, key)).toBe(false);
    expect(library.powerMeans.count(key)).toBe(3);
  });

  it('leave room for new photos when the cache is full', async () => {
    const { library } = engine;
    const key = engine.serving?.generation.extractionKey ?? '';
    await engine.call('changeSettings', { cacheBudgetBytes: library.cacheBytes() });
    rmSync(join(one, 'trip/0.jpg'));
    await index();
    await writePhoto(join(two, 'new.jpg'), 77);
    await index();
    const { id } = library.photos.contentOf((await ids())['new.jpg']);
    expect(library.powerMeans.has(id, key)).toBe(true);
    expect(library.powerMeans.count(key)).toBe(4);
  });

  it('are forgotten at once with a folder that a person removes', async () => {
    const { hash } = engine.library.photos.contentOf((await ids())['0.jpg']);
    const [folder] = await engine.call('folders', {});
    expect(await engine.call('removeFolder', { folderId: folder.id })).toEqual({ forgotten: 4 });
    expect(engine.library.contents.withHash(hash)).toBeUndefined();
    expect(engine.serving?.index.size).toBe(0);
  });
});

describe('a photo whose content changes', () => {
  it('keeps its id; what was computed of the picture before serves when that comes back', async () => {
    const before = await ids();
    const original = join(small.root, 'original.jpg');
    copyFileSync(join(one, 'trip/0.jpg'), original);
    await writePhoto(join(one, 'trip/0.jpg'), 42);
    expect(await index()).toMatchObject({ indexed: 1, unchanged: 3, photos: 4 });
    expect(await ids()).toEqual(before);
    expect(engine.serving?.index.size).toBe(4);
    const computed = vi.spyOn(engine.library.powerMeans, 'add');
    copyFileSync(original, join(one, 'trip/0.jpg'));
    await index();
    expect(await ids()).toEqual(before);
    expect(engine.serving?.index.size).toBe(4);
    expect(computed).not.toHaveBeenCalled();
  });

  it('is taken out when it becomes unreadable, and listed', async () => {
    writeFileSync(join(one, 'trip/0.jpg'), 'no photo any more');
    expect(await index()).toMatchObject({ photos: 3, skippedCount: 1 });
    expect(engine.serving?.index.size).toBe(3);
  });
});
