import { describe, expect, it } from 'vitest';
import { compareRecipes } from '../../../src-main/evaluate/compare.ts';

const results = (...precisions: number[]) =>
  precisions.map((averagePrecision, query) => ({ query, averagePrecision }));

/** Differences of 400 queries that scatter around their mean like noise. */
const noise = Array.from({ length: 400 }, (_, i) => Math.sin(i * i) / 4);
const before = results(...noise.map(() => 0.5));
const after = (gain: number) => results(...noise.map((value) => 0.5 + gain + value));

describe('the comparison of two recipes', () => {
  it('counts the queries that became better and worse, the greatest loss first', () => {
    const comparison = compareRecipes(results(0.5, 0.25, 1, 0.5), results(0.75, 0.25, 0.5, 1));
    expect(comparison).toMatchObject({ queries: 4, difference: 0.25 / 4, better: 2, worse: 1, same: 1 });
    expect(comparison.perQuery).toEqual([
      { query: 2, before: 1, after: 0.5, difference: -0.5 },
      { query: 1, before: 0.25, after: 0.25, difference: 0 },
      { query: 0, before: 0.5, after: 0.75, difference: 0.25 },
      { query: 3, before: 0.5, after: 1, difference: 0.5 },
    ]);
  });

  it('has the interval that normal theory expects of many queries', () => {
    const gain = 0.02;
    const { difference, interval } = compareRecipes(before, after(gain));
    const mean = noise.reduce((sum, value) => sum + value, 0) / noise.length;
    const deviation = Math.sqrt(noise.reduce((sum, value) => sum + (value - mean) ** 2, 0) / noise.length);
    const half = (1.96 * deviation) / Math.sqrt(noise.length);
    expect(difference).toBeCloseTo(mean + gain, 12);
    expect((interval.high - difference) / half).toBeCloseTo(1, 1);
    expect((difference - interval.low) / half).toBeCloseTo(1, 1);
  });

  it('keeps zero outside the interval of a clear gain only', () => {
    expect(compareRecipes(before, after(0.1)).interval.low).toBeGreaterThan(0);
    expect(compareRecipes(before, after(-0.1)).interval.high).toBeLessThan(0);
    const { low, high } = compareRecipes(before, after(0)).interval;
    expect(low < 0 && high > 0).toBe(true);
  });

  it('resamples differences, so that what all queries gain alike is certain', () => {
    const hard = results(0.1, 0.9, 0.4, 0.7);
    const { interval } = compareRecipes(hard, results(0.2, 1, 0.5, 0.8));
    expect(interval.low).toBeCloseTo(0.1, 12);
    expect(interval.high).toBeCloseTo(0.1, 12);
  });

  it('is the same each time and in any order, and another with another seed', () => {
    const comparison = compareRecipes(before, after(0.02));
    expect(compareRecipes(before.toReversed(), after(0.02).toReversed())).toEqual(comparison);
    expect(compareRecipes(before, after(0.02), { seed: 2 }).interval).not.toEqual(comparison.interval);
  });

  it.each([
    ['different queries', results(1, 1), [results(1, 1)[0], { query: 9, averagePrecision: 1 }]],
    ['fewer queries', results(1, 1), results(1)],
  ])('refuses %s', (_, first, second) => {
    expect(() => compareRecipes(first, second)).toThrow(
      expect.objectContaining({ code: 'invalid-arguments' }),
    );
  });

  it('refuses to compare without queries', () => {
    expect(() => compareRecipes([], [])).toThrow(expect.objectContaining({ code: 'no-ground-truth' }));
  });
});
