import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Job, Measurement, MeasuringQuestion, Recipe } from '../../src-main/contract/index.ts';
import { writePhoto } from '../fixtures/generated-photos.ts';
import { type SmallLibrary, smallLibrary } from '../fixtures/small-library.ts';

const kinds = ['reds', 'blues', 'greens'];
const perKind = 5;
let small: SmallLibrary;

beforeAll(async () => {
  small = await smallLibrary(8, 64, { knownDevice: true });
  const photos = join(small.root, 'photos');
  for (const [number, kind] of kinds.entries()) {
    for (let i = 0; i < perKind; i++)
      await writePhoto(join(photos, kind), `${kind}-${i}.png`, 10 * number + i);
  }
  await small.engine.index([await small.engine.call('addFolder', { path: photos })]).ended;
}, 180_000);

afterAll(() => small.close());

async function ended(question: MeasuringQuestion): Promise<{ job: Job; measurement: Measurement | null }> {
  const { engine } = small;
  const { id } = await engine.call('measure', { question });
  await engine.jobs.idle();
  const job = engine.jobs.list().find((each) => each.id === id);
  if (!job) throw new Error('the job is gone');
  return { job, measurement: await engine.call('measurement', { jobId: id }) };
}

async function measured<What extends Measurement['what']>(what: What, question: MeasuringQuestion) {
  const { job, measurement } = await ended(question);
  expect(job).toMatchObject({ kind: 'measure', state: 'done', error: null });
  if (measurement?.what !== what) throw new Error('something else was measured');
  return measurement as Extract<Measurement, { what: What }>;
}

describe('measuring as a job', () => {
  it('tells what there is to measure by', async () => {
    expect(await small.engine.call('groundTruths', {})).toEqual([
      { by: 'folder', queries: 15, groups: 3, isTelling: true },
      { by: 'tag', queries: 0, groups: 0, isTelling: false },
      { by: 'pairs', queries: 0, groups: 0, isTelling: false },
    ]);
  });

  it('finds the same as the command that answers at once, and the worst queries with what they found', async () => {
    const { report } = await measured('quality', { what: 'quality', by: 'folder' });
    const atOnce = await small.engine.call('evaluate', { by: 'folder' });
    expect(report).toEqual(atOnce);
    expect(report).toMatchObject({ queries: 15, by: 'folder' });
    const precisions = report.worst.map(({ averagePrecision }) => averagePrecision);
    expect(precisions).toEqual(precisions.toSorted((a, b) => a - b));
    expect(Math.max(...precisions)).toBeLessThan(1);
    for (const { photo, matches, firstMatchRank, results } of report.worst) {
      expect(matches).toBe(perKind - 1);
      expect(results).toHaveLength(8);
      expect(results.map((result) => result.photo.id)).not.toContain(photo.id);
      const own = results.map((result) => result.photo.directory === photo.directory);
      expect(results.map(({ isMatch }) => isMatch)).toEqual(own);
      if (own.includes(true)) expect(firstMatchRank).toBe(own.indexOf(true) + 1);
      else expect(firstMatchRank).toBeGreaterThan(8);
    }
  });

  it('shows which queries another recipe does better and worse', async () => {
    const { engine } = small;
    const b: Recipe = {
      ...engine.recipe,
      reduction: { kind: 'pca', dimension: 4, whitening: { kind: 'none' }, shrinkage: 0 },
    };
    const question = { what: 'comparison', by: 'folder', a: engine.recipe, b } as const;
    const { report } = await measured('comparison', question);
    expect(report.better + report.worse + report.same).toBe(15);
    expect(report.mostBetter).toHaveLength(Math.min(12, report.better));
    expect(report.mostWorse).toHaveLength(Math.min(12, report.worse));
    const gains = report.mostBetter.map((each) => each.b.averagePrecision - each.a.averagePrecision);
    expect(gains).toEqual(gains.toSorted((x, y) => y - x));
    expect(gains.every((gain) => gain > 0)).toBe(true);
    const losses = report.mostWorse.map((each) => each.b.averagePrecision - each.a.averagePrecision);
    expect(losses).toEqual(losses.toSorted((x, y) => x - y));
    expect(losses.every((loss) => loss < 0)).toBe(true);
    expect(
      [...report.mostBetter, ...report.mostWorse].every(
        ({ a, b: other }) => a.results.length === 8 && other.results.length === 8,
      ),
    ).toBe(true);
  });

  it('measures by the content of a file, which names photos by the ends of their paths', async () => {
    const text = JSON.stringify([
      { query: 'reds/reds-0.png', positives: ['reds-1.png', 'reds-2.png', 'gone.png'] },
      { query: 'blues-0.png', positives: ['blues-1.png'], crop: [0, 0, 48, 36] },
      { query: 'nowhere.png', positives: ['reds-1.png'] },
    ]);
    const { report, missing } = await measured('quality', {
      what: 'quality-by-file',
      name: 'truth.json',
      text,
      difficulty: 'medium',
    });
    expect(report).toMatchObject({ by: 'file', queries: 2 });
    expect(missing.toSorted()).toEqual(['gone.png', 'nowhere.png']);
    for (const { photo } of report.worst) expect(['reds-0.png', 'blues-0.png']).toContain(photo.name);
  });

  it('says what is wrong with a file', async () => {
    const question = { what: 'quality-by-file', name: 'list.json', difficulty: 'medium' } as const;
    const { job, measurement } = await ended({ ...question, text: '[{"query": 3}]' });
    expect(job).toMatchObject({ state: 'failed', error: { code: 'invalid-arguments' } });
    expect(job.error?.message).toMatch(/list\.json is no ground truth: 0\.query/);
    expect(measurement).toBeNull();
    const { job: foreign } = await ended({ ...question, text: '[{"query": "a", "positives": ["b"]}]' });
    expect(foreign.error).toMatchObject({ code: 'no-ground-truth' });
  });

  it('tells how well classifiers do on the descriptors', async () => {
    const { report } = await measured('probe', { what: 'probe', folds: 4 });
    expect(report).toMatchObject({ classes: 3, photos: 15, folds: 4 });
  });

  it('is cancelled before it begins as well', async () => {
    const { engine } = small;
    const [first, second] = await Promise.all([
      engine.call('measure', { question: { what: 'quality', by: 'folder', folds: 5 } }),
      engine.call('measure', { question: { what: 'quality', by: 'folder' } }),
    ]);
    await engine.call('cancelJob', { jobId: second.id });
    await engine.call('cancelJob', { jobId: first.id });
    await engine.jobs.idle();
    const states = engine.jobs.list().filter(({ id }) => id === first.id || id === second.id);
    expect(states.map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
    expect(await engine.call('measurement', { jobId: first.id })).toBeNull();
  });

  it('says of a search index that compares every photo that it misses none, and what came after the fit', async () => {
    const { report } = await measured('index-health', { what: 'index-health' });
    expect(report).toMatchObject({
      tier: 'exact',
      recallAt10: null,
      photos: 15,
      fit: 'none',
      photosSince: 15,
    });
    expect(report.milliseconds.hnsw).toBeNull();
    expect(report.milliseconds.exact).toBeGreaterThan(0);
  });
});
