import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultRecipe, type Job, presets, type Recipe } from '../../src-main/contract/index.ts';
import {
  encodeFitted,
  nothingFitted,
  randomProjection,
  RawDescriber,
} from '../../src-main/descriptor/index.ts';
import { isHeldOut } from '../../src-main/learn/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { folders, photosPerFolder, writePhotos } from '../e2e/photos.ts';
import { ownJobs } from '../fixtures/own-jobs.ts';

const total = folders.length * photosPerFolder;
const [firstTap, ...otherTaps] = defaultRecipe.taps;

let root: string;
let engine: Engine;

const open = (): Engine => Engine.open({ libraryPath: join(root, 'library'), access: 'write' });

const pooledBy = (p: number): Recipe => ({
  ...defaultRecipe,
  taps: defaultRecipe.taps.map((tap) => ({ ...tap, pooling: { kind: 'gem', p, learned: false } })),
});
const pca = (dimension: number, epsilon = 0.02): Recipe['reduction'] => ({
  kind: 'pca',
  dimension,
  whitening: { kind: 'regularised', epsilon },
  shrinkage: 0,
});

async function retune(recipe: Recipe, mayRead = false): Promise<Job[]> {
  const before = new Set(engine.jobs.list().map(({ id }) => id));
  await engine.call('retune', { recipe, mayRead });
  await engine.jobs.idle();
  return ownJobs(engine).filter(({ id }) => !before.has(id));
}

/** The kinds of the photos most similar to one, itself first. */
async function kindsFor(name: string): Promise<string[]> {
  const { photos } = await engine.call('photos', { offset: 0, limit: total, order: 'path' });
  const photo = photos.find((each) => each.name === name)!;
  const { results } = await engine.call('search', {
    examples: [{ kind: 'photo', photoId: photo.id }],
    top: 5,
  });
  expect(results[0].photo.name).toBe(name);
  return results.map(({ photo: found }) => found.name.split('-')[0]);
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'semblance-retuning-'));
  await writePhotos(join(root, 'photos'));
  engine = open();
  const folder = await engine.call('addFolder', { path: join(root, 'photos') });
  await engine.index([folder]).ended;
  await engine.jobs.idle();
});

afterAll(async () => {
  await engine.close();
  rmSync(root, { recursive: true, force: true });
});

function openJobs(): Job[] {
  return engine.jobs.list().filter(({ endedAtMs }) => endedAtMs === null);
}

