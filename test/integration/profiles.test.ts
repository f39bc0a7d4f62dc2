import { mkdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Job } from '../../src-main/contract/index.ts';
import type { Engine } from '../../src-main/engine/index.ts';
import { smallLibrary } from '../fixtures/small-library.ts';

let root: string;
let engine: Engine;
let close: () => Promise<void>;

/** Pictures of one colour each, which are quick to make and to read. */
async function writePictures(folder: string, count: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (let number = 0; number < count; number++) {
    const background = { r: number % 256, g: Math.floor(number / 4), b: 128 };
    await sharp({ create: { width: 40, height: 32, channels: 3, background } })
      .png()
      .toFile(path.join(folder, `${number}.png`));
  }
}

async function index(folder: string): Promise<{ job: Job; steps: string[] }> {
  const steps = new Set<string>();
  const stop = engine.subscribe((event) => {
    if (event.event === 'job' && event.data.kind === 'index') steps.add(event.data.step);
  });
  const job = await engine.index([await engine.call('addFolder', { path: folder })]).ended;
  stop();
  return { job, steps: [...steps] };
}

const times = async (): Promise<(number | null)[]> =>
  (await engine.call('profiles', {})).profiles.map(({ secondsPerPhoto }) => secondsPerPhoto);

beforeAll(async () => {
  ({ root, engine, close } = await smallLibrary(8, 64));
});

afterAll(() => close());

describe('how long each profile takes', () => {
  it('is not known, and cannot be, without photos', async () => {
    expect(await times()).toEqual([null, null, null]);
    await expect(engine.call('timeProfiles', {})).rejects.toMatchObject({ code: 'empty-library' });
  });

  it('is not looked into for a few photos, unless it is asked for', async () => {
    await writePictures(path.join(root, 'few'), 12);
    const { steps } = await index(path.join(root, 'few'));
    expect(steps).not.toContain('Timing the profiles');
    expect(await times()).toEqual([null, null, null]);
    await engine.call('timeProfiles', {});
    await engine.jobs.idle();
    expect((await times()).map((seconds) => seconds! > 0)).toEqual([true, true, true]);
  });

  it('need not be known to take one while photos are being indexed, which then goes on by it', async () => {
    const folder = path.join(root, 'later');
    await writePictures(folder, 40);
    expect((await engine.call('settings', {})).profileAnswered).toBe(false);
    const { ended } = engine.index([await engine.call('addFolder', { path: folder })]);
    await engine.call('useProfile', { name: 'fast' });
    expect((await ended).state).toBe('cancelled');
    await expect.poll(() => engine.library.photos.counts().photos, { timeout: 120_000 }).toBe(12 + 40);
    await engine.jobs.idle();
    const { profiles } = await engine.call('profiles', {});
    expect(profiles.find(({ isCurrent }) => isCurrent)?.name).toBe('fast');
    expect(engine.serving?.index.size).toBe(40);
    expect((await engine.call('settings', {})).profileAnswered).toBe(true);
  }, 180_000);

  it('is measured before many photos are read, and all of them are indexed', async () => {
    // What was measured was for other circumstances.
    engine.library.profileTimes.set({ stamp: 'another machine', secondsPerPhoto: { fast: 1 } });
    expect(await times()).toEqual([null, null, null]);
    await writePictures(path.join(root, 'many'), 512);
    const { job, steps } = await index(path.join(root, 'many'));
    expect(steps).toContain('Timing the profiles');
    expect(job.summary).toMatchObject({ indexed: 512, skipped: [] });
    expect((await times()).every((seconds) => seconds !== null && seconds > 0)).toBe(true);
  });
});
