import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type CommandAnswers,
  type CommandName,
  defaultRecipe,
  type GroundTruthSource,
  type IndexHealth,
  type Job,
  type MeasuringQuestion,
  presets,
  type Reply,
} from '../../../src-main/contract/index.ts';
import { Client } from '../../../src-renderer/client.ts';
import { chartData, tableRows } from '../../../src-renderer/quality/precision-recall.ts';
import { recipeChoices } from '../../../src-renderer/quality/recipe-choices.ts';
import { differenceWords, fitWords, recallWords, sourceWords } from '../../../src-renderer/quality/words.ts';
import type * as QualityModule from '../../../src-renderer/state/quality.svelte.ts';

let qualityModule: typeof QualityModule;

// Nothing is drawn here, so plain fields do in place of Svelte's signals.
beforeAll(async () => {
  const plain = (value: unknown): unknown => value;
  vi.stubGlobal('$state', Object.assign(plain, { raw: plain }));
  qualityModule = await import('../../../src-renderer/state/quality.svelte.ts');
});

const sources: GroundTruthSource[] = [
  { by: 'folder', queries: 0, groups: 0, isTelling: false },
  { by: 'tag', queries: 9, groups: 2, isTelling: true },
  { by: 'pairs', queries: 0, groups: 0, isTelling: false },
];
const recipes = { current: defaultRecipe, building: null, past: [], presets: presets(), explained: null };

const measuring = { id: 7, kind: 'measure', state: 'running', endedAtMs: null, error: null } as Job;
const done: Job = { ...measuring, state: 'done', endedAtMs: 1 };

/** A client that answers from a table, and remembers what was asked. */
function clientWith(jobs: Job[]) {
  const asked: MeasuringQuestion[] = [];
  const answers: Partial<CommandAnswers> = {
    groundTruths: sources,
    recipes,
    measurement: { what: 'quality', report: { mAP: 0.5 } as never, missing: [] },
  };
  const client = new Client({
    send(command: string, args: unknown): Promise<Reply> {
      if (command === 'measure') {
        asked.push((args as { question: MeasuringQuestion }).question);
        return Promise.resolve({ id: 1, ok: true, value: measuring });
      }
      const value = answers[command as CommandName] ?? null;
      return Promise.resolve({ id: 1, ok: true, value });
    },
    subscribe: () => () => undefined,
  });
  return { quality: new qualityModule.Quality(client, () => jobs), asked };
}

describe('measuring', () => {
  it('goes by what tells something, unless something else is chosen', async () => {
    const { quality } = clientWith([]);
    await quality.open();
    expect([quality.by, quality.canMeasure]).toEqual(['tag', true]);
    quality.choose('folder');
    expect([quality.by, quality.canMeasure]).toEqual(['folder', false]);
    quality.choose('file');
    expect(quality.canMeasure).toBe(false);
    await quality.read({ name: 'truth.json', text: () => Promise.resolve('[]') });
    expect([quality.by, quality.canMeasure]).toEqual(['file', true]);
  });

  it('asks for a job, and fetches what it found when it has ended', async () => {
    const jobs = [measuring];
    const { quality, asked } = clientWith(jobs);
    await quality.open();
    quality.isHeldOut = true;
    await quality.measure();
    expect(asked).toEqual([{ what: 'quality', by: 'tag', folds: 5 }]);
    expect(quality.running('quality')).toBe(measuring);
    expect(quality.found.quality).toBeUndefined();
    jobs[0] = done;
    await quality.hear(done);
    expect(quality.running('quality')).toBeNull();
    expect(quality.found.quality?.report.mAP).toBe(0.5);
  });

  it('fetches what a job found that ended before its number was known', async () => {
    const { quality } = clientWith([done]);
    await quality.measure();
    expect(quality.found.quality?.report.mAP).toBe(0.5);
  });

  it('keeps what was found before when another measurement fails, and says why', async () => {
    const jobs = [done];
    const { quality } = clientWith(jobs);
    await quality.measure();
    jobs[0] = measuring;
    await quality.measure();
    const error = { code: 'no-ground-truth', message: 'Nothing tells.', retryable: false } as const;
    jobs[0] = { ...done, state: 'failed', error };
    await quality.hear(jobs[0]);
    expect(quality.errors.quality?.message).toBe('Nothing tells.');
    expect(quality.found.quality?.report.mAP).toBe(0.5);
  });
});

