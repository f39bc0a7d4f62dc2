import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conventions, defaultRecipe, type Job, withModel } from '../../src-main/contract/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { addModel } from '../../src-main/vision/index.ts';
import { convolutionalNetwork } from '../fixtures/convolutional-network.ts';

let root: string;
let engine: Engine;
const before = process.env['SEMBLANCE_MODELS'];

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
  root = mkdtempSync(path.join(tmpdir(), 'semblance-profiles-'));
  process.env['SEMBLANCE_MODELS'] = mkdtempSync(path.join(root, 'models-'));
  const file = path.join(root, 'own.onnx');
  writeFileSync(file, convolutionalNetwork({ channels: 8, side: null, activation: 'Relu' }));
  const preprocessing = conventions.imagenet.preprocessing;
  const own = await addModel({ file, name: 'own', preprocessing, layout: null });
  engine = Engine.open({ libraryPath: path.join(root, 'library'), access: 'write' });
  engine.adopt({
    ...withModel(defaultRecipe, own),
    longerSide: 64,
    scales: [1],
    reduction: { kind: 'none' },
  });
  await engine.jobs.idle();
});

afterAll(async () => {
  await engine.close();
  if (before === undefined) delete process.env['SEMBLANCE_MODELS'];
  else process.env['SEMBLANCE_MODELS'] = before;
  rmSync(root, { recursive: true, force: true });
});

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
