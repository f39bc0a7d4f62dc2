/** Searches that are steered: weighted examples, parts of pictures, and another whitening strength. */
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CommandArguments,
  defaultRecipe,
  type Example,
  type Recipe,
  type Rectangle,
  toErrorReport,
} from '../../src-main/contract/index.ts';
import { describeExample, Engine } from '../../src-main/engine/index.ts';
import { folders, photosPerFolder, writePhotos } from '../e2e/photos.ts';

const total = folders.length * photosPerFolder;

let root: string;
let engine: Engine;

const whitened = (epsilon: number): Recipe => ({
  ...defaultRecipe,
  reduction: {
    kind: 'pca',
    dimension: 12,
    whitening: { kind: 'regularised', epsilon },
    shrinkage: 0,
  },
});

async function retune(recipe: Recipe): Promise<void> {
  await engine.call('retune', { recipe, mayRead: false });
  await engine.jobs.idle();
}

async function idOf(name: string): Promise<number> {
  const { photos } = await engine.call('photos', { offset: 0, limit: total, order: 'path' });
  const photo = photos.find((each) => each.name === name);
  if (!photo) throw new Error(`no photo ${name}`);
  return photo.id;
}

const search = (args: Omit<CommandArguments['search'], 'top'>) =>
  engine.call('search', { top: total, ...args });

/** Names and scores in order. */
async function ranked(args: Omit<CommandArguments['search'], 'top'>): Promise<[string, number][]> {
  const { results } = await search(args);
  return results.map(({ photo, score }) => [photo.name, score]);
}

const bytesOf = (bytes: Uint8Array, parts: { crop?: Rectangle; ignored?: Rectangle[] } = {}): Example => ({
  kind: 'bytes',
  name: 'picture',
  bytes: new Uint8Array(bytes),
  ...parts,
});
const photo = async (
  name: string,
  parts: { weight?: number; crop?: Rectangle; ignored?: Rectangle[] } = {},
) => ({
  kind: 'photo' as const,
  photoId: await idOf(name),
  ...parts,
});
const fileOf = (name: string): string => join(root, 'photos', name.split('-')[0], name);

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

/** Two photos side by side. */
async function glued(left: string, right: string): Promise<Buffer> {
  return sharp({ create: { width: 640, height: 240, channels: 3, background: '#000' } })
    .composite([
      { input: fileOf(left), left: 0, top: 0 },
      { input: fileOf(right), left: 320, top: 0 },
    ])
    .png()
    .toBuffer();
}

const leftHalf: Rectangle = { left: 0, top: 0, width: 0.5, height: 1 };
const rightHalf: Rectangle = { ...leftHalf, left: 0.5 };

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'semblance-steering-'));
  await writePhotos(join(root, 'photos'));
  engine = Engine.open({ libraryPath: join(root, 'library'), access: 'write' });
  const folder = await engine.call('addFolder', { path: join(root, 'photos') });
  await engine.index([folder]).ended;
  await engine.jobs.idle();
  await retune(whitened(0.02));
}, 120_000);

afterAll(async () => {
  await engine.close();
  rmSync(root, { recursive: true, force: true });
});

describe('another whitening strength', () => {
  it.each([0, 0.3, 1000])(
    'ranks as a library does whose recipe has the strength %d',
    async (epsilon) => {
      const examples = [{ kind: 'photo' as const, photoId: await idOf('towns-3.jpg') }];
      const filter = { directory: 'towns' };
      const asked = await ranked({ examples, whitening: epsilon });
      const askedFiltered = await ranked({ examples, whitening: epsilon, filter });
      await retune(whitened(epsilon));
      const expected = await ranked({ examples });
      const expectedFiltered = await ranked({ examples, filter });
      await retune(whitened(0.02));
      for (const [found, wanted] of [
        [asked, expected],
        [askedFiltered, expectedFiltered],
      ]) {
        expect(found).toHaveLength(wanted.length);
        const scores = new Map(wanted);
        for (const [name, score] of found)
          expect(Math.abs(score - (scores.get(name) ?? NaN))).toBeLessThan(1e-3);
      }
      expect(asked.slice(0, 5).map(([name]) => name)).toEqual(expected.slice(0, 5).map(([name]) => name));
    },
    120_000,
  );

  it('changes nothing when it is that of the recipe', async () => {
    const examples = [{ kind: 'photo' as const, photoId: await idOf('towns-3.jpg') }];
    const plain = await ranked({ examples });
    const same = await ranked({ examples, whitening: 0.02 });
    expect(same.map(([name]) => name)).toEqual(plain.map(([name]) => name));
    same.forEach(([, score], i) => expect(score).toBeCloseTo(plain[i][1], 5));
  });
});

describe('a picture that is on its way', () => {
  it('finds the network loaded, once there is something to search', async () => {
    expect(await engine.call('prepareSearch', {})).toEqual({ ready: true });
    const empty = Engine.open({ libraryPath: join(root, 'empty'), access: 'write' });
    expect(await empty.call('prepareSearch', {})).toEqual({ ready: false });
    await empty.close();
  });
});

