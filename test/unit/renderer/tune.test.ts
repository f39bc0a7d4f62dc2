import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type CommandAnswers,
  type CommandName,
  defaultRecipe,
  type ErrorReport,
  type Job,
  type PhotoSummary,
  presets,
  type Recipe,
  type Recipes,
  type Reply,
  type RetunePlan,
  type TunePreview,
} from '../../../src-main/contract/index.ts';
import { Client } from '../../../src-renderer/client.ts';
import type * as TuneModule from '../../../src-renderer/state/tune.svelte.ts';
import { writeRecipe } from '../../../src-renderer/tuning/recipe-file.ts';

let tuneModule: typeof TuneModule;

// Nothing is drawn here, so plain fields do in place of Svelte's signals.
beforeAll(async () => {
  const plain = (value: unknown): unknown => value;
  vi.stubGlobal('$state', Object.assign(plain, { raw: plain }));
  tuneModule = await import('../../../src-renderer/state/tune.svelte.ts');
});

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const library: PhotoSummary[] = Array.from({ length: 24 }, (_, i) => ({
  id: i + 1,
  name: `${i + 1}.jpg`,
  directory: '',
  folderId: 1,
  width: 4,
  height: 3,
  offline: false,
}));

const freePlan: RetunePlan = {
  photos: 24,
  photosToRead: 0,
  photosToPreview: 0,
  secondsToRead: 0,
  secondsToBuild: 0.1,
  cacheBytes: 0,
  learns: false,
};

function jobOf(changes: Partial<Job>): Job {
  return {
    id: 1,
    kind: 'build',
    state: 'running',
    step: 'Rebuilding the index',
    done: 0,
    total: 24,
    photosPerSecond: 0,
    secondsLeft: null,
    startedAtMs: 0,
    endedAtMs: null,
    error: null,
    obstacle: null,
    summary: null,
    training: [],
    outcome: '',
    found: null,
    model: null,
    ...changes,
  };
}

/** What the engine answers by command, and what it was asked. A preview takes as long as the test says. */
function setUp() {
  const recipes: Recipes = {
    current: defaultRecipe,
    building: null,
    past: [],
    presets: presets(),
    explained: null,
  };
  const engine = {
    recipes,
    plan: freePlan,
    previewMs: 0,
    previewError: null as ErrorReport | null,
    retuneError: null as ErrorReport | null,
    previewed: [] as { recipe: Recipe; photoIds: number[] }[],
    planned: [] as Recipe[],
    retuned: [] as { recipe: Recipe; mayRead: boolean }[],
    readFor: [] as Recipe[],
    jobs: [] as Job[],
  };
  const failed = (error: ErrorReport): Reply => ({ id: 1, ok: false, error });
  const answered = (value: CommandAnswers[CommandName]): Reply => ({ id: 1, ok: true, value });
  const preview = async (args: { recipe: Recipe; photoIds: number[] }): Promise<Reply> => {
    engine.previewed.push(args);
    const { previewError, previewMs } = engine;
    await new Promise((done) => setTimeout(done, previewMs));
    if (previewError) return failed(previewError);
    return answered({
      milliseconds: previewMs,
      sampled: 24,
      queries: args.photoIds.map((id) => ({ photo: library[id - 1], now: [], draft: [] })),
      quality: null,
      explained: [],
      // Tells which question this is the answer to.
      limits: String(args.recipe.longerSide),
    } satisfies TunePreview);
  };
  const send = (command: string, args: unknown): Promise<Reply> => {
    switch (command) {
      case 'recipes':
        return Promise.resolve(answered(structuredClone(engine.recipes)));
      case 'models':
        return Promise.resolve(answered([]));
      case 'photos': {
        const { offset, limit } = args as { offset: number; limit: number };
        return Promise.resolve(answered({ total: 24, photos: library.slice(offset, offset + limit) }));
      }
      case 'tunePreview':
        return preview(args as { recipe: Recipe; photoIds: number[] });
      case 'retunePlan':
        engine.planned.push((args as { recipe: Recipe }).recipe);
        return Promise.resolve(answered(engine.plan));
      case 'readForRecipe':
        engine.readFor.push((args as { recipe: Recipe }).recipe);
        return Promise.resolve(answered(jobOf({ id: 5, kind: 'extract' })));
      case 'retune':
        engine.retuned.push(args as { recipe: Recipe; mayRead: boolean });
        return Promise.resolve(engine.retuneError ? failed(engine.retuneError) : answered(jobOf({ id: 7 })));
      default:
        return Promise.reject(new Error(`nobody answers ${command}`));
    }
  };
  const client = new Client({ send, subscribe: () => () => undefined });
  const tune = new tuneModule.Tune(client, () => engine.jobs);
  return { tune, engine };
}

