import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultRecipe, withModel } from '../../src-main/contract/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { installedModels } from '../../src-main/vision/index.ts';
import { testPicture } from '../../src-main/vision/test-picture.ts';
import { smallLibrary } from '../fixtures/small-library.ts';

let root: string;
let engine: Engine;
let close: () => Promise<void>;
const models = () => process.env['SEMBLANCE_MODELS']!;
const names = () => installedModels().map(({ info }) => info.name);

async function writePictures(folder: string, count: number): Promise<void> {
  for (let number = 0; number < count; number++) {
    const size = { width: 160 + 4 * number, height: 120 };
    await sharp(testPicture(size), { raw: { ...size, channels: 3 } })
      .modulate({ hue: 14 * number, brightness: 0.7 + number / 40 })
      .toFile(path.join(folder, `${number}.jpg`));
  }
}

async function index(folder: string): Promise<void> {
  await engine.index([await engine.call('addFolder', { path: folder })]).ended;
}

async function ended(job: Promise<{ id: number }>) {
  const { id } = await job;
  await engine.jobs.idle();
  return engine.jobs.list().find((each) => each.id === id)!;
}

beforeAll(async () => {
  ({ root, engine, close } = await smallLibrary(16, 128));
});

afterAll(() => close());

describe("a model's eight-bit copy", () => {
  it('is not begun with before there are photos to calibrate it on', async () => {
    await expect(engine.call('makeEightBit', { name: 'own', leastGain: 0 })).rejects.toMatchObject({
      code: 'not-enough-photos',
    });
    await expect(engine.call('makeEightBit', { name: 'nobody', leastGain: 0 })).rejects.toMatchObject({
      code: 'no-model',
    });
    const folder = mkdtempSync(path.join(root, 'photos-'));
    await writePictures(folder, 26);
    await index(folder);
  });

  it('is not kept where the processor gains less from it than is asked for', async () => {
    const job = await ended(engine.call('makeEightBit', { name: 'own', leastGain: 100 }));
    expect(job).toMatchObject({ state: 'failed', error: { code: 'not-available' } });
    expect(job.error?.message).toMatch(/times as fast, which is not worth another model/);
    expect(names()).toEqual(['default', 'own']);
  });

  it('is not made while too few of the photos can be read', async () => {
    const [{ path: photos }] = await engine.call('folders', {});
    renameSync(photos, `${photos}-away`);
    try {
      const job = await ended(engine.call('makeEightBit', { name: 'own', leastGain: 0 }));
      expect(job.error?.code).toBe('not-enough-photos');
    } finally {
      renameSync(`${photos}-away`, photos);
    }
    expect(names()).toEqual(['default', 'own']);
  });

  it('can be cancelled, and nothing of it stays', async () => {
    const job = await engine.call('makeEightBit', { name: 'own', leastGain: 0 });
    await new Promise<void>((resolve) => {
      const stop = engine.subscribe((event) => {
        if (event.event !== 'job' || event.data.id !== job.id || event.data.step !== 'Calibrating') return;
        stop();
        resolve();
      });
    });
    await engine.call('cancelJob', { jobId: job.id });
    await engine.jobs.idle();
    expect(engine.jobs.list().find(({ id }) => id === job.id)?.state).toBe('cancelled');
    expect(names()).toEqual(['default', 'own']);
    expect(readdirSync(models()).filter((name) => name.startsWith('.making'))).toEqual([]);
  });

  it('says how like the model and how much faster it is, and describes photos in its place', async () => {
    const before = await engine.call('search', { examples: [{ kind: 'photo', photoId: 1 }], top: 5 });
    const job = await ended(engine.call('makeEightBit', { name: 'own', leastGain: 0 }));
    expect(job).toMatchObject({ state: 'done', error: null });
    expect(job.outcome).toMatch(/^The copy is \d+\.\d times as fast, .* to (99\.\d|100\.0) %\.$/);
    const copy = installedModels().find(({ info }) => info.name === 'own-8bit')!.info;
    const own = installedModels().find(({ info }) => info.name === 'own')!.info;
    expect(copy).toMatchObject({ taps: own.taps, eightBit: { of: 'own', ofSha256: own.sha256 } });
    expect(copy.sizeBytes).toBeLessThan(0.6 * own.sizeBytes);

    const recipe = withModel(engine.recipe, copy);
    expect(recipe).toEqual({ ...engine.recipe, model: 'own-8bit' });
    await engine.call('retune', { recipe, mayRead: true });
    await engine.jobs.idle();
    expect(engine.recipe.model).toBe('own-8bit');
    const after = await engine.call('search', { examples: [{ kind: 'photo', photoId: 1 }], top: 5 });
    expect(after.results[0].photo.id).toBe(before.results[0].photo.id);
    expect(after.results[0].score).toBeCloseTo(before.results[0].score, 2);
  });

  it('takes statistics by place, such as a spatial pyramid, as the model does', async () => {
    const { recipe } = engine;
    const taps = recipe.taps.map((tap) => ({
      ...tap,
      pooling: { kind: 'pyramid' as const, levels: [1, 2] },
    }));
    await engine.call('retune', { recipe: { ...recipe, taps }, mayRead: true });
    await engine.jobs.idle();
    expect(engine.recipe.taps[0].pooling.kind).toBe('pyramid');
    expect(engine.serving?.index.size).toBe(26);
  });

  it('stays with its model while photos are described by it', async () => {
    await expect(engine.call('removeModel', { name: 'own' })).rejects.toThrow("described by 'own-8bit'");
  });

  it('is made once, and of no other copy', async () => {
    for (const name of ['own', 'own-8bit']) {
      const job = await ended(engine.call('makeEightBit', { name, leastGain: 0 }));
      expect(job.error?.code).toBe('invalid-arguments');
    }
    expect(existsSync(path.join(models(), 'own-8bit-8bit'))).toBe(false);
  });

  it('of the default model begins with the statistics that are shipped for it', async () => {
    const { info, graphPath } = installedModels().find(({ info: { name } }) => name === 'default')!;
    const folder = path.join(models(), 'default-8bit');
    const eightBit = { of: 'default', ofSha256: info.sha256, agreement: { mean: 1, least: 1 }, gain: 2 };
    mkdirSync(folder);
    copyFileSync(graphPath, path.join(folder, 'graph.onnx'));
    const copy = { ...info, name: 'default-8bit', sha256: 'that of the copy', eightBit };
    writeFileSync(path.join(folder, 'model.json'), JSON.stringify(copy));
    const other = Engine.open({ libraryPath: path.join(root, 'other-library'), access: 'write' });
    try {
      other.adopt(withModel(defaultRecipe, copy));
      await other.jobs.idle();
      expect(other.serving?.generation).toMatchObject({ fit: 'generic', recipe: { model: 'default-8bit' } });
    } finally {
      await other.close();
    }
  });
});
