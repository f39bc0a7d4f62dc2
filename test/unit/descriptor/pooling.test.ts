import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activationFloor, gemOfMap } from '../../../src-main/descriptor/index.ts';

const activations = fc.array(fc.float({ min: 0, max: 1000, noNaN: true }), { minLength: 1, maxLength: 40 });
const exponent = fc.double({ min: 1, max: 10, noNaN: true });

/** A number of one channel, with room for single-precision rounding. */
const pool = (values: number[], p: number): number =>
  gemOfMap(Float32Array.from(values), 1, values.length, p)[0];
const upTo = (value: number): number => value * (1 + 1e-6);

describe('generalized-mean pooling', () => {
  it('lies between the mean and the maximum', () => {
    fc.assert(
      fc.property(activations, exponent, (values, p) => {
        const pooled = pool(values, p);
        expect(pooled).toBeGreaterThanOrEqual(pool(values, 1) / upTo(1));
        expect(pooled).toBeLessThanOrEqual(upTo(pool(values, Infinity)));
      }),
    );
  });

  it('grows with p', () => {
    fc.assert(
      fc.property(activations, exponent, exponent, (values, one, other) => {
        const [low, high] = one < other ? [one, other] : [other, one];
        expect(pool(values, low)).toBeLessThanOrEqual(upTo(pool(values, high)));
      }),
    );
  });

  it('is the mean at p = 1 and the maximum at infinity, channel by channel', () => {
    const map = Float32Array.of(1, 2, 3, 6, 0.5, 0.5, 0.5, 0.5);
    expect([...gemOfMap(map, 2, 4, 1)]).toEqual([3, 0.5]);
    expect([...gemOfMap(map, 2, 4, Infinity)]).toEqual([6, 0.5]);
    expect(gemOfMap(map, 2, 4, 2)[0]).toBeCloseTo(Math.sqrt((1 + 4 + 9 + 36) / 4), 6);
  });

  it('gives the floor for a dead channel, and counts negative activations as the floor', () => {
    expect(pool([0, 0, 0], 10)).toBe(Math.fround(activationFloor));
    expect(pool([-5, 2], 1)).toBeCloseTo(1, 6);
  });

  it('does not lose small activations to high powers', () => {
    // x^10 of 1e-5 is far below the smallest single-precision number.
    expect(pool([1e-5, 1e-5], 10) / 1e-5).toBeCloseTo(1, 6);
  });
});
