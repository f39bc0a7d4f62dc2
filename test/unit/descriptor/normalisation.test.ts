import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fitStandardisation,
  l2Normalise,
  rowsOf,
  signedPower,
  standardise,
} from '../../../src-main/descriptor/index.ts';

const vectors = fc
  .array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 30 })
  .map((values) => Float32Array.from(values));

describe('unit length', () => {
  it('is reached by every vector but zero, in the same direction', () => {
    fc.assert(
      fc.property(vectors, (vector) => {
        const length = Math.hypot(...vector);
        const unit = l2Normalise(vector);
        if (length < 1e-6) return;
        expect(Math.hypot(...unit)).toBeCloseTo(1, 5);
        unit.forEach((value, i) => expect(value * length).toBeCloseTo(vector[i], 3));
      }),
    );
  });

  it('leaves zero as it is', () => {
    expect(l2Normalise(new Float32Array(3))).toEqual(new Float32Array(3));
  });
});

describe('signed power', () => {
  it('keeps the sign', () => {
    expect(signedPower(Float32Array.of(-4, 0, 9), 0.5)).toEqual(Float32Array.of(-2, 0, 3));
  });
});

describe('standardisation', () => {
  const rows = [Float32Array.of(1, 5, 3), Float32Array.of(3, 5, 7), Float32Array.of(5, 5, 2)];
  const fitted = fitStandardisation(rowsOf(rows));

  it('gives each feature mean zero and deviation one', () => {
    const scores = rows.map((row) => standardise(fitted, row.slice()));
    for (const feature of [0, 2]) {
      const column = scores.map((row) => row[feature]);
      expect(column.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 6);
      expect(column.reduce((sum, value) => sum + value ** 2 / rows.length, 0)).toBeCloseTo(1, 6);
    }
  });

  it('only centres a feature that does not vary', () => {
    expect(standardise(fitted, Float32Array.of(1, 7, 3))[1]).toBe(2);
  });
});
