import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averagePrecision } from '../../../src-main/evaluate/average-precision.ts';

describe('average precision by the trapezoidal rule', () => {
  it('is one when all positives come first', () => {
    expect(averagePrecision([0, 1, 2], 3)).toBe(1);
  });

  it('weighs the precision before and at each positive', () => {
    // At rank 1: precision 0 before, 1/2 at it. At rank 3: 1/3 before, 2/4 at it.
    expect(averagePrecision([1, 3], 2)).toBeCloseTo((0.5 / 2 + (1 / 3 + 0.5) / 2) / 2, 12);
  });

  it('counts positives that were not found', () => {
    expect(averagePrecision([0], 2)).toBe(0.5);
  });

  it('is the area under the precision–recall points of the whole ranking', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), (right) => {
        const positives = right.filter(Boolean).length;
        fc.pre(positives > 0);
        let area = 0;
        let [found, precision] = [0, 1];
        right.forEach((positive, rank) => {
          const [lastFound, lastPrecision] = [found, precision];
          found += Number(positive);
          precision = found / (rank + 1);
          area += ((found - lastFound) / positives) * ((lastPrecision + precision) / 2);
        });
        const ranks = right.flatMap((positive, rank) => (positive ? [rank] : []));
        expect(averagePrecision(ranks, positives)).toBeCloseTo(area, 12);
      }),
    );
  });
});