describe('several examples', () => {
  it('in any order and with all weights scaled alike give the same results', async () => {
    const [beach, town, forest] = [
      await photo('beaches-1.jpg'),
      await photo('towns-2.jpg'),
      await photo('forests-3.jpg'),
    ];
    const first = await ranked({
      examples: [
        { ...beach, weight: 1 },
        { ...town, weight: -0.4 },
        { ...forest, weight: 0.2 },
      ],
    });
    const second = await ranked({
      examples: [
        { ...forest, weight: 0.1 },
        { ...beach, weight: 0.5 },
        { ...town, weight: -0.2 },
      ],
    });
    expect(second.map(([name]) => name)).toEqual(first.map(([name]) => name));
    second.forEach(([, score], i) => expect(score).toBeCloseTo(first[i][1], 5));
  });

  it('keep away from what is unwanted', async () => {
    const beach = await photo('beaches-1.jpg');
    const town = await photo('towns-2.jpg');
    const without = await ranked({ examples: [beach, { ...town, weight: -1 }] });
    expect(without[0][0]).toMatch(/^beaches/);
    expect(without.at(-1)?.[0]).toMatch(/^towns/);
  });

  it('that cancel each other are told, with what to do', async () => {
    const beach = await photo('beaches-1.jpg');
    await expect(search({ examples: [beach, { ...beach, weight: -1 }] })).rejects.toMatchObject({
      code: 'invalid-arguments',
      message: /cancel each other.*change a weight/,
    });
  });
});

describe('part of a picture', () => {
  it('is what a file with nothing but that part is', async () => {
    const picture = await glued('beaches-1.jpg', 'towns-2.jpg');
    const crop = { left: 0.55, top: 0.1, width: 0.4, height: 0.8 };
    const cut = await sharp(picture)
      .extract({ left: 352, top: 24, width: 256, height: 192 })
      .png()
      .toBuffer();
    const asked = await describeExample(engine, bytesOf(picture, { crop }));
    expect(cosine(asked, await describeExample(engine, bytesOf(cut)))).toBeGreaterThan(0.9999);
    expect(cosine(asked, await describeExample(engine, bytesOf(picture)))).toBeLessThan(0.95);
  });

  it('is meant of the picture as it is seen, whatever its orientation', async () => {
    const upright = await glued('beaches-1.jpg', 'towns-2.jpg');
    // Orientation 6 says: turn a quarter to the right to see it.
    const turned = await sharp(upright).rotate(270).withMetadata({ orientation: 6 }).png().toBuffer();
    const crop = { left: 0.5, top: 0, width: 0.5, height: 1 };
    const [a, b] = await Promise.all(
      [upright, turned].map((bytes) => describeExample(engine, bytesOf(bytes, { crop }))),
    );
    expect(cosine(a, b)).toBeGreaterThan(0.9999);
  });

  it('of a photo of the library is taken from its file', async () => {
    const crop = { left: 0.2, top: 0.2, width: 0.6, height: 0.6 };
    const ofPhoto = await describeExample(engine, await photo('towns-5.jpg', { crop }));
    const ofFile = await describeExample(engine, bytesOf(readFileSync(fileOf('towns-5.jpg')), { crop }));
    expect(cosine(ofPhoto, ofFile)).toBeGreaterThan(0.9999);
    const { results } = await search({ examples: [await photo('towns-5.jpg', { crop })] });
    expect(results[0].photo.name).toMatch(/^towns/);
  });

  it('of a photo whose file is away, or another one by now, is told, with what to do', async () => {
    const crop = { left: 0, top: 0, width: 0.5, height: 0.5 };
    const asked = await photo('forests-4.jpg', { crop });
    const file = fileOf('forests-4.jpg');
    const content = readFileSync(file);
    writeFileSync(file, readFileSync(fileOf('forests-5.jpg')));
    await expect(search({ examples: [asked] })).rejects.toMatchObject({
      code: 'changed-while-reading',
      message: /Index its folder again/,
    });
    writeFileSync(file, content);
    const photos = join(root, 'photos');
    renameSync(photos, `${photos} away`);
    try {
      await expect
        .poll(() => search({ examples: [asked] }).catch((error: unknown) => toErrorReport(error).code), {
          timeout: 10_000,
        })
        .toBe('not-available');
      // The whole photo is known without its file.
      expect((await search({ examples: [await photo('forests-4.jpg')] })).results).toHaveLength(total);
    } finally {
      renameSync(`${photos} away`, photos);
      await expect
        .poll(async () => (await engine.call('folders', {}))[0].available, { timeout: 10_000 })
        .toBe(true);
    }
  });
});

describe('an area that is ignored', () => {
  it('changes nothing where it covers no position', async () => {
    const ignored = [{ left: 0.5, top: 0.5, width: 1e-4, height: 1e-4 }];
    for (const name of ['beaches-2.jpg', 'towns-6.jpg']) {
      const whole = await describeExample(engine, await photo(name));
      const without = await describeExample(engine, await photo(name, { ignored }));
      expect(cosine(whole, without)).toBeGreaterThan(0.9999);
    }
  });

  it.each<[string, Rectangle, RegExp]>([
    ['left', leftHalf, /^towns/],
    ['right', rightHalf, /^beaches/],
  ])('leaves the other photo to be found when it is the %s half', async (_, ignored, kind) => {
    const picture = await glued('beaches-1.jpg', 'towns-2.jpg');
    const { results } = await search({ examples: [bytesOf(picture, { ignored: [ignored] })] });
    for (const { photo: found } of results.slice(0, 5)) expect(found.name).toMatch(kind);
  });

  it('may lie in a crop, and is told when it is all of it', async () => {
    const picture = await glued('beaches-1.jpg', 'towns-2.jpg');
    const crop = { left: 0.25, top: 0, width: 0.5, height: 1 };
    const { results } = await search({ examples: [bytesOf(picture, { crop, ignored: [leftHalf] })] });
    expect(results[0].photo.name).toMatch(/^towns/);
    await expect(
      search({ examples: [bytesOf(picture, { crop: leftHalf, ignored: [leftHalf] })] }),
    ).rejects.toMatchObject({ code: 'invalid-arguments', message: /Ignore less/ });
  });
});
