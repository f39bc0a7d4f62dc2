import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { plainProduct, rowAt, rowsOf } from '../../src-main/descriptor/index.ts';
import { augmentedRows } from '../../src-main/search/index.ts';
import { writePhoto } from '../fixtures/photo-files.ts';
import { smallLibrary, type SmallLibrary } from '../fixtures/small-library.ts';

const count = 12;
const augmentation = { neighbours: 3, alpha: 2 };

let small: SmallLibrary;

beforeAll(async () => {
  small = await smallLibrary(8, 64, { knownDevice: true });
  for (let i = 0; i < count; i++) await writePhoto(join(small.root, `photos/${i}.jpg`), i + 1);
  const folder = await small.engine.call('addFolder', { path: join(small.root, 'photos') });
  await small.engine.index([folder]).ended;
  await small.engine.jobs.idle();
});

afterAll(() => small.close());

function stored(): Map<number, Float32Array> {
  return new Map([...(small.engine.serving?.index.entries() ?? [])].map(({ id, vector }) => [id, vector]));
}

function expectClose(vector: Float32Array | undefined, wanted: Float32Array): void {
  expect(vector?.length).toBe(wanted.length);
  vector?.forEach((value, i) => expect(value).toBeCloseTo(wanted[i], 4));
}

it('an augmented recipe mixes into each descriptor those that were most similar before, and can be taken back', async () => {
  const { engine } = small;
  const before = stored();
  const plain = engine.recipe;
  const ids = [...before.keys()].sort((a, b) => a - b);
  const rows = rowsOf(ids.map((id) => before.get(id) ?? new Float32Array()));
  const wanted = await augmentedRows(rows, augmentation, plainProduct);
  await engine.call('retune', { recipe: { ...plain, augmentation }, mayRead: false });
  await engine.jobs.idle();
  expect(engine.recipe.augmentation).toEqual(augmentation);
  expect(engine.library.generations.building()).toBeNull();
  const after = stored();
  expect(after.size).toBe(count);
  ids.forEach((id, row) => expectClose(after.get(id), rowAt(wanted, row)));
  await engine.call('retune', { recipe: plain, mayRead: false });
  await engine.jobs.idle();
  for (const [id, vector] of before) expectClose(stored().get(id), vector);
});

it('a photo that comes later is augmented by those that are there', async () => {
  const { engine } = small;
  await engine.call('retune', { recipe: { ...engine.recipe, augmentation }, mayRead: false });
  await engine.jobs.idle();
  const there = new Set(stored().keys());
  await writePhoto(join(small.root, 'photos/new.jpg'), 99);
  await engine.index(engine.library.folders.list()).ended;
  await engine.jobs.idle();
  const [id] = [...stored().keys()].filter((each) => !there.has(each));
  const { serving, library } = engine;
  const code = serving && library.powerMeans.get(id, serving.generation.extractionKey);
  const plain = code && (await serving.describe(code));
  if (!plain) throw new Error('the new photo has no statistics');
  const cosine = (a: Float32Array, b: Float32Array): number =>
    a.reduce((sum, value, i) => sum + value * b[i], 0);
  const kept = stored().get(id) ?? plain;
  expect(Math.hypot(...kept)).toBeCloseTo(1, 5);
  // It has moved, towards those that it is similar to.
  expect(cosine(kept, plain)).toBeLessThan(0.99999);
  const nearest = serving.search(plain, augmentation.neighbours + 1);
  for (const hit of (await nearest).hits.filter((each) => each.id !== id)) {
    expect(cosine(kept, stored().get(hit.id) ?? plain)).toBeGreaterThanOrEqual(hit.score - 1e-6);
  }
});
