import { spawnSync } from 'node:child_process';
import { closeSync, cpSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Engine } from '../../src-main/engine/index.ts';
import type { Mount } from '../../src-main/library/index.ts';
import { writePhoto } from '../fixtures/photo-files.ts';
import { smallLibrary, type SmallLibrary } from '../fixtures/small-library.ts';

let small: SmallLibrary;
let engine: Engine;
let path: string;
let mounts: Mount[];

/** The system tells within two seconds; a machine that is busy with other tests may take longer. */
const patience = { timeout: 20_000, interval: 50 };

beforeEach(async () => {
  mounts = [{ mountPoint: '/', root: '/', volume: 'uuid:system', isSure: true, isRemote: false }];
  small = await smallLibrary(4, 64, { knownDevice: true, watch: true, volumes: () => mounts });
  ({ engine } = small);
  path = join(small.root, 'photos');
  for (let i = 0; i < 2; i++) await writePhoto(join(path, 'trip', `${i}.jpg`), i);
  await engine.call('addFolder', { path });
  await shows(['trip/0.jpg', 'trip/1.jpg']);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await small.close();
});

async function shown(): Promise<string[]> {
  const { photos } = await engine.call('photos', { offset: 0, limit: 1000, order: 'path' });
  return photos.map(({ directory, name }) => [directory, name].filter(Boolean).join('/')).sort();
}

/** Waits until exactly these photos are in the library and in the search. */
async function shows(files: string[]): Promise<void> {
  await vi.waitFor(async () => {
    expect(await shown()).toEqual(files);
    expect(engine.serving?.index.size).toBe(files.length);
  }, patience);
}

describe('while Semblance runs', () => {
  it('a file that appears, changes, is renamed or goes is noticed by itself', async () => {
    expect((await engine.call('status', {})).watching).toEqual({ state: 'watching', detail: '' });
    await writePhoto(join(path, 'new.jpg'), 5);
    await shows(['new.jpg', 'trip/0.jpg', 'trip/1.jpg']);
    const { photos } = await engine.call('photos', { offset: 0, limit: 1, order: 'path' });
    const before = engine.library.photos.contentOf(photos[0].id);
    await writePhoto(join(path, 'new.jpg'), 6);
    await vi.waitFor(() => {
      expect(engine.library.photos.contentOf(photos[0].id)).not.toEqual(before);
    }, patience);
    renameSync(join(path, 'new.jpg'), join(path, 'trip/2.jpg'));
    await shows(['trip/0.jpg', 'trip/1.jpg', 'trip/2.jpg']);
    expect((await engine.call('photo', { photoId: photos[0].id })).path).toBe(join(path, 'trip/2.jpg'));
    rmSync(join(path, 'trip/0.jpg'));
    await shows(['trip/1.jpg', 'trip/2.jpg']);
  });

  it('a directory that is moved in comes with all that it holds, and goes with it', async () => {
    await writePhoto(join(small.root, 'elsewhere/deep/a.jpg'), 7);
    await writePhoto(join(small.root, 'elsewhere/b.jpg'), 8);
    renameSync(join(small.root, 'elsewhere'), join(path, 'moved in'));
    await shows(['moved in/b.jpg', 'moved in/deep/a.jpg', 'trip/0.jpg', 'trip/1.jpg']);
    renameSync(join(path, 'moved in'), join(path, 'trip/within'));
    await shows(['trip/0.jpg', 'trip/1.jpg', 'trip/within/b.jpg', 'trip/within/deep/a.jpg']);
    // What came with a directory is watched, too.
    await writePhoto(join(path, 'trip/within/deep/c.jpg'), 9);
    await shows([
      'trip/0.jpg',
      'trip/1.jpg',
      'trip/within/b.jpg',
      'trip/within/deep/a.jpg',
      'trip/within/deep/c.jpg',
    ]);
    rmSync(join(path, 'trip/within'), { recursive: true });
    await shows(['trip/0.jpg', 'trip/1.jpg']);
  });

  it('a change is noticed although the catalogue could not be asked where to look', async () => {
    const asked = vi.spyOn(engine.library.files, 'directoriesOf').mockImplementationOnce(() => {
      throw new Error('the disk does not answer');
    });
    rmSync(join(path, 'trip/0.jpg'));
    await shows(['trip/1.jpg']);
    expect(asked).toHaveBeenCalled();
  });

  it('only the places of a change are looked at', async () => {
    const asked = vi.spyOn(engine.library.files, 'filesIn');
    await writePhoto(join(path, 'new.jpg'), 5);
    await shows(['new.jpg', 'trip/0.jpg', 'trip/1.jpg']);
    expect(new Set(asked.mock.calls.map(([, directory]) => directory))).toEqual(new Set(['']));
  });

  it('many files that come at once are a few jobs', async () => {
    await writePhoto(join(small.root, 'burst/0.jpg'), 1000);
    for (let i = 1; i < 400; i++) cpSync(join(small.root, 'burst/0.jpg'), join(small.root, `burst/${i}.jpg`));
    const before = engine.jobs.list().at(-1)?.id ?? 0;
    mkdirSync(join(path, 'burst'));
    for (let i = 0; i < 400; i++) cpSync(join(small.root, `burst/${i}.jpg`), join(path, `burst/${i}.jpg`));
    await vi.waitFor(async () => expect(await shown()).toHaveLength(402), { timeout: 25_000, interval: 100 });
    await engine.jobs.idle();
    // Each may be followed by one that looks for neighbours.
    expect((engine.jobs.list().at(-1)?.id ?? 0) - before).toBeLessThan(30);
  });

  it('a file that is still being written is read when it is complete', async () => {
    await writePhoto(join(small.root, 'slow.jpg'), 12);
    const bytes = readFileSync(join(small.root, 'slow.jpg'));
    const file = openSync(join(path, 'slow.jpg'), 'w');
    const step = Math.ceil(bytes.length / 8);
    for (let at = 0; at < bytes.length; at += step) {
      writeSync(file, bytes.subarray(at, at + step));
      await new Promise((next) => setTimeout(next, 250));
      expect((await engine.call('problems', { offset: 0, limit: 10 })).total).toBe(0);
    }
    closeSync(file);
    await shows(['slow.jpg', 'trip/0.jpg', 'trip/1.jpg']);
    expect((await engine.call('problems', { offset: 0, limit: 10 })).total).toBe(0);
  });

  it('what the patterns leave out begins no job, nor does the library’s own writing', async () => {
    const [{ id: folderId }] = await engine.call('folders', {});
    await engine.call('changeFolder', { folderId, patterns: 'drafts/' });
    await engine.jobs.idle();
    const before = engine.jobs.list().at(-1)?.id;
    await writePhoto(join(path, 'drafts/a.jpg'), 20);
    await writePhoto(join(path, '.hidden/b.jpg'), 21);
    await engine.call('changeSettings', { lowPriority: true });
    await new Promise((later) => setTimeout(later, 2500));
    expect(engine.jobs.list().at(-1)?.id).toBe(before);
  });

  it('nothing is noticed once a person has turned that off, and all of it when it is on again', async () => {
    await engine.call('changeSettings', { watch: false });
    expect((await engine.call('status', {})).watching.state).toBe('off');
    await engine.jobs.idle();
    const before = engine.jobs.list().length;
    await writePhoto(join(path, 'off.jpg'), 30);
    await new Promise((later) => setTimeout(later, 2500));
    expect(engine.jobs.list()).toHaveLength(before);
    expect(await shown()).not.toContain('off.jpg');
    await engine.call('changeSettings', { watch: true });
    await shows(['off.jpg', 'trip/0.jpg', 'trip/1.jpg']);
  });
});

