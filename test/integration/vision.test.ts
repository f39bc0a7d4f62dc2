import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultRecipe } from '../../src-main/contract/index.ts';
import {
  attentionOfMap,
  gemOfMap,
  powerMeanNodes,
  pyramidOfMap,
  statisticLength,
  type TapStatistic,
} from '../../src-main/descriptor/index.ts';
import { type InstalledModel, installedModels, Vision } from '../../src-main/vision/index.ts';

const { longerSide, scales, taps } = defaultRecipe;
const powerMeans = (name: string) => ({ name, statistic: { kind: 'power-means' as const } });
const settings = { longerSide, scales, taps: taps.map(({ name }) => powerMeans(name)) };
const folder = mkdtempSync(path.join(tmpdir(), 'semblance-vision-'));
const unknown = () => false;

function file(name: string, bytes: Uint8Array): string {
  const made = path.join(folder, name);
  writeFileSync(made, bytes);
  return made;
}

function stripes(width: number, height: number): Promise<Buffer> {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => 128 + 127 * Math.sin(i / 29));
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg()
    .toBuffer();
}

let vision: Vision;
let model: InstalledModel;

beforeAll(async () => {
  model = installedModels().find(({ info }) => info.name === 'default')!;
  vision = await Vision.start({ model, settings, workers: 2 });
});

afterAll(async () => {
  await vision.close();
  rmSync(folder, { recursive: true });
});

describe('reading photos', () => {
  it('gives size, hash, thumbnail and finite power means of the layout', async () => {
    const bytes = await stripes(600, 400);
    const reading = await vision.extractFile(file('stripes.jpg', bytes), unknown);
    expect(reading.contentHash).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(reading.sizeBytes).toBe(bytes.length);
    const { width, height, format, thumbnail, powerMeans } = reading.extraction!;
    expect([width, height, format]).toEqual([600, 400, 'jpeg']);
    expect((await sharp(thumbnail).metadata()).width).toBe(320);
    const channels = vision.layout.taps.reduce((sum, tap) => sum + tap.channels, 0);
    expect(powerMeans.length).toBe(vision.layout.scales * 7 * channels);
    expect(powerMeans.every(Number.isFinite)).toBe(true);
  });

  it('gives a query the numbers of the file with the same content', async () => {
    const bytes = await stripes(333, 257);
    const { extraction } = await vision.extractFile(file('same.jpg', bytes), unknown);
    expect(await vision.extractBytes(bytes, 'query')).toEqual(extraction);
  });

  it('does not decode what is known', async () => {
    const path = file('known.jpg', await stripes(50, 50));
    const asked: string[] = [];
    const reading = await vision.extractFile(path, (hash) => asked.push(hash) > 0);
    expect(reading.extraction).toBeNull();
    expect(asked).toEqual([reading.contentHash]);
  });

  it('rejects when the question whether content is known fails', async () => {
    const path = file('fails.jpg', await stripes(50, 50));
    const failing = () => {
      throw new Error('the library is gone');
    };
    await expect(vision.extractFile(path, failing)).rejects.toThrow('the library is gone');
  });

  it('serves a query before the files that wait', async () => {
    const bytes = await stripes(200, 200);
    const path = file('queue.jpg', bytes);
    let read = 0;
    const files = Array.from({ length: 40 }, () => vision.extractFile(path, unknown).then(() => read++));
    await vision.extractBytes(bytes, 'query.jpg');
    expect(read).toBeLessThan(20);
    await Promise.all(files);
  });

  it.each([
    ['empty.jpg', new Uint8Array(), 'empty-file'],
    ['text.png', Buffer.from('no picture'), 'unsupported-format'],
    ['LICENSE', Buffer.from('no picture'), 'not-a-photo'],
  ])('says why %s cannot be read, and of which file', async (name, bytes, code) => {
    const path = file(name, bytes);
    await expect(vision.extractFile(path, unknown)).rejects.toMatchObject({ code, photo: path });
  });

  it('says which photo is damaged', async () => {
    const bytes = await stripes(300, 300);
    const path = file('cut.jpg', bytes.subarray(0, bytes.length / 2));
    await expect(vision.extractFile(path, unknown)).rejects.toMatchObject({ code: 'truncated', photo: path });
  });

  it('sees a dot as well as a hair', async () => {
    for (const [width, height] of [
      [1, 1],
      [1, 2000],
      [2000, 1],
    ]) {
      const { powerMeans } = await vision.extractBytes(await stripes(width, height), 'odd.jpg');
      expect(powerMeans.every(Number.isFinite)).toBe(true);
    }
  });
});

