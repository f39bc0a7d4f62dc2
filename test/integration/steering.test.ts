/** Searches that are steered: weighted examples, parts of pictures, and another whitening strength. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandArguments, defaultRecipe, type Recipe } from '../../src-main/contract/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
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
        for (const [name, score] of found) expect(Math.abs(score - (scores.get(name) ?? NaN))).toBeLessThan(1e-3);
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