describe('a recipe that the cache can answer', () => {
  it('comes into service without the network, and finds by itself', async () => {
    const recipe = { ...pooledBy(2.5), reduction: pca(12) };
    const plan = await engine.call('retunePlan', { recipe });
    expect(plan).toMatchObject({ photos: total, photosToRead: 0, secondsToRead: 0, learns: false });
    const jobs = await retune(recipe);
    expect(jobs.map(({ kind, state }) => [kind, state])).toEqual([
      ['fit', 'done'],
      ['build', 'done'],
    ]);
    expect(jobs.at(-1)?.outcome).toMatch(/24 photos only/);
    expect(engine.recipe).toEqual(recipe);
    expect(engine.serving?.index).toMatchObject({ size: total, dimension: 12 });
    expect(await kindsFor('towns-3.jpg')).toEqual(Array(5).fill('towns'));
  });

  it.each<[string, Partial<Recipe>]>([
    ['fewer taps and scales', { taps: otherTaps, scales: [0.5] }],
    ['max pooling', { taps: [{ ...firstTap, pooling: { kind: 'max' } }, ...otherTaps] }],
    [
      'taps joined by their mean',
      { aggregation: { ...defaultRecipe.aggregation, taps: { kind: 'mean', dimension: 64 } } },
    ],
    ['a selection by labels', { selection: { kind: 'anova', keep: 100 } }],
    ['mutual information', { selection: { kind: 'mutual-information', keep: 100 } }],
    ['recursive elimination', { selection: { kind: 'elimination', keep: 200 } }],
    ['lasso', { selection: { kind: 'lasso', strength: 0.01 } }],
    ['a variance threshold', { selection: { kind: 'variance', threshold: 1e-7 } }],
    [
      'normalisations in order',
      { normalisation: [{ kind: 'power', exponent: 0.5 }, { kind: 'standardise' }, { kind: 'l2' }] },
    ],
    ['a random projection', { reduction: { kind: 'random', dimension: 64, seed: 3 } }],
    ['no reduction', { reduction: { kind: 'none' } }],
  ])('may have %s', async (_, change) => {
    await retune({ ...defaultRecipe, reduction: pca(16), ...change });
    expect(ownJobs(engine).at(-1)).toMatchObject({ kind: 'build', state: 'done' });
    expect(await kindsFor('forests-2.jpg')).toEqual(Array(5).fill('forests'));
  });

  it('is remembered, so that there is a way back', async () => {
    const before = engine.recipe;
    await retune({ ...defaultRecipe, reduction: pca(8) });
    const { past, current } = await engine.call('recipes', {});
    expect(past[0].recipe).toEqual(before);
    expect(current.reduction).toEqual(pca(8));
  });

  it('serves as soon as it is complete and not before: a search meanwhile is answered by the old one', async () => {
    const recipe = { ...defaultRecipe, reduction: pca(10) };
    const before = engine.serving?.generation.id;
    await engine.call('retune', { recipe, mayRead: false });
    expect(engine.serving?.generation.id).toBe(before);
    expect(await kindsFor('beaches-1.jpg')).toEqual(Array(5).fill('beaches'));
    await engine.jobs.idle();
    expect(engine.serving?.index.dimension).toBe(10);
  });

  it('leaves everything as it was when it is cancelled', async () => {
    const before = engine.recipe;
    await engine.call('retune', { recipe: { ...defaultRecipe, reduction: pca(9) }, mayRead: false });
    // The fit may be over by now, and the job of the next step under way.
    for (let open = openJobs(); open.length > 0; open = openJobs()) {
      for (const { id } of open) await engine.call('cancelJob', { jobId: id });
      // A job ends when its thread has.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await engine.jobs.idle();
    expect(engine.recipe).toEqual(before);
    expect(engine.library.generations.building()).toBeNull();
  });

  it('is carried on with when the engine ended in between', async () => {
    const recipe = { ...defaultRecipe, reduction: pca(11) };
    await engine.call('retune', { recipe, mayRead: false });
    await engine.close();
    engine = open();
    expect(engine.recipe).not.toEqual(recipe);
    await engine.jobs.idle();
    expect(engine.recipe).toEqual(recipe);
    expect(await kindsFor('towns-1.jpg')).toEqual(Array(5).fill('towns'));
  });

  it('is applied one at a time', async () => {
    await engine.call('retune', { recipe: { ...defaultRecipe, reduction: pca(13) }, mayRead: false });
    await expect(
      engine.call('retune', { recipe: { ...defaultRecipe, reduction: pca(14) }, mayRead: false }),
    ).rejects.toMatchObject({ code: 'library-in-use', retryable: true });
    await engine.jobs.idle();
  });
});

describe('a recipe that needs the photos again', () => {
  const pyramid: Recipe = {
    ...defaultRecipe,
    scales: [0.5],
    taps: [{ ...defaultRecipe.taps[3], pooling: { kind: 'pyramid', levels: [1, 2] } }],
    reduction: pca(16),
  };

  it('says so, with the time it takes, and does nothing unless it may', async () => {
    const plan = await engine.call('retunePlan', { recipe: pyramid });
    expect(plan.photosToRead).toBe(total);
    expect(plan.secondsToRead).toBeGreaterThan(0);
    const before = engine.recipe;
    await expect(engine.call('retune', { recipe: pyramid, mayRead: false })).rejects.toMatchObject({
      code: 'must-read-photos',
    });
    expect(engine.recipe).toEqual(before);
  });

  it('reads them in the background, and new queries are read likewise', async () => {
    const jobs = await retune(pyramid, true);
    expect(jobs.map(({ kind }) => kind)).toEqual(['extract', 'fit', 'build']);
    expect(engine.recipe).toEqual(pyramid);
    expect(await kindsFor('towns-2.jpg')).toEqual(Array(5).fill('towns'));
    expect((await engine.call('retunePlan', { recipe: pyramid })).photosToRead).toBe(0);
  });

  it('costs nothing on the way back, because the old statistics are still there', async () => {
    const jobs = await retune({ ...defaultRecipe, reduction: pca(16) });
    expect(jobs.map(({ kind }) => kind)).toEqual(['fit', 'build']);
  });
});

describe('the budget of the cache', () => {
  it('drops what does not fit, and then says what must be read again', async () => {
    const { bytesPerPhoto, photos } = await engine.call('cache', {});
    expect(photos).toBe(total);
    await engine.call('changeSettings', { cacheBudgetBytes: 10 * bytesPerPhoto });
    const info = await engine.call('cache', {});
    expect(info.bytes).toBeLessThanOrEqual(info.budgetBytes);
    expect(info.photos).toBe(10);
    const recipe = { ...pooledBy(4), reduction: pca(8) };
    expect((await engine.call('retunePlan', { recipe })).photosToRead).toBe(total - 10);
    await retune(recipe, true);
    expect(engine.serving?.index.size).toBe(total);
    expect((await engine.call('cache', {})).bytes).toBeLessThanOrEqual(info.budgetBytes);
    expect(await kindsFor('beaches-4.jpg')).toEqual(Array(5).fill('beaches'));
    await engine.call('changeSettings', { cacheBudgetBytes: 1e9 });
  });
});

/** Brings a recipe into service as if something had been learned: these photos are too easy for learning to help. */
async function serveAsLearned(recipe: Recipe): Promise<void> {
  const { generation, extraction } = engine.serving!;
  const inputs = new RawDescriber(recipe, extraction).dimension;
  const reduction = { kind: 'linear', map: randomProjection(inputs, 8, 1) } as const;
  engine.library.change(() =>
    engine.library.generations.create(
      {
        ...{ recipe, recipeKey: 'learned', extractionKey: generation.extractionKey, fit: 'library' },
        ...{
          encodedFit: encodeFitted({ ...nothingFitted, reduction }),
          fittedOn: total,
          fitted: true,
          note: '',
        },
      },
      'building',
      Date.now(),
    ),
  );
  engine.retuning.carryOn();
  await engine.jobs.idle();
  expect(engine.recipe).toEqual(recipe);
}

describe('a recipe that learns', () => {
  const learned = (change: Partial<Recipe>): Recipe => ({
    ...defaultRecipe,
    reduction: pca(16),
    learning: { from: 'folders', heldOut: 0.3, seed: 2 },
    ...change,
  });

  it(
    'is better on photos it has not seen, or changes nothing; and says which',
    { timeout: 120_000 },
    async () => {
      await retune({ ...defaultRecipe, reduction: pca(16) }, true);
      const before = engine.recipe;
      const recipe = learned({ reduction: { kind: 'learned-whitening', dimension: 8, regularisation: 0.1 } });
      const jobs = await retune(recipe);
      const outcomes = jobs.map(({ outcome }) => outcome).join(' ');
      if (/nothing was changed/.test(outcomes)) expect(engine.recipe).toEqual(before);
      else {
        expect(outcomes).toMatch(/Learned: mAP/);
        expect(engine.recipe).toEqual(recipe);
      }
      expect(engine.library.generations.building()).toBeNull();
    },
  );

  it('is measured by photos that it has not learned from, here and in previews', async () => {
    const recipe = learned({ reduction: { kind: 'learned-whitening', dimension: 8, regularisation: 0.1 } });
    await serveAsLearned(recipe);
    await expect(engine.call('evaluate', { by: 'folder' })).rejects.toThrow(/--folds 5/);
    expect(await engine.call('evaluate', { by: 'folder', folds: 4 })).toMatchObject({ fit: 'held-out' });

    const draft = { ...recipe, reduction: pca(2) };
    const { quality } = await engine.call('tunePreview', { recipe: draft, photoIds: [], top: 5 });
    const held = engine.library.contents.ids().filter((id) => isHeldOut(id, 0.3, 2));
    expect(quality?.now.queries).toBe(held.length);
    expect(quality?.draft.queries).toBe(held.length);
  });

  it('learns from self-made pairs where it is told to', { timeout: 240_000 }, async () => {
    const recipe = learned({
      selection: { kind: 'mask', temperature: 1, sparsity: 0 },
      learning: { from: 'pairs', heldOut: 0.3, seed: 2 },
      scales: [0.5],
    });
    const jobs = await retune(recipe);
    expect(jobs.map(({ kind }) => kind).slice(0, 2)).toEqual(['pairs', 'fit']);
    expect(jobs[1].training.length).toBeGreaterThan(0);
    expect(jobs.at(-1)?.outcome).toMatch(/mAP \d/);
  });

  it('learns where to look from feature maps', { timeout: 240_000 }, async () => {
    const recipe = learned({
      taps: [{ ...defaultRecipe.taps[3], pooling: { kind: 'attention', hidden: 8 } }],
      scales: [0.5],
    });
    const jobs = await retune(recipe, true);
    expect(jobs[0]).toMatchObject({ kind: 'fit', state: 'done' });
    expect(jobs.at(-1)?.outcome).toMatch(/mAP \d/);
    expect(await kindsFor('towns-5.jpg')).toEqual(Array(5).fill('towns'));
  });
});

describe('measuring recipes', () => {
  it('previews a draft beside what is in service, with its quality', async () => {
    const { photos } = await engine.call('photos', { offset: 0, limit: 12, order: 'path' });
    const photoIds = photos.map(({ id }) => id);
    // In one dimension all that is left is a sign, and no recipe in service is as bad as that.
    const draft = { ...pooledBy(1), reduction: pca(1) };
    const preview = await engine.call('tunePreview', { recipe: draft, photoIds, top: 5 });
    expect(preview.queries.map(({ photo }) => photo.id)).toEqual(photoIds);
    expect(preview.sampled).toBe(total);
    expect(preview.quality?.by).toBe('folder');
    expect(preview.quality?.draft.mAP).not.toBe(preview.quality?.now.mAP);
    for (const { photo, now, draft: drafted } of preview.queries) {
      expect(now).toHaveLength(5);
      expect(drafted).toHaveLength(5);
      expect(now.map((hit) => hit.photo.id)).not.toContain(photo.id);
    }
    const same = await engine.call('tunePreview', { recipe: engine.recipe, photoIds, top: 5 });
    for (const { now, draft: drafted } of same.queries) expect(drafted).toEqual(now);
  });

  it('says in plain words what a preview cannot show', async () => {
    const recipe = presets().find(({ name }) => name === 'thorough')!.recipe;
    await expect(engine.call('tunePreview', { recipe, photoIds: [], top: 5 })).rejects.toMatchObject({
      code: 'recipe-mismatch',
    });
  });

  it('compares two recipes query by query, on folds that neither has seen', async () => {
    const report = await engine.call('compareRecipes', {
      by: 'folder',
      folds: 4,
      a: { ...defaultRecipe, reduction: pca(2) },
      b: { ...defaultRecipe, reduction: pca(12) },
    });
    expect(report.a.fit).toBe('held-out');
    expect(report.better + report.worse + report.same).toBe(total);
    expect(report.difference.mean).toBeCloseTo(report.b.mAP - report.a.mAP, 9);
    expect(report.difference.low).toBeLessThanOrEqual(report.difference.mean);
    expect(report.queries).toHaveLength(total);
  });

  it('tells how well simple classifiers do', async () => {
    await retune({ ...defaultRecipe, reduction: pca(16) });
    const report = await engine.call('probe', { folds: 4 });
    expect(report).toMatchObject({ folds: 4, classes: 3, photos: total });
    expect(report.nearestNeighbours).toBeGreaterThan(0.9);
    expect(report.linear).toBeGreaterThan(0.9);
  });

  it('looks for a better recipe within the time it is given', async () => {
    const job = await engine.call('tuneSearch', { by: 'folder', seconds: 5 });
    await engine.jobs.idle();
    const found = engine.jobs.list().find(({ id }) => id === job.id)?.found;
    expect(found?.tried).toBeGreaterThan(1);
    expect(found?.low).toBeLessThanOrEqual(found?.high ?? -1);
  });
});