describe('a precision–recall curve', () => {
  const precision = Array.from({ length: 101 }, (_, i) => 1 - i / 100);
  const curves = [
    { title: 'A', precision },
    { title: 'B', precision: precision.map((value) => value / 2) },
  ];

  it('is drawn over recall from 0 to 1', () => {
    const [recall, a, b] = chartData(curves);
    expect([recall[0], recall[50], recall[100]]).toEqual([0, 0.5, 1]);
    expect([a[0], a[100], b[0]]).toEqual([1, 0, 0.5]);
    expect(chartData([])).toEqual([[]]);
  });

  it('is told in tenths', () => {
    const rows = tableRows(curves);
    expect(rows.map(({ recall }) => recall)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
    expect(rows[3].precisions[0]).toBeCloseTo(0.7);
    expect(rows[3].precisions[1]).toBeCloseTo(0.35);
  });
});

describe('recipes to compare', () => {
  it('are what is in service, the draft if there is one, presets, and the past', () => {
    const past = [{ recipe: defaultRecipe, endedAtMs: 0 }];
    const keys = recipeChoices({ ...recipes, past }, defaultRecipe).map(({ key }) => key);
    expect(keys.slice(0, 2)).toEqual(['current', 'draft']);
    expect(keys.at(-1)).toBe('past:0');
    expect(new Set(keys).size).toBe(keys.length);
    expect(recipeChoices(recipes, null).map(({ key }) => key)).not.toContain('draft');
  });
});

describe('what was measured, in words', () => {
  const health: IndexHealth = {
    tier: 'hnsw',
    crossover: 50_000,
    hnswAvailable: true,
    note: '',
    photos: 80_000,
    dimension: 256,
    recallAt10: { mean: 0.987, queries: 100 },
    milliseconds: { hnsw: 1, exact: 20 },
    fit: 'library',
    fittedOn: 4000,
    createdAtMs: 0,
    photosSince: 20_000,
  };

  it('tells what the index finds', () => {
    expect(recallWords(health)).toBe('HNSW finds 98.7 % of the ten most similar photos, over 100 searches.');
    const exact = { ...health, tier: 'exact', recallAt10: null } as const;
    expect(recallWords(exact)).toMatch(/none is missed: that is fastest up to 50,000 photos/);
    expect(recallWords({ ...exact, crossover: null })).toMatch(/small enough/);
    expect(recallWords({ ...exact, hnswAvailable: false })).toMatch(/cannot be used here/);
  });

  it('tells how old the fit is', () => {
    expect(fitWords(health)).toBe(
      'Fitted on 4,000 photos of this library; 20,000 photos have come since, 25 % of all.',
    );
    expect(fitWords({ ...health, photosSince: 0 })).toMatch(/none has come since/);
    expect(fitWords({ ...health, fit: 'generic' })).toMatch(/not on your own/);
    expect(fitWords({ ...health, fit: 'none' })).toMatch(/needs no fit/);
  });

  it('says when a difference may be chance', () => {
    expect(differenceWords({ mean: 0.02, low: 0.01, high: 0.03 })).toMatch(/B is better by \+0\.020/);
    expect(differenceWords({ mean: -0.02, low: -0.03, high: -0.01 })).toMatch(/B is worse by −0\.020/);
    expect(differenceWords({ mean: 0.01, low: -0.01, high: 0.03 })).toMatch(/may be chance/);
  });

  it('says what a source has, or what it takes', () => {
    expect(sources.map(sourceWords)).toEqual([
      'It takes two folders, one of them with two photos.',
      '2 tags, 9 photos to search with',
      'None are made for the recipe in service yet.',
    ]);
  });
});
