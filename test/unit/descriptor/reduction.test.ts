import { describe, expect, it } from 'vitest';
import { defaultRecipe, type Recipe } from '../../../src-main/contract/index.ts';
import {
  componentScales,
  fitPca,
  l2Normalise,
  type Matrix,
  plainProduct,
  reducer,
} from '../../../src-main/descriptor/index.ts';

const count = 80;
const inputs = 12;
const values = Float64Array.from(
  { length: count * inputs },
  (_, i) => Math.sin(i * i) / (1 + (i % inputs)) + Math.cos(i),
);
const rows: Matrix = { rows: count, columns: inputs, values };
const fit = await fitPca(rows, 6, plainProduct);

const row = (i: number): Float32Array => Float32Array.from(values.subarray(i * inputs, (i + 1) * inputs));

function withReduction(reduction: Recipe['reduction']): Recipe {
  return { ...defaultRecipe, reduction };
}

/** Component scores of a row, scaled but not yet of unit length. */
function scores(vector: Float32Array, whitening: number | null): number[] {
  return Array.from(componentScales(fit, whitening), (scale, component) => {
    let sum = 0;
    for (let i = 0; i < inputs; i++) {
      sum += fit.components[component * inputs + i] * (vector[i] - fit.mean[i]);
    }
    return sum * scale;
  });
}

describe('whitening', () => {
  it('gives the training photos identity covariance at ε = 0', () => {
    const whitened = Array.from({ length: count }, (_, i) => scores(row(i), 0));
    for (let a = 0; a < fit.dimension; a++) {
      for (let b = 0; b <= a; b++) {
        const covariance = whitened.reduce((sum, score) => sum + score[a] * score[b], 0) / (count - 1);
        expect(covariance).toBeCloseTo(a === b ? 1 : 0, 5);
      }
    }
  });

  it('approaches plain PCA as ε grows', () => {
    const nearly = l2Normalise(Float32Array.from(scores(row(3), 1000)));
    const plain = l2Normalise(Float32Array.from(scores(row(3), null)));
    nearly.forEach((value, i) => expect(value).toBeCloseTo(plain[i], 3));
  });

  it('damps each component by (λ + ε·Σλ)^-1/2', () => {
    const scales = componentScales(fit, 0.02);
    fit.eigenvalues.forEach((variance, i) =>
      expect(scales[i]).toBeCloseTo(1 / Math.sqrt(variance + 0.02 * fit.totalVariance), 12),
    );
  });
});

describe('reduction', () => {
  it.each([null, 0, 0.02])('projects, scales by ε = %s and gives unit length', (whitening) => {
    const reduce = reducer(withReduction({ kind: 'pca', dimension: 6, whitening }), fit);
    const expected = l2Normalise(Float32Array.from(scores(row(5), whitening)));
    const reduced = reduce(row(5));
    expect(Math.hypot(...reduced)).toBeCloseTo(1, 6);
    reduced.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5));
  });

  it('keeps the first components when the recipe wants fewer than the fit has, and all when it wants more', () => {
    const reduced = (dimension: number) =>
      reducer(withReduction({ kind: 'pca', dimension, whitening: null }), fit)(row(5));
    expect(reduced(2)).toHaveLength(2);
    expect(reduced(500)).toHaveLength(fit.dimension);
  });

  it('only normalises where there is no fit, or the recipe wants none', () => {
    expect(reducer(defaultRecipe, null)(row(1))).toEqual(l2Normalise(row(1)));
    expect(reducer(withReduction({ kind: 'none' }), fit)(row(1))).toEqual(l2Normalise(row(1)));
  });

  it('refuses a descriptor that the fit was not made for', () => {
    const reduce = reducer(defaultRecipe, fit);
    expect(() => reduce(new Float32Array(inputs + 1))).toThrow(
      expect.objectContaining({ code: 'recipe-mismatch' }),
    );
  });
});
