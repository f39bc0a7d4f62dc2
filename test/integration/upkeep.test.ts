import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine, version } from '../../src-main/engine/index.ts';
import { writePhoto } from '../fixtures/generated-photos.ts';
import { type SmallLibrary, smallLibrary } from '../fixtures/small-library.ts';

let small: SmallLibrary;
let engine: Engine;
let photos: string;

beforeAll(async () => {
  small = await smallLibrary(8, 64, { knownDevice: true });
  ({ engine } = small);
  photos = path.join(small.root, 'photos');
  for (let number = 0; number < 6; number++) await writePhoto(photos, `${number}.png`, number);
  writeFileSync(path.join(photos, 'empty.jpg'), '');
  writeFileSync(path.join(photos, 'broken.jpg'), Buffer.alloc(500, 'no photo '));
  await engine.index([await engine.call('addFolder', { path: photos })]).ended;
});

afterAll(() => small.close());

describe('files that could not be read', () => {
  it('tell where they lie, as photos do', async () => {
    const { problems } = await engine.call('problems', { offset: 0, limit: 10 });
    for (const { photoId, path: file } of problems)
      expect(await engine.call('fileOf', { photoId })).toEqual({ path: file, offline: false });
    await expect(engine.call('fileOf', { photoId: 10_000 })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('are read again when that is asked for, though the file looks the same, and those of another reason are not', async () => {
    const file = path.join(photos, 'broken.jpg');
    const { problems } = await engine.call('problems', { offset: 0, limit: 10 });
    const code = problems.find((problem) => problem.path === file)?.code;
    const { atime, mtime, size } = statSync(file);
    // The end of a photo tells nothing of it, so that it may be filled up to the same size.
    const photo = readFileSync(path.join(photos, '0.png')).subarray(0, size);
    writeFileSync(file, Buffer.concat([photo, Buffer.alloc(size - photo.length)]));
    utimesSync(file, atime, mtime);
    const [folder] = engine.library.folders.list();
    expect((await engine.index([folder]).ended).summary?.indexed).toBe(0);

    const { id } = await engine.call('retryProblems', { code });
    await engine.jobs.idle();
    const job = engine.jobs.list().find((each) => each.id === id);
    const tried = job?.summary?.skipped.map(({ path: each }) => each).toSorted();
    expect(job?.state).toBe('done');
    // Whatever came of it, it was looked at; the empty file still has its reason.
    expect(tried).toContain(path.join(photos, 'empty.jpg'));
    const after = await engine.call('problems', { offset: 0, limit: 10 });
    const now = after.problems.find((problem) => problem.path === file);
    expect(now?.message).not.toBe(problems.find((problem) => problem.path === file)?.message);
  });
});

describe('the room that a library takes', () => {
  it('is told by what takes it, the most first, with what is free', async () => {
    const { parts, path: folder, freeBytes } = await engine.call('storage', {});
    const bytes = parts.map((part) => part.bytes);
    expect(bytes).toEqual(bytes.toSorted((a, b) => b - a));
    expect(Object.fromEntries(parts.map((part) => [part.kind, part.bytes > 0]))).toMatchObject({
      statistics: true,
      catalogue: true,
      thumbnails: true,
      models: true,
    });
    expect(folder).toBe(engine.library.path);
    expect(freeBytes).toBeGreaterThan(0);
  });
});

describe('what a window showed', () => {
  it('is kept with the library', async () => {
    expect(await engine.call('rememberedView', {})).toBeNull();
    const shown = { view: 'map', order: 'taken', groupBy: 'month', filter: { leastRating: 3 } } as const;
    await engine.call('rememberView', shown);
    await engine.close();
    engine = Engine.open({ libraryPath: path.join(small.root, 'library'), access: 'write' });
    expect(await engine.call('rememberedView', {})).toEqual(shown);
    await engine.close();
  });
});

it('what is new is told of each version, and of this one first', async () => {
  engine = Engine.open({ libraryPath: path.join(small.root, 'library'), access: 'write' });
  const { releases } = await engine.call('changes', {});
  expect(releases[0].version).toBe(version);
  for (const { changes } of releases) expect(changes).not.toEqual([]);
  await engine.close();
});

it('licences are told in full', async () => {
  engine = Engine.open({ libraryPath: path.join(small.root, 'library'), access: 'write' });
  const { own, parts } = await engine.call('licences', {});
  expect(own).toContain('MIT');
  expect(parts).toBe(readFileSync('resources/third-party-notices.txt', 'utf8'));
  await engine.close();
});
