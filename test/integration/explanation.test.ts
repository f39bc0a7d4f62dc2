import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Example, Explanation, PhotoSummary, Recipe } from '../../src-main/contract/index.ts';
import { Engine, modelNamed } from '../../src-main/engine/index.ts';
import { machineStamp, processor, storeReport } from '../../src-main/vision/index.ts';
import { writePhotos } from '../e2e/photos.ts';

const grocery = resolve('../shared/data/grocery');
const hasRealPhotos = existsSync(grocery);
const pairs = 50;

let root: string;
let photosFolder: string;
let engine: Engine;
let photos: PhotoSummary[];

/** Two photos of each of some products, or the drawn photos. */
async function writeSample(folder: string): Promise<void> {
  if (!hasRealPhotos) {
    await writePhotos(folder);
    return;
  }
  mkdirSync(folder, { recursive: true });
  for (const product of readdirSync(grocery).slice(0, 14)) {
    if (!existsSync(join(grocery, product)) || product.includes('.')) continue;
    for (const name of readdirSync(join(grocery, product))
      .filter((each) => each.endsWith('.jpg'))
      .slice(0, 2)) {
      cpSync(join(grocery, product, name), join(folder, `${product}-${basename(name)}`));
    }
  }
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'semblance-reasons-'));
  photosFolder = join(root, 'photos');
  await writeSample(photosFolder);
  engine = Engine.open({ libraryPath: join(root, 'library'), access: 'write' });
  const device = { probedAtMs: 0, machine: machineStamp(), chosen: processor, devices: [] };
  storeReport(modelNamed('default'), { model: 'default', ...device });
  await engine.call('addFolder', { path: photosFolder });
  await engine.index(engine.library.folders.toScan()).ended;
  ({ photos } = await engine.call('photos', { offset: 0, limit: 100, order: 'path' }));
}, 120_000);

afterAll(async () => {
  await engine.close();
  rmSync(root, { recursive: true, force: true });
});

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

/** How far the parts are from the score, on either side. */
function errorsOf({ score, examples, result }: Explanation): number[] {
  return [
    sum(result.heatMap.cells) + result.constant - score,
    sum(result.parts.map(({ share }) => share)) + result.constant - score,
    sum(examples.map(({ share }) => share)) - score,
    ...examples.map(({ share, heatMap, constant }) => sum(heatMap.cells) + constant - share),
  ].map(Math.abs);
}

async function scoreOf(examples: Example[], photoId: number): Promise<number | undefined> {
  const { results } = await engine.call('search', { examples, top: 1000 });
  return results.find(({ photo }) => photo.id === photoId)?.score;
}

async function apply(change: (recipe: Recipe) => Recipe): Promise<void> {
  await engine.call('retune', { recipe: change(engine.recipe), mayRead: false });
  await engine.jobs.idle();
}

function photoExample(photo: PhotoSummary): Example {
  return { kind: 'photo', photoId: photo.id };
}