async function opened() {
  const { tune, engine } = setUp();
  await tune.open();
  await vi.advanceTimersByTimeAsync(1000);
  engine.previewed.length = 0;
  return { tune, engine };
}

describe('a draft', () => {
  it('begins as what is in service, and changes nothing of it', async () => {
    const { tune } = await opened();
    expect(tune.draft).toEqual(defaultRecipe);
    expect(tune.isChanged).toBe(false);
    tune.change({ longerSide: 384 });
    expect(tune.recipes?.current).toEqual(defaultRecipe);
    expect([...tune.changed]).toEqual(['size']);
    tune.reset();
    expect(tune.isChanged).toBe(false);
  });

  it('stays as it is when a change would make no recipe of it', async () => {
    const { tune } = await opened();
    for (const part of [{ longerSide: 5 }, { scales: [] }, { taps: [] }, { model: 'no model' }])
      tune.change(part);
    expect(tune.draft).toEqual(defaultRecipe);
  });

  it('goes with what is in service until somebody changes it', async () => {
    const { tune, engine } = await opened();
    engine.recipes = { ...engine.recipes, current: { ...defaultRecipe, longerSide: 384 } };
    await tune.open();
    expect(tune.draft?.longerSide).toBe(384);
    tune.change({ longerSide: 448 });
    engine.recipes = { ...engine.recipes, current: defaultRecipe };
    await tune.open();
    expect(tune.draft?.longerSide).toBe(448);
  });

  it('comes from a file, of the first version as well', async () => {
    const { tune } = await opened();
    const text = JSON.stringify({
      version: 1,
      model: 'default',
      longerSide: 384,
      scales: [1],
      taps: [{ name: 'b10e_s16', p: 'max', weight: 1 }],
      reduction: { kind: 'pca', dimension: 64, whitening: null },
    });
    await tune.importFile({ name: 'old.json', text: () => Promise.resolve(text) });
    expect(tune.importError).toBeNull();
    expect(tune.draft).toMatchObject({ version: 2, longerSide: 384, taps: [{ pooling: { kind: 'max' } }] });
  });

  it('stays, and plain words say why, when a file holds no recipe', async () => {
    const { tune } = await opened();
    const wrong = { ...defaultRecipe, longerSide: 5 };
    await tune.importFile({ name: 'wrong.json', text: () => Promise.resolve(writeRecipe(wrong)) });
    expect(tune.importError).toContain('wrong.json');
    expect(tune.importError).toContain('longerSide is 5, but should be at least 64');
    await tune.importFile({ name: 'note.txt', text: () => Promise.resolve('Dear diary') });
    expect(tune.importError).toContain('note.txt is no JSON file');
    expect(tune.draft).toEqual(defaultRecipe);
    tune.change({ longerSide: 384 });
    expect(tune.importError).toBeNull();
  });
});

