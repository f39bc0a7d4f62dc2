import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  conventions,
  defaultRecipe,
  type Example,
  type Job,
  type ModelInfo,
  modelNames,
  type Recipe,
  withModel,
  withSecondModel,
} from '../../src-main/contract/index.ts';
import { codeLength, extractionOf, layoutOf, RawDescriber } from '../../src-main/descriptor/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { addModel, installedModels, Vision } from '../../src-main/vision/index.ts';
import { folders, photosPerFolder, writePhotos } from '../e2e/photos.ts';
import { visionTransformer } from '../fixtures/vision-transformer.ts';
import { ownJobs } from '../fixtures/own-jobs.ts';

const squeezenet = path.resolve('../shared/models/squeezenet1.1_gem_cls.onnx');
const missingProvider = process.platform === 'linux' ? 'cuda' : 'tensorrt';
const total = folders.length * photosPerFolder;
const before = process.env['SEMBLANCE_MODELS'];

let root: string;
let clip: ModelInfo;

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'semblance-two-models-'));
  process.env['SEMBLANCE_MODELS'] = path.join(root, 'models');
  await writePhotos(path.join(root, 'photos'));
  const file = path.join(root, 'clip.onnx');
  writeFileSync(file, visionTransformer({ patch: 32, channels: 32, blocks: 2, side: 224, registers: 0 }));
  clip = await add(file, 'clip');
});

afterAll(() => {
  if (before === undefined) delete process.env['SEMBLANCE_MODELS'];
  else process.env['SEMBLANCE_MODELS'] = before;
  rmSync(root, { recursive: true, force: true });
});

const add = (file: string, name: string): Promise<ModelInfo> =>
  addModel({ file, name, preprocessing: conventions.imagenet.preprocessing, layout: null });
const infos = (): ModelInfo[] => installedModels().map(({ info }) => info);
const installed = (name: string) => installedModels().find(({ info }) => info.name === name)!;
const pca = (dimension: number): Recipe['reduction'] => ({
  kind: 'pca',
  dimension,
  whitening: { kind: 'regularised', epsilon: 0.02 },
  shrinkage: 0,
});
const photo = (name: string): string => path.join(root, 'photos', name.split('-')[0], name);

/** What the networks say of a photo by a recipe: numbers in the order of the extraction. */
async function statistics(recipe: Recipe, name: string): Promise<Float32Array> {
  const [model, ...others] = modelNames(recipe);
  const vision = await Vision.start({
    model: installed(model),
    others: others.map(installed),
    settings: extractionOf(recipe, infos()),
    workers: 1,
  });
  try {
    const { extraction } = await vision.extractFile(photo(name), () => false);
    return extraction!.powerMeans;
  } finally {
    await vision.close();
  }
}

/** A photo's numbers, scale by scale. */
function byScale(recipe: Recipe, values: Float32Array): Float32Array[] {
  const length = values.length / recipe.scales.length;
  return recipe.scales.map((_, scale) => values.slice(scale * length, (scale + 1) * length));
}

