import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DiskFullReport, DiskFullTask } from '../fixtures/disk-full-child.ts';
import type { WaitingReport } from '../fixtures/waiting-child.ts';
import { writePhoto } from '../fixtures/generated-photos.ts';
import { mountObstacle, runMounted } from '../fixtures/mounted.ts';
import { type SmallLibrary, smallLibrary } from '../fixtures/small-library.ts';

const child = fileURLToPath(new URL('../fixtures/disk-full-child.ts', import.meta.url));
const waitingChild = fileURLToPath(new URL('../fixtures/waiting-child.ts', import.meta.url));
const obstacle = mountObstacle();
const photos = { first: 12, second: 60 };

let small: SmallLibrary;
let report: DiskFullReport;
let waiting: WaitingReport;

describe.skipIf(obstacle !== null)(`a disk without room (${obstacle ?? 'a tmpfs of 8 MB'})`, () => {
  beforeAll(async () => {
    small = await smallLibrary(8, 64);
    const disk = join(small.root, 'disk');
    mkdirSync(disk);
    for (const [name, count] of Object.entries(photos)) {
      for (let i = 0; i < count; i++) await writePhoto(join(small.root, name), `${i}.png`, count * 1000 + i);
    }
    const task: DiskFullTask = {
      libraryPath: join(disk, 'library'),
      first: join(small.root, 'first'),
      second: join(small.root, 'second'),
      recipe: small.engine.recipe,
    };
    report = (await runMounted({ kind: 'small', megabytes: 8 }, disk, child, task)) as DiskFullReport;
    // With room again it has more than is needed, which counts what SQLite needs for its journal.
    const larger = { kind: 'small', megabytes: 40 } as const;
    waiting = (await runMounted(larger, disk, waitingChild, task)) as WaitingReport;
  }, 300_000);

  afterAll(() => small.close());

  const full = { code: 'disk-full', message: expect.stringMatching(/is full\. Free some space/) as string };

  it('is what a library that cannot be made says', () => {
    expect(report.opening).toEqual(full);
  });

  it('ends indexing with a clear error, and what was indexed stays, whole', () => {
    const { error, before, photos: indexed, integrity, temporary } = report.indexing;
    expect(error).toEqual(full);
    expect(before).toBe(photos.first);
    expect(indexed).toBeGreaterThan(photos.first);
    expect(indexed).toBeLessThan(photos.first + photos.second);
    expect(integrity).toEqual(['ok', 'ok']);
    expect(temporary).toEqual([]);
  });

  it('does not keep anybody from searching', () => {
    expect(report.searching).toMatchObject({ isRight: true });
  });

  it('refuses decisions that cannot be kept, and keeps those that were not refused', () => {
    const { failures, acknowledged, kept, backupIsWhole, temporary } = report.deciding;
    expect(failures.length).toBeGreaterThan(0);
    expect(acknowledged.length).toBeGreaterThan(0);
    for (const failure of failures) expect(failure).toEqual(full);
    expect(kept.toSorted()).toEqual(acknowledged.toSorted());
    expect(backupIsWhole).toBe(true);
    expect(temporary.filter((name) => name.startsWith('decisions'))).toEqual([]);
    expect(report.afterwards.tags.toSorted()).toEqual(acknowledged.toSorted());
  });

  it('is waited for while a window is there to say so, and what was indexed can be searched meanwhile', () => {
    expect(waiting.paused).toMatchObject({ kind: 'index', state: 'paused', error: null });
    const { code, neededBytes = 0, freeBytes = 0 } = waiting.paused.obstacle ?? {};
    expect(code).toBe('disk-full');
    expect(freeBytes).toBeLessThan(1_000_000);
    expect(neededBytes).toBeGreaterThan(freeBytes);
    expect(waiting.photosWhilePaused).toBeGreaterThan(photos.first);
    expect(waiting.photosWhilePaused).toBeLessThan(photos.first + photos.second);
    expect(waiting.foundWhilePaused).toBe(3);
    expect(waiting.shownWhilePaused).toBe(waiting.photosWhilePaused);
  });

  it('with room again lets the job that waited go on by itself, to the end', () => {
    expect(waiting.ended).toEqual({ state: 'done', error: null, obstacle: null });
    expect(waiting).toMatchObject({ photos: photos.first + photos.second, problems: 0 });
  });

  it('with room again is as if nothing had been', () => {
    const total = photos.first + photos.second;
    expect(report.afterwards).toMatchObject({
      state: 'done',
      photos: total,
      unread: 0,
      findThemselves: total,
      tier: 'hnsw',
      backup: null,
      integrity: ['ok', 'ok'],
    });
  });
});
