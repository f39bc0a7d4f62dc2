import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Whitening } from '../../../src-main/contract/index.ts';
import {
  applyLinear,
  fitPca,
  type LinearMap,
  linearMapOfPca,
  plainProduct,
  randomFrom,
  rowAt,
  type Rows,
} from '../../../src-main/descriptor/index.ts';
import { applyLinearTo, componentScales } from '../../../src-main/descriptor/linear-map.ts';

const count = 80;
const inputs = 12;
const rows: Rows = {
  rows: count,
  columns: inputs,
  values: Float32Array.from(
    { length: count * inputs },
    (_, i) => Math.sin(i * i) / (1 + (i % inputs)) + Math.cos(i),
  ),
};
const fit = await fitPca(rows, 6, plainProduct);
const plain: Whitening = { kind: 'none' };
const regularised = (epsilon: number): Whitening => ({ kind: 'regularised', epsilon });

/** Rows of other numbers, and a map for them. */
function someMap(dimension: number, length: number): { map: LinearMap; many: Rows } {
  const random = randomFrom(dimension * 100 + length);
  const numbers = (size: number) => Float32Array.from({ length: size }, () => random() - 0.5);
  return {
    map: { mean: numbers(length), matrix: numbers(dimension * length), dimension, inputs: length },
    many: { rows: 2100, columns: length, values: numbers(2100 * length) },
  };
}

/** Covariance of mapped rows. */
async function covarianceBy(map: LinearMap): Promise<number[][]> {
  const { columns, values } = await applyLinear(map, rows, plainProduct);
  const features = Array.from({ length: columns }, (_, a) => values.filter((_value, i) => i % columns === a));
  return features.map((a) =>
    features.map((b) => a.reduce((sum, value, i) => sum + value * b[i], 0) / (count - 1)),
  );
}

describe('the scales of components', () => {
  it('are one without whitening, whatever the shrinkage', () => {
    expect(componentScales(fit, plain, 0.5)).toEqual(new Float64Array(6).fill(1));
  });

  it('are (λ + ε·Σλ)^-1/2 for regularised whitening, and λ^-a by a power', () => {
    const byEpsilon = componentScales(fit, regularised(0.02), 0);
    const byPower = componentScales(fit, { kind: 'power', exponent: 0.3 }, 0);
    fit.eigenvalues.forEach((variance, i) => {
      expect(byEpsilon[i]).toBeCloseTo(1 / Math.sqrt(variance + 0.02 * fit.totalVariance), 12);
      expect(byPower[i]).toBeCloseTo(1 / variance ** 0.3, 12);
    });
  });

  it('are the same for ε = 0 and the power 1/2', () => {
    expect(componentScales(fit, regularised(0), 0)).toEqual(
      componentScales(fit, { kind: 'power', exponent: 0.5 }, 0),
    );
  });

  it('draw variances towards their mean first: by a share, or by what the fit recommends', () => {
    const mean = fit.totalVariance / inputs;
    const shrunk = componentScales(fit, regularised(0), 0.25);
    fit.eigenvalues.forEach((variance, i) =>
      expect(shrunk[i]).toBeCloseTo((0.75 * variance + 0.25 * mean) ** -0.5, 12),
    );
    componentScales(fit, regularised(0), 1).forEach((scale) => expect(scale).toBeCloseTo(mean ** -0.5, 12));
    expect(fit.shrinkage).toBeGreaterThan(0);
    expect(componentScales(fit, regularised(0.1), 'auto')).toEqual(
      componentScales(fit, regularised(0.1), fit.shrinkage),
    );
  });
});