describe('the preview of a draft', () => {
  it('is asked for once changes have rested for a moment, and then once', async () => {
    const { tune, engine } = await opened();
    for (const longerSide of [320, 352, 384]) {
      tune.change({ longerSide });
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(engine.previewed).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect(engine.previewed.map(({ recipe }) => recipe.longerSide)).toEqual([384]);
  });

  it('shows the answer to the latest question only, and asks no two at once', async () => {
    const { tune, engine } = await opened();
    engine.previewMs = 1000;
    tune.change({ longerSide: 320 });
    await vi.advanceTimersByTimeAsync(200);
    tune.change({ longerSide: 352 });
    await vi.advanceTimersByTimeAsync(200);
    tune.change({ longerSide: 384 });
    await vi.advanceTimersByTimeAsync(200);
    expect(engine.previewed).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(600);
    expect(tune.preview.answer?.limits).toBe('512');
    expect(tune.preview.busy).toBe(true);
    await vi.advanceTimersByTimeAsync(1000);
    expect(engine.previewed.map(({ recipe }) => recipe.longerSide)).toEqual([320, 384]);
    expect(tune.preview.answer?.limits).toBe('384');
    expect(tune.preview.busy).toBe(false);
  });

  it('says at the stage what the cache lacks, and keeps what is known', async () => {
    const { tune, engine } = await opened();
    engine.previewError = { code: 'recipe-mismatch', message: 'The cache lacks it.', retryable: false };
    tune.change({ scales: [1, 0.35] });
    await vi.advanceTimersByTimeAsync(1000);
    expect(tune.problem).toEqual({ stage: 'size', message: 'The cache lacks it.', stopsApplying: false });
    expect(tune.preview.answer).not.toBeNull();
    engine.previewError = null;
    tune.reset();
    await vi.advanceTimersByTimeAsync(1000);
    expect(tune.problem).toBeNull();
  });
});

describe('sample photos', () => {
  it('are spread over the library, and others come in their place', async () => {
    const { tune } = await opened();
    expect(tune.preview.samples.map(({ id }) => id)).toEqual([1, 5, 9, 13, 17, 21]);
    await tune.preview.others();
    const others = tune.preview.samples.map(({ id }) => id);
    expect(others).toHaveLength(6);
    expect(others).not.toContain(1);
  });

  it('are joined by a photo from the library, even one chosen before there were any', async () => {
    const { tune, engine } = setUp();
    tune.preview.add(library[10]);
    await tune.open();
    await vi.advanceTimersByTimeAsync(1000);
    expect(tune.preview.samples.map(({ id }) => id)).toEqual([11, 1, 5, 9, 13, 17, 21]);
    for (const photo of library) tune.preview.add(photo);
    expect(tune.preview.samples).toHaveLength(12);
    expect(tune.preview.samples[0].id).toBe(24);
    tune.preview.remove(24);
    await vi.advanceTimersByTimeAsync(1000);
    expect(engine.previewed.at(-1)?.photoIds).not.toContain(24);
  });
});

describe('applying a draft', () => {
  it('costs nothing while there is nothing to apply', async () => {
    const { tune, engine } = await opened();
    expect(tune.plan).toBeNull();
    expect(engine.planned).toEqual([]);
    tune.change({ longerSide: 384 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(tune.plan).toEqual(freePlan);
  });

  it('begins at once where no photo must be read', async () => {
    const { tune, engine } = await opened();
    tune.change({ longerSide: 384 });
    await vi.advanceTimersByTimeAsync(1000);
    await tune.apply();
    expect(engine.retuned).toEqual([{ recipe: tune.draft, mayRead: false }]);
    expect(tune.question).toBeNull();
  });

  it('asks first where photos must be read, as the plan or else the engine says', async () => {
    const { tune, engine } = await opened();
    engine.plan = { ...freePlan, photosToRead: 24, secondsToRead: 31, cacheBytes: 2e6 };
    tune.change({ longerSide: 384 });
    await vi.advanceTimersByTimeAsync(1000);
    await tune.apply();
    expect(tune.question).toContain('24 photos go through the network again');
    expect(engine.retuned).toEqual([]);
    await tune.apply(true);
    expect(engine.retuned).toEqual([{ recipe: tune.draft, mayRead: true }]);

    tune.change({ longerSide: 448 });
    engine.retuneError = { code: 'must-read-photos', message: 'They must be read.', retryable: false };
    await tune.apply();
    expect(tune.question).toBe('They must be read.');
  });

  it('is over when the last of its jobs is, and says how it went', async () => {
    const { tune, engine } = await opened();
    tune.change({ longerSide: 384 });
    await tune.apply();
    const reading = jobOf({ id: 7, kind: 'extract' });
    engine.jobs = [reading];
    await tune.hear(reading);
    expect(tune.applying?.id).toBe(7);
    expect(tune.ended).toBeNull();
    const read = jobOf({ id: 7, kind: 'extract', state: 'done', endedAtMs: 1 });
    engine.jobs = [read, jobOf({ id: 8 })];
    expect(tune.applying?.id).toBe(8);
    const built = jobOf({ id: 8, state: 'done', endedAtMs: 2, outcome: 'In service.' });
    engine.jobs = [read, built];
    engine.recipes = {
      ...engine.recipes,
      current: { ...defaultRecipe, longerSide: 384 },
      past: [{ recipe: defaultRecipe, endedAtMs: 2 }],
    };
    await tune.hear(built);
    expect(tune.applying).toBeNull();
    expect(tune.ended?.outcome).toBe('In service.');
    expect(tune.isChanged).toBe(false);

    await tune.goBack();
    expect(engine.retuned.at(-1)).toEqual({ recipe: defaultRecipe, mayRead: false });
  });

  it('does not take pairs that are made to measure with for a recipe on its way', async () => {
    const { tune, engine } = await opened();
    engine.jobs = [jobOf({ kind: 'pairs' })];
    expect(tune.pairing).not.toBeNull();
    expect(tune.applying).toBeNull();
  });
});

describe('reading photos for a draft', () => {
  it('is no applying, and the draft is previewed and planned anew when it is over', async () => {
    const { tune, engine } = await opened();
    const mismatch: ErrorReport = {
      code: 'recipe-mismatch',
      message: 'The cache lacks it.',
      retryable: false,
    };
    engine.previewError = mismatch;
    engine.plan = { ...freePlan, photosToRead: 24, photosToPreview: 24, secondsToRead: 3 };
    tune.change({ longerSide: 384 });
    await vi.advanceTimersByTimeAsync(1000);
    await tune.readForDraft();
    expect(engine.readFor).toEqual([tune.draft]);
    const running = jobOf({ id: 5, kind: 'extract' });
    engine.jobs = [running];
    await tune.hear(running);
    expect(tune.reading?.id).toBe(5);
    expect(tune.applying).toBeNull();
    expect(tune.read).toBeNull();

    engine.previewError = null;
    engine.plan = freePlan;
    const over = jobOf({ id: 5, kind: 'extract', state: 'done', endedAtMs: 1, outcome: '24 photos read.' });
    engine.jobs = [over];
    await tune.hear(over);
    await vi.advanceTimersByTimeAsync(1000);
    expect(tune.reading).toBeNull();
    expect(tune.read?.outcome).toBe('24 photos read.');
    expect(tune.ended).toBeNull();
    expect(tune.preview.error).toBeNull();
    expect(tune.preview.answer?.limits).toBe('384');
    expect(tune.plan).toEqual(freePlan);
    tune.change({ longerSide: 448 });
    expect(tune.read).toBeNull();
  });

  it('says nothing of a draft that took its place meanwhile', async () => {
    const { tune, engine } = await opened();
    tune.change({ longerSide: 384 });
    await tune.readForDraft();
    engine.jobs = [jobOf({ id: 5, kind: 'extract' })];
    tune.change({ longerSide: 448 });
    engine.jobs = [
      jobOf({ id: 5, kind: 'extract', state: 'done', endedAtMs: 1, outcome: '24 photos read.' }),
    ];
    expect(tune.read).toBeNull();
    tune.change({ longerSide: 384 });
    expect(tune.read).toBeNull();
  });

  it('that was begun elsewhere is told from a recipe on its way', async () => {
    const { tune, engine } = await opened();
    engine.jobs = [jobOf({ id: 3, kind: 'extract' })];
    expect(tune.reading?.id).toBe(3);
    expect(tune.applying).toBeNull();
    engine.recipes = { ...engine.recipes, building: { ...defaultRecipe, longerSide: 384 } };
    await tune.open();
    expect(tune.reading).toBeNull();
    expect(tune.applying?.id).toBe(3);
  });
});
