/** Libraries of real files move through the engine, as from the window or the terminal. */
import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Job, SearchAnswer } from '../../src-main/contract/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { writePhoto } from '../fixtures/generated-photos.ts';
import { mountObstacle, runMounted } from '../fixtures/mounted.ts';
import type { MovingFullReport, MovingFullTask } from '../fixtures/moving-full-child.ts';
import { type SmallLibrary, smallLibrary } from '../fixtures/small-library.ts';

const child = fileURLToPath(new URL('../fixtures/moving-full-child.ts', import.meta.url));
let small: SmallLibrary;
let first: string;
let second: string;
const others: Engine[] = [];

async function engineOf(name: string, folders: string[]): Promise<Engine> {
  const engine = Engine.open({ libraryPath: join(small.root, name), access: 'write' });
  others.push(engine);
  if (folders.length === 0) return engine;
  engine.adopt(small.engine.recipe);
  await engine.jobs.idle();
  await indexAll(engine, folders);
  return engine;
}

async function indexAll(engine: Engine, folders: string[]): Promise<void> {
  for (const path of folders) {
    const folder = await engine.call('addFolder', { path });
    await engine.index([folder]).ended;
  }
  await engine.jobs.idle();
}

async function ended(engine: Engine, job: Job): Promise<Job | undefined> {
  await engine.jobs.idle();
  return engine.jobs.list().find(({ id }) => id === job.id);
}

function photosOf(engine: Engine) {
  return engine.library.photos.page({ offset: 0, limit: 1000, order: 'path' }).photos;
}

/** What each photo finds, by names. */
async function found(engine: Engine): Promise<unknown[]> {
  const answers: [string, SearchAnswer][] = [];
  for (const { id, name } of photosOf(engine))
    answers.push([name, await engine.call('search', { examples: [{ kind: 'photo', photoId: id }], top: 8 })]);
  return answers
    .map(([name, { results, tier }]) => [
      name,
      tier,
      results.map(({ score, photo }) => [photo.name, score.toFixed(6)]),
    ])
    .sort(([a], [b]) => String(a).localeCompare(String(b)));
}

beforeAll(async () => {
  small = await smallLibrary(8, 64, { knownDevice: true });
  first = join(small.root, 'first');
  second = join(small.root, 'second');
  mkdirSync(second);
  for (let i = 0; i < 10; i++) await writePhoto(first, `${i}.png`, i);
  for (let i = 10; i < 16; i++) await writePhoto(second, `${i}.png`, i);
  for (const name of ['3.png', '4.png']) copyFileSync(join(first, name), join(second, `copy of ${name}`));
  await indexAll(small.engine, [first]);
}, 120_000);

afterAll(async () => {
  for (const engine of others) await engine.close();
  await small.close();
});

describe('A library that is taken in by another', () => {
  it('is searched as if all had been indexed there, and no photo is read', async () => {
    const file = join(small.root, 'first.zip');
    const job = await small.engine.call('exportLibrary', { path: file, thumbnails: true, replace: false });
    expect(await ended(small.engine, job)).toMatchObject({ kind: 'export', state: 'done' });
    const together = await engineOf('together', [second]);
    const numbers = new Map(photosOf(together).map(({ name, id }) => [name, id]));
    const imported = await together.call('importLibrary', { path: file, roots: [], dryRun: false });
    expect(await ended(together, imported)).toMatchObject({ kind: 'import', state: 'done', error: null });
    const scratch = await engineOf('scratch', [second, first]);
    expect(await found(together)).toEqual(await found(scratch));
    for (const { name, id } of photosOf(together)) if (numbers.has(name)) expect(id).toBe(numbers.get(name));
    // Every file is where it was, so that there is nothing to read.
    const again = await together.index(together.library.folders.list()).ended;
    expect(again.summary).toMatchObject({ indexed: 0, unchanged: 18, removed: 0 });
  }, 120_000);

  it('says what is in the file, and where its folders are', async () => {
    const file = join(small.root, 'second.zip');
    await small.engine.call('exportLibrary', { path: file, thumbnails: false, replace: false });
    await small.engine.jobs.idle();
    const roots = [{ from: first, to: second }];
    const { folders, models, photos, thumbnails } = await small.engine.call('inspectExport', {
      path: file,
      roots,
    });
    expect({ photos, thumbnails }).toEqual({ photos: 10, thumbnails: 0 });
    expect(models).toMatchObject([{ name: 'own', isInstalled: true }]);
    expect(folders).toMatchObject([
      { path: first, photos: 10, to: second, isThere: true, found: 0, sampled: 10 },
    ]);
  });

  it('describes photos by the recipe that is in service, from statistics, where the descriptors are others', async () => {
    const file = join(small.root, 'third.zip');
    await small.engine.call('exportLibrary', { path: file, thumbnails: false, replace: false });
    await small.engine.jobs.idle();
    const other = await engineOf('retuned', [second]);
    await other.call('retune', {
      recipe: { ...other.recipe, normalisation: [{ kind: 'power', exponent: 0.5 }] },
      mayRead: false,
    });
    await other.jobs.idle();
    const job = await other.call('importLibrary', { path: file, roots: [], dryRun: false });
    expect(await ended(other, job)).toMatchObject({ state: 'done', error: null });
    const { generation } = other.serving ?? {};
    expect(other.library.generations.missing(generation?.id ?? 0)).toEqual([]);
    expect(other.serving?.index.size).toBe(16);
  }, 120_000);

  it('is the whole library of an engine that had none', async () => {
    const file = join(small.root, 'first.zip');
    const fresh = await engineOf('fresh', []);
    const job = await fresh.call('importLibrary', { path: file, roots: [], dryRun: false });
    expect(await ended(fresh, job)).toMatchObject({ state: 'done', error: null });
    expect(await found(fresh)).toEqual(await found(small.engine));
    expect(fresh.recipe).toEqual(small.engine.recipe);
  });
});

const obstacle = mountObstacle();
describe.skipIf(obstacle !== null)(`A disk that is full (${obstacle ?? 'a tmpfs'})`, () => {
  it('ends an export and an import with a clear error, and nothing half done is left', async () => {
    const disk = join(small.root, 'disk');
    mkdirSync(disk);
    const file = join(small.root, 'first.zip');
    expect(existsSync(file)).toBe(true);
    const task: MovingFullTask = { disk, archive: file };
    const report = (await runMounted(
      { kind: 'small', megabytes: 60 },
      disk,
      child,
      task,
    )) as MovingFullReport;
    const full = { code: 'disk-full', message: expect.stringMatching(/free|full/i) as string };
    expect(report.exporting).toEqual({ failure: full, leftovers: [] });
    expect(report.importing).toEqual({ failure: full, leftovers: [], isUnchanged: true });
    expect(report.afterwards).toEqual({ exported: true, photos: 10 });
    expect(readdirSync(disk)).toEqual([]);
  }, 120_000);
});
