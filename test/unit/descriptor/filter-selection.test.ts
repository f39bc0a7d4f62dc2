import { existsSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  anovaF,
  featureVariances,
  keepAbove,
  keepBest,
} from '../../../src-main/descriptor/filter-selection.ts';
import { type Rows, rowsOf } from '../../../src-main/descriptor/matrix.ts';
import { compareArrays, readArray, readReference } from '../../../src-main/evaluate/reference-data.ts';

const folder = path.resolve('../shared/reference');

const numbers = fc.float({ min: -1000, max: 1000, noNaN: true });

/** One feature. */
function column(...values: number[]): Rows {
  return { rows: values.length, columns: 1, values: Float32Array.from(values) };
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('variance of features', () => {
  it('is the mean squared distance from the mean, for each feature of its own', () => {
    const rows = rowsOf([Float32Array.of(1, 10), Float32Array.of(3, 10), Float32Array.of(8, 40)]);
    expect([...featureVariances(rows)]).toEqual([26 / 3, 200]);
  });

  it('is exactly zero for a constant feature, whatever its value', () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 50 }), (value, count) => {
        expect(featureVariances(column(...Array<number>(count).fill(value)))[0]).toBe(0);
      }),
    );
  });

  it('keeps its digits when a feature is large and varies little', () => {
    expect(featureVariances(column(8_000_000, 8_000_001, 8_000_002))[0]).toBeCloseTo(2 / 3, 12);
  });
});

describe('analysis of variance', () => {
  it('of two labels is the square of the t statistic', () => {
    const sample = fc.array(numbers, { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(sample, sample, (first, second) => {
        const spread = (values: number[]) =>
          values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0);
        const within = (spread(first) + spread(second)) / (first.length + second.length - 2);
        fc.pre(within > 1e-3);
        const t2 = (mean(first) - mean(second)) ** 2 / (within * (1 / first.length + 1 / second.length));
        const labels = [...first.map(() => 5), ...second.map(() => 2)];
        expect(Math.abs(anovaF(column(...first, ...second), labels)[0] - t2)).toBeLessThan(1e-6 * (1 + t2));
      }),
    );
  });

  it('gives no score to a constant feature, and an infinite one to a feature that varies between labels only', () => {
    const rows = rowsOf([
      Float32Array.of(0.1, 0.1, 0.7),
      Float32Array.of(0.1, 0.1, 0.3),
      Float32Array.of(0.1, 0.2, 0.7),
      Float32Array.of(0.1, 0.2, 0.3),
    ]);
    const [constant, perfect, useless] = anovaF(rows, [0, 0, 1, 1]);
    expect(constant).toBeNaN();
    expect(perfect).toBe(Infinity);
    expect(useless).toBeCloseTo(0, 12);
  });

  it('gives no score when all photos have the same label', () => {
    expect(anovaF(column(1, 2, 3), [4, 4, 4])[0]).toBeNaN();
  });

  it('refuses labels that are not one a photo', () => {
    expect(() => anovaF(column(1, 2, 3), [0, 1])).toThrow(
      expect.objectContaining({ code: 'invalid-arguments' }),
    );
  });
});

describe('features above a threshold', () => {
  it('are those that score more, not the same', () => {
    expect(keepAbove([3, 1, 2, NaN, 1.5], 1.5)).toEqual(Uint32Array.of(0, 2));
  });

  it('are never none', () => {
    expect(() => keepAbove([0, 1], 1)).toThrow(expect.objectContaining({ code: 'invalid-arguments' }));
  });
});

describe('the best features', () => {
  it('come in ascending order, the first of equals, and none without a score', () => {
    expect(keepBest([1, NaN, 5, 1, Infinity, Infinity, 1], 4)).toEqual(Uint32Array.of(0, 2, 4, 5));
  });

  it('are fewer than wanted when fewer have a score', () => {
    expect(keepBest([NaN, 0, NaN, -1], 3)).toEqual(Uint32Array.of(1, 3));
  });

  it('score no less than any that is left out', () => {
    const scores = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(Infinity)), {
      minLength: 1,
    });
    fc.assert(
      fc.property(scores, fc.integer({ min: 1, max: 20 }), (values, keep) => {
        const kept = new Set(keepBest(values, keep));
        expect(kept.size).toBe(Math.min(keep, values.length));
        const worst = Math.min(...[...kept].map((feature) => values[feature]));
        values.forEach((score, feature) => {
          if (!kept.has(feature)) expect(score).toBeLessThanOrEqual(worst);
        });
      }),
    );
  });

  it.each([0, 1.5, NaN])('cannot be %s', (keep) => {
    expect(() => keepBest([1, 2], keep)).toThrow(expect.objectContaining({ code: 'invalid-arguments' }));
  });

  it('do not exist without scores', () => {
    expect(() => keepBest([NaN, NaN], 1)).toThrow(expect.objectContaining({ code: 'not-enough-photos' }));
  });
});

describe.skipIf(!existsSync(folder))(
  'selection against scikit-learn (skipped without ../shared/reference)',
  () => {
    let reference: Awaited<ReturnType<typeof readReference>>;
    let features: Rows;
    beforeAll(async () => {
      reference = await readReference(folder);
      features = await readArray(folder, reference.arrays['concat.gem3']);
    });

    it('has the same variances, and keeps the same features by them', async () => {
      const { values } = await readArray(folder, reference.arrays['variance.values']);
      const variances = featureVariances(features);
      expect(compareArrays('variance', variances, values).maxRelativeError).toBeLessThan(1e-5);
      const { threshold, kept } = reference.variance_threshold ?? { threshold: NaN, kept: [] };
      expect(kept.length).toBeGreaterThan(0);
      expect([...keepAbove(variances, threshold)]).toEqual(kept);
    });

    it('has the same analysis of variance, constant features included', async () => {
      const { values } = await readArray(folder, reference.arrays['f_classif.scores']);
      const scores = anovaF(features, reference.labels ?? []);
      expect(compareArrays('F', scores, values).maxRelativeError).toBeLessThan(1e-5);
    });
  },
);