describe('a model that takes one size, beside one that takes any', () => {
  it('is run once, in the largest size, and what it says serves every scale', async () => {
    const both = withSecondModel(defaultRecipe, clip);
    expect(both).toMatchObject({ longerSide: 512, scales: defaultRecipe.scales });
    const scales = byScale(both, await statistics(both, 'towns-1.jpg'));
    const alone = await statistics(
      { ...withModel(defaultRecipe, clip), longerSide: 512, scales: [1] },
      'towns-1.jpg',
    );
    const own = byScale(defaultRecipe, await statistics(defaultRecipe, 'towns-1.jpg'));
    for (const [i, scale] of scales.entries()) {
      expect(scale.subarray(0, own[i].length)).toEqual(own[i]);
      expect(scale.subarray(own[i].length)).toEqual(alone);
    }
  });

  it('gives its numbers in the order in which the taps are listed', async () => {
    const both = withSecondModel({ ...defaultRecipe, scales: [0.5] }, clip);
    const [first, ...others] = both.taps;
    const turned = { ...both, taps: [...others, first] };
    const listed = await statistics(both, 'beaches-1.jpg');
    const moved = await statistics(turned, 'beaches-1.jpg');
    const length = 7 * installed('default').info.taps.find(({ name }) => name === first.name)!.channels;
    expect(moved.subarray(0, -length)).toEqual(listed.subarray(length));
    expect(moved.subarray(-length)).toEqual(listed.subarray(0, length));
  });

  it('is followed by the processor alone where its device fails', async () => {
    const both = withSecondModel({ ...defaultRecipe, scales: [0.5] }, clip);
    const told: string[][] = [];
    const vision = await Vision.start({
      model: installed('default'),
      others: [installed('clip')],
      settings: extractionOf(both, infos()),
      workers: 1,
      // Not on this system, or without its libraries.
      device: ({ info }) => ({
        provider: info.name === 'clip' ? missingProvider : 'cpu',
        precision: 'single',
      }),
      onFallback: ({ info }, { provider }) => told.push([info.name, provider]),
    });
    try {
      const { extraction } = await vision.extractFile(photo('towns-1.jpg'), () => false);
      expect(extraction!.powerMeans).toEqual(await statistics(both, 'towns-1.jpg'));
      expect(told).toEqual([['clip', missingProvider]]);
    } finally {
      await vision.close();
    }
  });

  it('has maps of its own, told apart from those of the other', async () => {
    const both = withSecondModel({ ...defaultRecipe, scales: [0.5] }, clip);
    const vision = await Vision.start({
      model: installed('default'),
      others: [installed('clip')],
      settings: extractionOf(both, infos()),
      workers: 1,
    });
    try {
      const [[map]] = await vision.extractMaps(photo('towns-1.jpg'), ['tokens'], [0.5], 'clip');
      expect(map).toMatchObject({ width: 7, height: 7, channels: 64 });
      await expect(vision.extractMaps(photo('towns-1.jpg'), ['tokens'])).rejects.toThrow("no tap 'tokens'");
      await expect(vision.extractMaps(photo('towns-1.jpg'), ['s8'], [1], 'nobody')).rejects.toMatchObject({
        code: 'no-model',
      });
    } finally {
      await vision.close();
    }
  });
});

