import { fork } from 'node:child_process';
import { mkdtempSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineEvent, Job, Recipe, Reply } from '../../src-main/contract/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { writePhoto } from '../fixtures/generated-photos.ts';
import { type SmallLibrary, smallLibrary } from '../fixtures/small-library.ts';
import { ownJobs } from '../fixtures/own-jobs.ts';

const engineProcess = fileURLToPath(new URL('../../src-main/engine/engine-process.ts', import.meta.url));
const fatalDecoder = fileURLToPath(new URL('../fixtures/fatal-decoder.ts', import.meta.url));

let small: SmallLibrary;
let recipe: Recipe;
let folder: string;
let libraryPath: string;
let photos: string;

beforeAll(async () => {
  small = await smallLibrary(4, 64);
  recipe = small.engine.recipe;
});

afterAll(() => small.close());

beforeEach(async () => {
  folder = mkdtempSync(join(small.root, 'fatal-'));
  libraryPath = join(folder, 'library');
  photos = join(folder, 'photos');
  const engine = Engine.open({ libraryPath, access: 'write' });
  engine.adopt(recipe);
  await engine.jobs.idle();
  await engine.close();
});

/** Runs a real engine whose decoder dies of some photos, until its index job ends or the engine is killed. */
function indexOnce(addFolder: boolean): Promise<Job | 'killed'> {
  const child = fork(engineProcess, ['--library', libraryPath], {
    serialization: 'advanced',
    execArgv: ['--import', fatalDecoder],
  });
  return new Promise((resolve, reject) => {
    let id = 1;
    const ask = (command: string, args: object): void => void child.send({ id: id++, command, args });
    let ended: Job | 'killed' = 'killed';
    child.on('message', (message: Reply | EngineEvent) => {
      if ('event' in message) {
        if (message.event === 'engineState') {
          if (addFolder) ask('addFolder', { path: photos });
          else ask('startIndexing', {});
        } else if (
          message.event === 'job' &&
          message.data.kind === 'index' &&
          message.data.endedAtMs !== null
        ) {
          ended = message.data;
          child.disconnect();
        }
      } else if (!message.ok) reject(new Error(message.error.message));
      else if (message.id === 1 && addFolder) ask('startIndexing', {});
    });
    child.on('exit', () => resolve(ended));
  });
}

describe('a photo that kills the decoder', () => {
  it('is found in a process of its own, and the rest goes on', async () => {
    for (let i = 0; i < 5; i++) await writePhoto(photos, `photo-${i}.png`, i);
    await writePhoto(photos, 'fatal-1.png', 101);
    await writePhoto(photos, 'fatal-2.png', 102);
    // Each crash costs the engine, and nothing else: what was in flight beside it is read again.
    let deaths = 0;
    let job = await indexOnce(true);
    while (job === 'killed' && deaths < 5) {
      deaths += 1;
      job = await indexOnce(false);
    }
    expect(deaths).toBeGreaterThanOrEqual(1);
    expect(deaths).toBeLessThanOrEqual(2);
    expect(job).toMatchObject({ state: 'done', summary: { photos: 5 } });
    const { summary } = job as Job;
    expect(summary?.skipped.map(({ path, code }) => [path, code]).sort()).toEqual([
      [join(photos, 'fatal-1.png'), 'decoder-crashed'],
      [join(photos, 'fatal-2.png'), 'decoder-crashed'],
    ]);
    const engine = Engine.open({ libraryPath, access: 'write' });
    expect(engine.library.inFlight.suspects()).toEqual([]);
    expect(engine.serving?.index.size).toBe(5);
    // Nobody is killed again, as long as the files stay as they are.
    const again = await engine.index(engine.library.folders.list()).ended;
    expect(again).toMatchObject({ state: 'done', summary: { photos: 5, indexed: 0, unchanged: 5 } });
    await engine.close();
  });

  it('is not one that was only in flight beside it', async () => {
    // Files are read in the order of their paths: the slow one is under way when the other one is begun with.
    await writePhoto(photos, 'slow-1.png', 1);
    await writePhoto(join(photos, 'later'), 'fatal-1.png', 2);
    expect(await indexOnce(true)).toBe('killed');
    const between = Engine.open({ libraryPath, access: 'read' });
    expect(
      between.library.inFlight
        .suspects()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['fatal-1.png', 'slow-1.png']);
    await between.close();
    const job = (await indexOnce(false)) as Job;
    expect(job.summary).toMatchObject({ photos: 1, skipped: [{ code: 'decoder-crashed' }] });
  });

  it('is set aside when it kills a reader only once it is read for another recipe', async () => {
    for (let i = 0; i < 4; i++) await writePhoto(photos, `photo-${i}.png`, i);
    await writePhoto(photos, 'good.png', 9);
    let engine = Engine.open({ libraryPath, access: 'write' });
    const added = await engine.call('addFolder', { path: photos });
    await engine.index([added]).ended;
    // The file is the same, but is called as one that kills.
    renameSync(join(photos, 'good.png'), join(photos, 'fatal-1.png'));
    await engine.index([added]).ended;
    engine.library.inFlight.begin({ folderId: added.id, directory: '', name: 'fatal-1.png' });
    await engine.close();
    process.env['NODE_OPTIONS'] = `--import=${fatalDecoder}`;
    try {
      engine = Engine.open({ libraryPath, access: 'write' });
      await engine.call('retune', { recipe: { ...recipe, longerSide: 96 }, mayRead: true });
      await engine.jobs.idle();
    } finally {
      delete process.env['NODE_OPTIONS'];
    }
    expect(ownJobs(engine).map(({ kind, state }) => [kind, state])).toEqual([
      ['extract', 'done'],
      ['fit', 'done'],
      ['build', 'done'],
    ]);
    expect(engine.recipe.longerSide).toBe(96);
    const { problems } = await engine.call('problems', { offset: 0, limit: 10 });
    expect(problems).toMatchObject([{ path: join(photos, 'fatal-1.png'), code: 'decoder-crashed' }]);
    expect(engine.library.photos.counts().photos).toBe(4);
    await engine.close();
  });
});
