import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spearman } from '../../../src-main/evaluate/rank-correlation.ts';

describe('rank correlation', () => {
  it('sees order and not size', () => {
    expect(spearman([1, 2, 3, 400], [-5, 0, 0.1, 0.2])).toBe(1);
    expect(spearman([1, 2, 3], [9, 8, 1])).toBe(-1);
  });

  it('gives equal values the mean of their ranks', () => {
    // By scipy.stats.spearmanr.
    expect(spearman([1, 2, 2, 3, 5], [2, 1, 4, 4, 4])).toBeCloseTo(0.6308932681440449, 12);
    expect(spearman([0, 0, 1, 2, 2, 2], [3, 1, 1, 2, 0, 2])).toBeCloseTo(-0.20658356100321165, 12);
  });

  it('is that of the differences between ranks where there are no ties', () => {
    const permutation = fc
      .uniqueArray(fc.integer(), { minLength: 2, maxLength: 30 })
      .map((values) => ({ values, sorted: values.toSorted((a, b) => a - b) }));
    fc.assert(
      fc.property(permutation, ({ values, sorted }) => {
        const n = values.length;
        const squares = values.reduce((sum, value, i) => sum + (i - sorted.indexOf(value)) ** 2, 0);
        const expected = 1 - (6 * squares) / (n * (n * n - 1));
        expect(spearman([...values.keys()], values)).toBeCloseTo(expected, 12);
      }),
    );
  });

  it.each([
    ['a constant', [1, 1, 1], [1, 2, 3]],
    ['a single pair', [1], [2]],
    ['nothing', [], []],
  ])('is not defined for %s', (_, a, b) => {
    expect(spearman(a, b)).toBeNaN();
  });
});