describe('a folder that goes and comes', () => {
  it('is marked by itself, and followed to where it comes back', async () => {
    const drive = join(small.root, 'drive');
    await writePhoto(join(drive, 'd.jpg'), 40);
    const mount = { mountPoint: drive, root: '/', volume: 'uuid:drive', isSure: true, isRemote: false };
    mounts = [...mounts, mount];
    await engine.call('addFolder', { path: drive });
    await shows(['d.jpg', 'trip/0.jpg', 'trip/1.jpg']);
    const heard: string[] = [];
    engine.subscribe(({ event }) => heard.push(event));
    const other = join(small.root, 'other');
    renameSync(drive, join(small.root, 'drawer'));
    mkdirSync(drive);
    mounts = mounts.slice(0, 1);
    const offline = async (): Promise<boolean | undefined> =>
      (await engine.call('folders', {})).find(({ photos }) => photos === 1)?.available === false;
    await vi.waitFor(async () => expect(await offline()).toBe(true), patience);
    await vi.waitFor(() => expect(heard).toContain('libraryChanged'), patience);
    await shows(['d.jpg', 'trip/0.jpg', 'trip/1.jpg']);
    renameSync(join(small.root, 'drawer'), other);
    await writePhoto(join(other, 'e.jpg'), 41);
    mounts = [...mounts, { ...mount, mountPoint: other }];
    await shows(['d.jpg', 'e.jpg', 'trip/0.jpg', 'trip/1.jpg']);
    expect(await offline()).toBe(false);
    expect((await engine.call('folders', {})).map((folder) => folder.path)).toContain(other);
  });
});

describe('a folder that the system tells nothing of', () => {
  it('is looked at now and then, and status says why', async () => {
    mounts = [{ ...mounts[0], isRemote: true }];
    await writePhoto(join(small.root, 'far/f.jpg'), 50);
    await engine.call('addFolder', { path: join(small.root, 'far') });
    await shows(['f.jpg', 'trip/0.jpg', 'trip/1.jpg']);
    const { state, detail } = (await engine.call('status', {})).watching;
    expect(state).toBe('rescanning');
    expect(detail).toMatch(/far: changes made on other machines/);
  });
});

/** A world in which root may set limits for itself alone. */
const ownWorld = ['-Ur', 'sh', '-c'];
const canLimit =
  process.platform === 'linux' &&
  spawnSync('unshare', [...ownWorld, 'true'], { stdio: 'ignore' }).status === 0;

describe.skipIf(!canLimit)(
  'where the system watches no more folders (skipped where its limits cannot be set)',
  () => {
    it('they are looked at now and then, and status says what to raise', () => {
      for (let i = 0; i < 20; i++) mkdirSync(join(path, String(i)));
      const [fixture, library] = [
        join(import.meta.dirname, '../fixtures/watch-status.ts'),
        join(small.root, 'other'),
      ];
      const command = 'echo 8 > /proc/sys/user/max_inotify_watches && exec "$0" "$@"';
      const { stdout } = spawnSync(
        'unshare',
        [...ownWorld, command, process.execPath, fixture, library, path],
        {
          encoding: 'utf8',
        },
      );
      expect(JSON.parse(stdout)).toMatchObject({
        state: 'rescanning',
        detail: expect.stringContaining('fs.inotify.max_user_watches') as string,
      });
    });
  },
);
