import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MetricMeans, rankingMetrics } from '../../../src-main/evaluate/metrics.ts';

describe('the metrics of one query', () => {
  it('are read off the ranks of its positives', () => {
    expect(new MetricMeans().add({ ranks: [2, 4, 9, 30], positives: 4, ranked: 100 })).toMatchObject({
      firstPositiveRank: 3,
      precisionAt1: 0,
      precisionAt5: 2 / 5,
      precisionAt10: 3 / 10,
    });
  });

  it('take the whole ranking where it is shorter than k', () => {
    expect(new MetricMeans().add({ ranks: [0, 1], positives: 2, ranked: 4 })).toMatchObject({
      precisionAt5: 2 / 4,
      precisionAt10: 2 / 4,
    });
  });

  it('tell that no positive was found', () => {
    expect(new MetricMeans().add({ ranks: [], positives: 3, ranked: 50 })).toEqual({
      averagePrecision: 0,
      firstPositiveRank: null,
      precisionAt1: 0,
      precisionAt5: 0,
      precisionAt10: 0,
    });
  });
});

describe('the metrics of many queries', () => {
  const queries = [
    { ranks: [0, 1], positives: 2, ranked: 20 },
    { ranks: [4], positives: 1, ranked: 20 },
    { ranks: [5, 19], positives: 2, ranked: 20 },
    { ranks: [1], positives: 1, ranked: 20 },
    { ranks: [9], positives: 1, ranked: 20 },
    { ranks: [10], positives: 1, ranked: 20 },
  ];

  it('are means over the queries', () => {
    expect(rankingMetrics(queries)).toMatchObject({
      queries: 6,
      withoutPositives: 0,
      precisionAt1: 1 / 6,
      precisionAt5: expect.closeTo(4 / 5 / 6, 12) as number,
      precisionAt10: expect.closeTo(6 / 10 / 6, 12) as number,
    });
  });

  it('count a query as recalled at k when a positive is among the first k', () => {
    expect(rankingMetrics(queries)).toMatchObject({ recallAt1: 1 / 6, recallAt5: 3 / 6, recallAt10: 5 / 6 });
  });

  it('leave queries without positives out, and say how many', () => {
    const all = [...queries, { ranks: [], positives: 0, ranked: 20 }];
    expect(rankingMetrics(all)).toEqual({ ...rankingMetrics(queries), withoutPositives: 1 });
  });

  it('are zero without queries', () => {
    expect(rankingMetrics([])).toMatchObject({ queries: 0, mAP: 0, recallAt10: 0 });
  });
});

describe('the precision–recall curve', () => {
  it('has the best precision that is still to come', () => {
    // Precision 1/2 at recall 1/3, 2/3 at recall 2/3, 3/10 at recall 1.
    const { curve } = rankingMetrics([{ ranks: [1, 2, 9], positives: 3, ranked: 20 }]);
    expect(curve).toHaveLength(101);
    expect(curve.slice(0, 67)).toEqual(Array(67).fill(2 / 3));
    expect(curve.slice(67)).toEqual(Array(34).fill(3 / 10));
  });

  it('ends where positives were not found', () => {
    const { curve } = rankingMetrics([{ ranks: [0], positives: 2, ranked: 20 }]);
    expect(curve.slice(0, 51)).toEqual(Array(51).fill(1));
    expect(curve.slice(51)).toEqual(Array(50).fill(0));
  });

  it('is the mean over the queries', () => {
    const first = { ranks: [0, 3], positives: 2, ranked: 9 };
    const second = { ranks: [1, 5, 6], positives: 3, ranked: 9 };
    const curves = [first, second].map((query) => rankingMetrics([query]).curve);
    rankingMetrics([first, second]).curve.forEach((precision, i) =>
      expect(precision).toBeCloseTo((curves[0][i] + curves[1][i]) / 2, 12),
    );
  });

  it('is the maximum of precision at a recall or above, for any ranks', () => {
    const query = fc.record({
      ranks: fc.uniqueArray(fc.nat(60), { minLength: 1, maxLength: 30 }),
      missed: fc.nat(5),
    });
    fc.assert(
      fc.property(query, ({ ranks, missed }) => {
        ranks.sort((a, b) => a - b);
        const positives = ranks.length + missed;
        const { curve } = rankingMetrics([{ ranks, positives, ranked: 70 }]);
        curve.forEach((precision, percent) => {
          const reached = ranks.flatMap((rank, i) =>
            100 * (i + 1) >= percent * positives ? [(i + 1) / (rank + 1)] : [],
          );
          expect(precision).toBe(Math.max(0, ...reached));
        });
      }),
    );
  });
});
