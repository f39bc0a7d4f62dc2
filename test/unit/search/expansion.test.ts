import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expanded } from '../../../src-main/search/index.ts';
import { unitVector } from '../../fixtures/unit-vectors.ts';

const neighbours = fc.array(
  fc.record({ vector: unitVector(8), score: fc.double({ min: -1, max: 1, noNaN: true }) }),
  { maxLength: 6 },
);
const alpha = fc.double({ min: 0, max: 10, noNaN: true });

describe('query expansion', () => {
  it('leaves a query without neighbours as it is', () => {
    fc.assert(
      fc.property(unitVector(8), alpha, (query, a) => {
        expect(expanded(query, [], a)).toEqual(query);
      }),
    );
  });

  it('gives a unit vector and does not change the query', () => {
    fc.assert(
      fc.property(unitVector(8), neighbours, alpha, (query, near, a) => {
        const before = query.slice();
        const length = Math.hypot(...expanded(query, near, a));
        expect(query).toEqual(before);
        // A sum that cancels itself stays zero.
        if (length > 0) expect(length).toBeCloseTo(1, 5);
      }),
    );
  });

  it('is the average with α = 0', () => {
    const [query, x, y] = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ].map((values) => Float32Array.from(values));
    const third = 1 / Math.sqrt(3);
    const near = [
      { vector: x, score: 0.9 },
      { vector: y, score: 0.1 },
    ];
    for (const value of expanded(query, near, 0)) expect(value).toBeCloseTo(third, 6);
  });

  it('weights by similarity to the power α, and takes nothing of what is unlike', () => {
    const query = Float32Array.from([1, 0]);
    const like = { vector: Float32Array.from([0, 1]), score: 0.5 };
    const [x, y] = expanded(query, [like], 2);
    expect(y / x).toBeCloseTo(0.25, 6);
    expect(expanded(query, [{ ...like, score: -0.5 }], 2)).toEqual(query);
  });
});
