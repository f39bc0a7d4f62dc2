import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averagePrecision } from '../../src-main/evaluate/average-precision.ts';
import { leaveOneOut } from '../../src-main/evaluate/leave-one-out.ts';

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
});

describe('leave-one-out', () => {
  const corners = Float32Array.of(1, 0, 0.999, 0.045, 0, 1, 0.045, 0.999, 0.7, 0.7);

  it('is perfect when each photo is nearest to its own kind', () => {
    expect(leaveOneOut(corners.subarray(0, 8), 2, [0, 0, 1, 1])).toEqual({
      queries: 4,
      mAP: 1,
      precisionAt1: 1,
      precisionAt10: 1 / 3,
    });
  });

  it('does not ask with photos that have no kin, but ranks them', () => {
    const report = leaveOneOut(corners, 2, [0, 0, 1, 1, 2]);
    expect(report.queries).toBe(4);
    expect(report.precisionAt10).toBe(1 / 4);
  });

  it('agrees with sorting all other photos for each query, ties in their order', () => {
    const photo = fc.record({
      label: fc.integer({ min: 0, max: 3 }),
      place: fc.integer({ min: -2, max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(photo, { minLength: 2, maxLength: 25 }), (photos) => {
        const labels = photos.map(({ label }) => label);
        const places = photos.map(({ place }) => place);
        let queries = 0;
        let mAP = 0;
        let precisionAt1 = 0;
        photos.forEach(({ label, place }, query) => {
          const ranking = photos.map((_, row) => row).filter((row) => row !== query);
          ranking.sort((a, b) => place * (places[b] - places[a]) || a - b);
          const ranks = ranking.flatMap((row, rank) => (labels[row] === label ? [rank] : []));
          if (ranks.length === 0) return;
          queries += 1;
          mAP += averagePrecision(ranks, ranks.length);
          precisionAt1 += ranks[0] === 0 ? 1 : 0;
        });
        const report = leaveOneOut(Float32Array.from(places), 1, labels);
        expect(report.queries).toBe(queries);
        expect(report.mAP).toBeCloseTo(queries === 0 ? 0 : mAP / queries, 12);
        expect(report.precisionAt1).toBeCloseTo(queries === 0 ? 0 : precisionAt1 / queries, 12);
      }),
    );
  });
});