describe.skipIf(!existsSync(squeezenet))('two models (skipped without ../shared/models)', () => {
  let engine: Engine;
  let second: ModelInfo;
  /** The second model alone, and both together. */
  let alone: Recipe;
  let both: Recipe;
  // One worker, so that no machine is through before reading can be paused.
  const open = (): Engine =>
    Engine.open({ libraryPath: path.join(root, 'library'), access: 'write', workers: 1 });

  async function after(begin: () => Promise<Job>): Promise<Job[]> {
    const known = new Set(engine.jobs.list().map(({ id }) => id));
    await begin();
    await engine.jobs.idle();
    return ownJobs(engine).filter(({ id }) => !known.has(id));
  }

  const read = (recipe: Recipe): Promise<Job[]> => after(() => engine.call('readForRecipe', { recipe }));

  async function kindsFor(example: Example): Promise<string[]> {
    const { results } = await engine.call('search', { examples: [example], top: 5 });
    return results.map(({ photo: { name } }) => name.split('-')[0]);
  }

  async function photoNamed(name: string): Promise<Example> {
    const { photos } = await engine.call('photos', { offset: 0, limit: 100, order: 'path' });
    return { kind: 'photo', photoId: photos.find((each) => each.name === name)!.id };
  }

  /** The descriptor of the first photo before reduction, from the cache of a recipe. */
  function rawDescriptor(recipe: Recipe): Float32Array {
    const key = engine.retuning.covering(recipe, 'measure')!;
    const [first] = engine.library.contents.ids();
    const code = engine.library.powerMeans.get(first, key)!;
    return new RawDescriber(recipe, engine.library.extractions.get(key)!).describe(code);
  }

  beforeAll(async () => {
    second = await add(squeezenet, 'squeezenet1.1');
    alone = { ...withModel(defaultRecipe, second), reduction: pca(2) };
    both = { ...withSecondModel(defaultRecipe, second), reduction: pca(12) };
    engine = open();
    const folder = await engine.call('addFolder', { path: path.join(root, 'photos') });
    await engine.index([folder]).ended;
    await engine.jobs.idle();
  });

  afterAll(() => engine.close());

  it('are compared and previewed once photos are read for the draft, and what is in service stays', async () => {
    const generation = engine.serving?.generation.id;
    const { photos } = await engine.call('photos', { offset: 0, limit: 3, order: 'path' });
    const a = { ...defaultRecipe, reduction: pca(1) };
    const question = { by: 'folder' as const, folds: 4, a, b: alone };
    const preview = { recipe: alone, photoIds: photos.map(({ id }) => id), top: 5 };
    await expect(engine.call('compareRecipes', question)).rejects.toThrow(/tune read/);
    await expect(engine.call('tunePreview', preview)).rejects.toMatchObject({ code: 'recipe-mismatch' });
    const plan = await engine.call('retunePlan', { recipe: alone });
    expect(plan).toMatchObject({ photosToRead: total, photosToPreview: total });

    const [job] = await read(alone);
    expect(job).toMatchObject({ kind: 'extract', state: 'done', done: total, total });
    expect(job.outcome).toMatch(/24 photos read/);
    const report = await engine.call('compareRecipes', question);
    expect(report.better + report.worse + report.same).toBe(total);
    expect(report.a.mAP).not.toBe(report.b.mAP);
    const { queries, quality, limits } = await engine.call('tunePreview', preview);
    expect(queries[0].draft).toHaveLength(5);
    expect(quality?.draft.queries).toBe(total);
    expect(limits).toBe('');
    expect(engine.serving?.generation.id).toBe(generation);
    expect(engine.recipe).toEqual(defaultRecipe);
    const free = { photosToRead: 0, photosToPreview: 0 };
    expect(await engine.call('retunePlan', { recipe: alone })).toMatchObject(free);
    const [again] = await read(alone);
    expect(again).toMatchObject({ state: 'done', total: 0 });
    expect(again.outcome).toMatch(/^All photos/);
  });

  it('are read on from where reading was paused and cancelled', async () => {
    const begun = await engine.call('readForRecipe', { recipe: both });
    await new Promise<void>((resolve) => {
      const unsubscribe = engine.subscribe((event) => {
        if (event.event !== 'job' || event.data.id !== begun.id || event.data.done === 0) return;
        unsubscribe();
        resolve();
      });
    });
    expect(await engine.call('pauseJob', { jobId: begun.id })).toMatchObject({ state: 'paused' });
    await engine.call('cancelJob', { jobId: begun.id });
    await engine.jobs.idle();
    const kept = engine.library.powerMeans.count(engine.retuning.covering(both, 'serve')!);
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(total);
    const partial = await engine.call('tunePreview', { recipe: both, photoIds: [], top: 5 });
    expect(partial.sampled).toBe(kept);
    expect(partial.limits).toMatch(/^Not all photos have been read/);
    const [job] = await read(both);
    expect(job).toMatchObject({ state: 'done', done: total - kept, total: total - kept });
  });

  it('are joined in one descriptor: that of each alone, one behind the other, of equal length', () => {
    const plain = (recipe: Recipe): Recipe => ({
      ...recipe,
      scales: [1],
      aggregation: { ...recipe.aggregation, normalise: 'none' },
    });
    const [joint, first, other] = [both, defaultRecipe, alone].map((recipe) => rawDescriptor(plain(recipe)));
    expect(joint.length).toBe(first.length + other.length);
    expect(joint.subarray(0, first.length)).toEqual(first);
    const weight = both.taps.at(-1)!.weight;
    other.forEach((value, i) => expect(joint[first.length + i]).toBeCloseTo(weight * value, 6));
    const squares = (vector: Float32Array) => vector.reduce((sum, value) => sum + value * value, 0);
    expect(squares(joint.subarray(0, first.length))).toBeCloseTo(4, 4);
    expect(squares(joint.subarray(first.length))).toBeCloseTo(4, 4);
  });

  it('come into service without the network once photos are read, and find, also after a new start', async () => {
    const jobs = await after(() => engine.call('retune', { recipe: both, mayRead: false }));
    expect(jobs.map(({ kind }) => kind)).toEqual(['fit', 'build']);
    expect(engine.recipe).toEqual(both);
    expect(await engine.call('status', {})).toMatchObject({ model: 'default + squeezenet1.1' });
    expect(await kindsFor(await photoNamed('towns-2.jpg'))).toEqual(Array(5).fill('towns'));
    await engine.close();
    engine = open();
    expect(engine.recipe).toEqual(both);
    expect(await kindsFor(await photoNamed('forests-2.jpg'))).toEqual(Array(5).fill('forests'));
  });

  it('describe new photos and pictures to search with', async () => {
    const bytes = await sharp(photo('beaches-3.jpg')).flop().jpeg().toBuffer();
    expect(await kindsFor({ kind: 'bytes', name: 'flopped.jpg', bytes })).toEqual(Array(5).fill('beaches'));
    writeFileSync(path.join(root, 'photos', 'beaches', 'flopped.jpg'), bytes);
    await engine.index(await engine.call('folders', {})).ended;
    const found = await kindsFor(await photoNamed('flopped.jpg'));
    expect(found).toEqual(['flopped.jpg', ...Array<string>(4).fill('beaches')]);
  });

  it('are both in use: neither can be removed; and the one that is missing is named', async () => {
    await expect(engine.call('removeModel', { name: 'squeezenet1.1' })).rejects.toMatchObject({
      code: 'invalid-arguments',
    });
    const taps = both.taps.map((tap) => (tap.model ? { ...tap, model: 'gone' } : tap));
    await expect(engine.call('retunePlan', { recipe: { ...both, taps } })).rejects.toThrow(
      "'gone' is not installed",
    );
  });

  it('go apart again: no network runs in vain for new photos', async () => {
    // The one photo that has come since was read for both together only.
    const plan = await engine.call('retunePlan', { recipe: defaultRecipe });
    expect(plan).toMatchObject({ photos: total + 1, photosToRead: 1 });
    await after(() => engine.call('retune', { recipe: defaultRecipe, mayRead: true }));
    expect(engine.serving?.extraction).toEqual(extractionOf(defaultRecipe, infos()));
  });

  it('are measured by altered copies too, where there are any', { timeout: 240_000 }, async () => {
    const draft = { ...alone, longerSide: 128, scales: [1] };
    const question = { by: 'pairs' as const, a: { ...defaultRecipe, reduction: pca(2) }, b: draft };
    await after(() => engine.call('makePairs', {}));
    await read(draft);
    const report = await engine.call('compareRecipes', question);
    expect(report.b.queries).toBeGreaterThan(total);
    expect(report.b.queries).toBe(report.a.queries);
  });

  it('are read only as far as the cache has room, and compared on the photos that both have', async () => {
    const { bytesPerPhoto } = await engine.call('cache', {});
    const draft = { ...alone, longerSide: 320 };
    const each = codeLength(layoutOf(extractionOf(draft, infos())));
    const room = 12;
    const inService = (total + 1) * bytesPerPhoto;
    await engine.call('changeSettings', { cacheBudgetBytes: inService + room * each });
    const [job] = await read(draft);
    expect(job).toMatchObject({ state: 'done', done: room });
    expect(job.outcome).toMatch(/^12 of 25 photos read.*no room for more/);
    const a = { ...defaultRecipe, reduction: pca(2) };
    const report = await engine.call('compareRecipes', { by: 'folder', a, b: draft });
    expect([report.a.queries, report.b.queries]).toEqual([room, room]);
    const key = engine.retuning.covering(draft, 'serve')!;
    expect(engine.library.powerMeans.count(key)).toBe(room);

    await engine.call('changeSettings', { cacheBudgetBytes: inService });
    const another = { ...alone, longerSide: 352 };
    await expect(engine.call('readForRecipe', { recipe: another })).rejects.toThrow('The cache is full');
    expect((await engine.call('cache', {})).photos).toBe(total + 1);
  });

  it('take the place of what earlier drafts have left in a full cache', async () => {
    const { bytesPerPhoto } = await engine.call('cache', {});
    const [first, second] = [320, 352].map((longerSide) => ({ ...alone, longerSide }));
    const each = codeLength(layoutOf(extractionOf(first, infos())));
    await engine.call('changeSettings', { cacheBudgetBytes: (total + 1) * (bytesPerPhoto + each) });
    await read(first);
    expect(engine.retuning.covering(first, 'measure')).not.toBeNull();
    const [job] = await read(second);
    expect(job).toMatchObject({ state: 'done', done: total + 1 });
    expect(engine.retuning.covering(first, 'measure')).toBeNull();
    expect((await engine.call('cache', {})).photos).toBe(total + 1);
  });
});