describe(`the reasons of matches among ${hasRealPhotos ? 'real' : 'drawn'} photos`, () => {
  it(`add up to the score within 1e-4, on both pictures of ${pairs} pairs`, async () => {
    const errors: number[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      const query = photos[pair % photos.length];
      const result = photos[(pair + 1 + Math.floor(pair / photos.length)) % photos.length];
      const explanation = await engine.call('explain', {
        examples: [photoExample(query)],
        photoId: result.id,
      });
      expect(explanation.approximate).toBe(false);
      expect(explanation.score).toBeCloseTo((await scoreOf([photoExample(query)], result.id)) ?? NaN, 6);
      errors.push(...errorsOf(explanation));
    }
    expect(Math.max(...errors)).toBeLessThan(1e-4);
  }, 240_000);

  it('name every tap at every scale of the recipe', async () => {
    const { result } = await engine.call('explain', {
      examples: [photoExample(photos[0])],
      photoId: photos[1].id,
    });
    const { taps, scales } = engine.recipe;
    expect(result.parts.map(({ tap, scale }) => `${tap} ${scale}`)).toEqual(
      scales.flatMap((scale) => taps.map(({ name }) => `${name} ${scale}`)),
    );
  });

  it('are the same for a photo of the library and for its file from elsewhere', async () => {
    const path = join(photosFolder, photos[2].directory, photos[2].name);
    const bytes = new Uint8Array(readFileSync(path));
    const photoId = photos[3].id;
    const known = await engine.call('explain', { examples: [photoExample(photos[2])], photoId });
    const given = await engine.call('explain', {
      examples: [{ kind: 'bytes', name: 'given.jpg', bytes }],
      photoId,
    });
    expect(given.score).toBeCloseTo(known.score, 6);
    given.examples[0].heatMap.cells.forEach((cell, i) =>
      expect(cell).toBeCloseTo(known.examples[0].heatMap.cells[i], 6),
    );
  });

  it('add up for several examples, wanted and unwanted', async () => {
    const examples: Example[] = [
      photoExample(photos[0]),
      { ...photoExample(photos[5]), weight: 0.5 },
      { ...photoExample(photos[9]), weight: -0.4 },
    ];
    const explanation = await engine.call('explain', { examples, photoId: photos[1].id });
    expect(explanation.examples).toHaveLength(3);
    expect(Math.max(...errorsOf(explanation))).toBeLessThan(1e-4);
    expect(explanation.score).toBeCloseTo((await scoreOf(examples, photos[1].id)) ?? NaN, 6);
  });

  it('have a heat map as wide for its height as the picture', async () => {
    const { result } = await engine.call('explain', {
      examples: [photoExample(photos[0])],
      photoId: photos[1].id,
    });
    const { columns, rows, cells } = result.heatMap;
    expect(cells).toHaveLength(columns * rows);
    expect(columns / rows).toBeCloseTo(photos[1].width / photos[1].height, 1);
  });

  it('are refused for a file that has changed since it was indexed', async () => {
    const path = join(photosFolder, photos[4].directory, photos[4].name);
    const before = readFileSync(path);
    writeFileSync(path, Buffer.concat([before, Buffer.from('x')]));
    await expect(
      engine.call('explain', { examples: [photoExample(photos[0])], photoId: photos[4].id }),
    ).rejects.toMatchObject({
      code: 'changed-while-reading',
      message: expect.stringMatching(/Index its folder again/) as string,
    });
    writeFileSync(path, before);
  });

  it('are refused for a photo on a drive that is away, with what to do', async () => {
    const isHere = vi.spyOn(engine.library.places, 'isHere').mockReturnValue(false);
    await expect(
      engine.call('explain', { examples: [photoExample(photos[0])], photoId: photos[1].id }),
    ).rejects.toMatchObject({
      code: 'not-available',
      message: expect.stringMatching(/Connect the drive/) as string,
    });
    isHere.mockRestore();
  });

  it('of a crop are about the crop, and ignored areas have none', async () => {
    const crop = { left: 0.25, top: 0.25, width: 0.5, height: 0.25 };
    const ignored = [{ left: 0.25, top: 0.25, width: 0.25, height: 0.25 }];
    const examples: Example[] = [{ ...photoExample(photos[0]), crop, ignored }];
    const explanation = await engine.call('explain', { examples, photoId: photos[1].id });
    expect(explanation.approximate).toBe(false);
    expect(Math.max(...errorsOf(explanation))).toBeLessThan(1e-4);
    const { columns, rows, cells } = explanation.examples[0].heatMap;
    expect(columns / rows).toBeCloseTo((2 * photos[0].width) / photos[0].height, 0);
    const left = cells.filter((_, i) => i % columns < columns / 2 - 3);
    expect(left.every((cell) => cell === 0)).toBe(true);
    expect(cells.some((cell) => cell !== 0)).toBe(true);
  });

  it('follow the whitening strength of the query', async () => {
    const examples = [photoExample(photos[0])];
    const question = { examples, photoId: photos[1].id };
    const usual = await engine.call('explain', question);
    const thing = await engine.call('explain', { ...question, whitening: 0.0005 });
    expect(thing.score).not.toBeCloseTo(usual.score, 2);
    expect(thing.approximate).toBe(false);
    expect(Math.max(...errorsOf(thing))).toBeLessThan(1e-4);
    const { results } = await engine.call('search', { examples, whitening: 0.0005, top: 1000 });
    expect(thing.score).toBeCloseTo(results.find(({ photo }) => photo.id === photos[1].id)?.score ?? NaN, 5);
  });

  it('still add up, and are called approximate, once the recipe has a step that is not linear', async () => {
    await apply((recipe) => ({ ...recipe, normalisation: [{ kind: 'power', exponent: 0.5 }] }));
    const explanation = await engine.call('explain', {
      examples: [photoExample(photos[0])],
      photoId: photos[1].id,
    });
    expect(explanation.approximate).toBe(true);
    expect(Math.max(...errorsOf(explanation))).toBeLessThan(1e-4);
  }, 180_000);
});
