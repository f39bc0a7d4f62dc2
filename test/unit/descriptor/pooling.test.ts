import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  activationFloor,
  type AttentionWeights,
  attentionOfMap,
  attentionOfPositions,
  averageOfMap,
  gemOfMap,
  pyramidOfMap,
} from '../../../src-main/descriptor/index.ts';

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

/** A map of two channels, and its size. Zeros have no sign, for a sum would not keep it. */
const twoChannels = fc
  .record({ height: fc.integer({ min: 1, max: 9 }), width: fc.integer({ min: 1, max: 9 }) })
  .chain(({ height, width }) => {
    const length = 2 * height * width;
    return fc
      .array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: length, maxLength: length })
      .map((values) => ({ map: Float32Array.from(values, (value) => value + 0), height, width }));
  });

describe('average pooling', () => {
  it('is the mean of what is there, negative or dead', () => {
    expect([...averageOfMap(Float32Array.of(-3, 1, 0, 0), 2, 2)]).toEqual([-1, 0]);
  });
});

describe('spatial pyramid pooling', () => {
  it('lists channel by channel, level by level, row by row', () => {
    // Columns of three positions overlap in the middle one; rows of two do not.
    const map = Float32Array.of(1, 2, 4, 10, 20, 40, 0, 0, 0, 6, 6, 6);
    expect([...pyramidOfMap(map, 2, 2, 3, [2, 1])]).toEqual([
      ...[1.5, 3, 15, 30, Math.fround(77 / 6)],
      ...[0, 0, 6, 6, 3],
    ]);
  });

  it('begins with the average at level 1', () => {
    fc.assert(
      fc.property(twoChannels, ({ map, height, width }) => {
        const average = averageOfMap(map, 2, height * width);
        const [first, , , , , , , , , , second] = pyramidOfMap(map, 2, height, width, [1, 3]);
        expect([first, second]).toEqual([...average]);
      }),
    );
  });

  it('has the map itself at a level of as many cells as positions', () => {
    fc.assert(
      fc.property(twoChannels, ({ map, height, width }) => {
        const side = Math.min(height, width);
        const square = map.subarray(0, 2 * side * side);
        expect([...pyramidOfMap(square, 2, side, side, [side])]).toEqual([...square]);
      }),
    );
  });

  it('repeats positions where there are more cells than positions', () => {
    expect([...pyramidOfMap(Float32Array.of(5), 1, 1, 1, [2])]).toEqual([5, 5, 5, 5]);
    const line = pyramidOfMap(Float32Array.of(2, 4), 1, 1, 2, [4]);
    expect([...line]).toEqual([2, 2, 4, 4, 2, 2, 4, 4, 2, 2, 4, 4, 2, 2, 4, 4]);
  });

  it.each([[[]], [[0]], [[2.5]], [[1, -2]]])('refuses levels %j', (levels) => {
    expect(() => pyramidOfMap(Float32Array.of(1), 1, 1, 1, levels)).toThrow(
      expect.objectContaining({ code: 'invalid-arguments' }),
    );
  });
});

describe('attention pooling', () => {
  const weights: AttentionWeights = {
    hidden: 3,
    channels: 2,
    w1: Float32Array.of(1, -1, 0.5, 2, -2, 0.1),
    b1: Float32Array.of(0.1, -0.2, 0),
    w2: Float32Array.of(4, -3, 5),
    b2: 1,
  };

  it('weighs positions by the softmax of their scores', () => {
    // One hidden unit that passes the first channel on where it is positive: scores 0, ln 2, 0.
    const passing = {
      ...weights,
      hidden: 1,
      w1: Float32Array.of(1, 0),
      b1: Float32Array.of(0),
      w2: Float32Array.of(1),
    };
    const map = Float32Array.of(0, Math.LN2, -7, 4, 8, 12);
    const shares = attentionOfPositions(map, 2, 3, passing);
    [0.25, 0.5, 0.25].forEach((share, i) => expect(shares[i]).toBeCloseTo(share, 6));
    expect(attentionOfMap(map, 2, 3, passing)[1]).toBeCloseTo(8, 5);
  });

  it('gives shares that add up to 1, so that pooled values lie within the map', () => {
    fc.assert(
      fc.property(twoChannels, ({ map, height, width }) => {
        const positions = height * width;
        const shares = attentionOfPositions(map, 2, positions, weights);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
        attentionOfMap(map, 2, positions, weights).forEach((value, channel) => {
          const values = map.subarray(channel * positions, (channel + 1) * positions);
          expect(value).toBeGreaterThanOrEqual(Math.min(...values) - 1e-4);
          expect(value).toBeLessThanOrEqual(Math.max(...values) + 1e-4);
        });
      }),
    );
  });

  it('is zero for a dead map, and finite for scores whose exponentials are not', () => {
    expect([...attentionOfMap(new Float32Array(12), 2, 6, weights)]).toEqual([0, 0]);
    const attended = attentionOfMap(Float32Array.of(1e4, -1e4, 1, 2), 2, 2, weights);
    expect(attended.every(Number.isFinite)).toBe(true);
  });

  it('refuses weights for other channels, or of another size than they say', () => {
    const map = new Float32Array(6);
    expect(() => attentionOfMap(map, 3, 2, weights)).toThrow(
      expect.objectContaining({ code: 'recipe-mismatch' }),
    );
    expect(() => attentionOfMap(map, 2, 3, { ...weights, hidden: 2 })).toThrow(
      expect.objectContaining({ code: 'invalid-arguments' }),
    );
  });
});