describe('poolings that need positions', () => {
  const tap = 'b10e_s16';
  const levels = [1, 2, 4];
  const weights = (channels: number) => ({
    hidden: 4,
    channels,
    w1: Float32Array.from({ length: 4 * channels }, (_, i) => Math.sin(i)),
    b1: Float32Array.of(0.1, 0.2, -0.1, 0),
    w2: Float32Array.of(0.5, -0.5, 1, -1),
    b2: 0,
  });
  let positional: Vision;

  beforeAll(async () => {
    const statistics: TapStatistic[] = [
      { kind: 'power-means' },
      { kind: 'pyramid', levels },
      { kind: 'attention', weights: weights(384) },
    ];
    positional = await Vision.start({
      model,
      settings: {
        longerSide: 320,
        scales: [1, 0.5],
        taps: statistics.map((statistic) => ({ name: tap, statistic })),
      },
      workers: 1,
    });
  });

  afterAll(() => positional.close());

  it('agree with pooling in JavaScript of the maps that learning gets', async () => {
    const bytes = await stripes(400, 300);
    const { powerMeans: values } = await positional.extractBytes(bytes, 'stripes.jpg');
    const maps = await positional.extractMaps({ bytes, name: 'stripes.jpg' }, [tap]);
    const expected = maps.flatMap(([{ map, channels, height, width }]) => [
      ...[...powerMeanNodes, Infinity].map((p) => gemOfMap(map, channels, height * width, p)),
      pyramidOfMap(map, channels, height, width, levels),
      attentionOfMap(map, channels, height * width, weights(channels)),
    ]);
    expect(values).toHaveLength(2 * 384 * (7 + 21 + 1));
    Float32Array.from(expected.flatMap((part) => [...part])).forEach((value, i) =>
      expect(Math.abs(values[i] - value)).toBeLessThan(1e-4 * (1 + value)),
    );
    const lengths = positional.layout.taps.map(({ statistic, channels }) =>
      statisticLength(statistic, channels),
    );
    expect(lengths).toEqual([7 * 384, 21 * 384, 384]);
  });

  it('leave maps of any tap and scale to learning, from files too', async () => {
    const photo = file('maps.jpg', await stripes(320, 240));
    const [[top, near]] = await positional.extractMaps(photo, ['top_s32', 'b3e_s4'], [0.5]);
    expect([top.channels, top.height, top.width]).toEqual([1280, 4, 5]);
    expect([near.channels, near.height, near.width]).toEqual([144, 30, 40]);
    expect(near.map).toHaveLength(144 * 30 * 40);
    const [, [smaller]] = await positional.extractMaps(photo, ['b3e_s4']);
    expect(smaller).toEqual(near);
  });

  it('say which photo gives no maps, or which tap', async () => {
    const photo = file('no-maps.png', Buffer.from('no picture'));
    await expect(positional.extractMaps(photo, [tap])).rejects.toMatchObject({
      code: 'unsupported-format',
      photo,
    });
    await expect(positional.extractMaps(photo, ['b99'])).rejects.toThrow("no tap 'b99'");
  });

  it('are refused at the start when they do not suit the tap or cannot be indexed', async () => {
    const start = (statistic: TapStatistic) =>
      Vision.start({ model, settings: { ...settings, taps: [{ name: tap, statistic }] } });
    await expect(start({ kind: 'attention', weights: weights(7) })).rejects.toMatchObject({
      code: 'recipe-mismatch',
    });
    await expect(start({ kind: 'map' })).rejects.toMatchObject({ code: 'invalid-arguments' });
  });
});

describe('ending', () => {
  it('rejects what is under way, and what comes later', async () => {
    const short = await Vision.start({ model, settings, workers: 1 });
    const reading = expect(short.extractBytes(await stripes(100, 100), 'a.jpg')).rejects.toMatchObject({
      code: 'cancelled',
    });
    await short.close();
    await reading;
    await expect(short.extractFile(folder, unknown)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('refuses to start with a tap or a graph that is not there', async () => {
    const missing = { ...settings, taps: [powerMeans('b99')] };
    await expect(Vision.start({ model, settings: missing })).rejects.toThrow("no tap 'b99'");
    const graphPath = file('broken.onnx', Buffer.from('broken'));
    const broken = Vision.start({ model: { ...model, graphPath }, settings, workers: 2 });
    await expect(broken).rejects.toMatchObject({ code: 'model-invalid' });
  });
});

describe('installed models', () => {
  it('are those that come along, and those in the folder that SEMBLANCE_MODELS names', () => {
    const before = process.env.SEMBLANCE_MODELS;
    try {
      process.env.SEMBLANCE_MODELS = path.join(folder, 'models');
      expect(installedModels().map(({ info }) => info.name)).toEqual(['default']);
      const own = path.join(folder, 'models/own');
      mkdirSync(own, { recursive: true });
      copyFileSync(model.graphPath, path.join(own, 'graph.onnx'));
      writeFileSync(path.join(own, 'model.json'), JSON.stringify({ ...model.info, name: 'own' }));
      expect(installedModels().map(({ info }) => info.name)).toEqual(['default', 'own']);
      writeFileSync(path.join(own, 'model.json'), '{');
      // A damaged one does not stand in the way of the others.
      expect(installedModels().map(({ info }) => info.name)).toEqual(['default']);
    } finally {
      if (before === undefined) delete process.env.SEMBLANCE_MODELS;
      else process.env.SEMBLANCE_MODELS = before;
    }
  });

  it('say where they come from, and what their file is', () => {
    expect(model.info.licence).toBe('Apache-2.0');
    expect(model.info.origin).toContain('@mediapipe/objectron');
    expect(createHash('sha256').update(readFileSync(model.graphPath)).digest('hex')).toBe(model.info.sha256);
  });
});