describe('the linear map of principal components', () => {
  it('gives the photos of the fit identity covariance at full whitening', async () => {
    const map = linearMapOfPca(fit, { dimension: 6, whitening: regularised(0), shrinkage: 0 });
    (await covarianceBy(map)).forEach((row, a) =>
      row.forEach((value, b) => expect(value).toBeCloseTo(Number(a === b), 5)),
    );
  });

  it('gives them their variances, apart from each other, without whitening', async () => {
    const map = linearMapOfPca(fit, { dimension: 6, whitening: plain, shrinkage: 0 });
    (await covarianceBy(map)).forEach((row, a) =>
      row.forEach((value, b) => expect(value).toBeCloseTo(a === b ? fit.eigenvalues[a] : 0, 5)),
    );
  });

  it('keeps the first components when fewer are wanted than the fit has, and all when more', () => {
    const wanted = (dimension: number) => linearMapOfPca(fit, { dimension, whitening: plain, shrinkage: 0 });
    expect(wanted(2).dimension).toBe(2);
    expect(wanted(2).matrix).toEqual(fit.components.subarray(0, 2 * inputs));
    expect(wanted(500).dimension).toBe(6);
  });

  it('leaves the fit as it was', () => {
    const before = fit.components.slice();
    linearMapOfPca(fit, { dimension: 6, whitening: regularised(0), shrinkage: 0.1 });
    expect(fit.components).toEqual(before);
  });
});

describe('applying a linear map', () => {
  it.each([
    [1, 1],
    [3, 7],
    [5, 4],
  ])(
    'subtracts the mean and multiplies, for many rows as for one: to %d of %d',
    async (dimension, length) => {
      const { map, many } = someMap(dimension, length);
      const mapped = await applyLinear(map, many, plainProduct);
      expect([mapped.rows, mapped.columns]).toEqual([2100, dimension]);
      for (const row of [0, 1, 2047, 2048, 2099]) {
        const one = applyLinearTo(map, rowAt(many, row));
        for (let i = 0; i < dimension; i++) {
          let expected = 0;
          for (let j = 0; j < length; j++) {
            expected += map.matrix[i * length + j] * (many.values[row * length + j] - map.mean[j]);
          }
          expect(one[i]).toBeCloseTo(expected, 5);
          expect(mapped.values[row * dimension + i]).toBeCloseTo(expected, 5);
        }
      }
    },
  );

  it('keeps its digits where the mean is large against what varies', () => {
    const mean = new Float32Array(8).fill(4096);
    const matrix = new Float32Array(8).fill(1);
    const vector = mean.map((value, i) => value + (i + 1) / 1024);
    expect(applyLinearTo({ mean, matrix, dimension: 1, inputs: 8 }, vector)[0]).toBe(36 / 1024);
  });

  it('is linear in what is left after the mean', () => {
    const { map } = someMap(4, 9);
    const vector = fc.array(fc.integer({ min: -64, max: 64 }), { minLength: 9, maxLength: 9 });
    const image = (offsets: number[]) =>
      applyLinearTo(
        map,
        map.mean.map((value, i) => value + offsets[i]),
      );
    fc.assert(
      fc.property(vector, vector, (a, b) => {
        const [ofA, ofB] = [image(a), image(b)];
        image(a.map((value, i) => value + b[i])).forEach((value, i) =>
          expect(value).toBeCloseTo(ofA[i] + ofB[i], 3),
        );
      }),
    );
  });

  it('gives no rows for none', async () => {
    const { map } = someMap(3, 7);
    const none = { rows: 0, columns: 7, values: new Float32Array() };
    expect(await applyLinear(map, none, plainProduct)).toEqual({
      rows: 0,
      columns: 3,
      values: new Float32Array(),
    });
  });

  it('leaves the rows as they were', async () => {
    const before = rows.values.slice();
    await applyLinear(
      linearMapOfPca(fit, { dimension: 2, whitening: plain, shrinkage: 0 }),
      rows,
      plainProduct,
    );
    expect(rows.values).toEqual(before);
  });

  it('refuses vectors that it was not made for', async () => {
    const { map, many } = someMap(3, 7);
    const mismatch: unknown = expect.objectContaining({ code: 'recipe-mismatch' });
    expect(() => applyLinearTo(map, new Float32Array(8))).toThrow(mismatch);
    const others = { ...many, rows: 1, columns: 6, values: new Float32Array(6) };
    await expect(applyLinear(map, others, plainProduct)).rejects.toEqual(mismatch);
  });
});
