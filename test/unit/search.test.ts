import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExactIndex } from '../../src-main/search/exact-index.ts';
import { compareHits, TopHits } from '../../src-main/search/top-hits.ts';

const dimension = 6;
const vectorArbitrary = fc
  .array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: dimension, maxLength: dimension })
  .map((values) => Float32Array.from(values));

describe('top hits', () => {
  it('are the best of all, ties in the order of ids', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5 })),
        fc.integer({ min: 1, max: 20 }),
        (scores, limit) => {
          const best = new TopHits(limit);
          scores.forEach((score, id) => best.add(id, score));
          const expected = scores.map((score, id) => ({ id, score })).sort(compareHits);
          expect(best.sorted()).toEqual(expected.slice(0, limit));
        },
      ),
    );
  });
});

describe('the exact index', () => {
  it('agrees with comparing one by one, whatever was added, replaced and deleted', () => {
    const change = fc.record({
      id: fc.integer({ min: 0, max: 12 }),
      vector: fc.option(vectorArbitrary, { freq: 3 }),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), vectorArbitrary, (changes, query) => {
        const index = new ExactIndex();
        const model = new Map<number, Float32Array>();
        for (const { id, vector } of changes) {
          if (vector) {
            index.set(id, vector);
            model.set(id, vector);
          } else {
            expect(index.delete(id)).toBe(model.delete(id));
          }
        }
        expect(index.size).toBe(model.size);
        const hits = index.search(query, 5);
        expect(hits.map(({ id }) => id)).toHaveLength(Math.min(5, model.size));
        const scores = [...model].map(([id, vector]) => ({ id, score: index.score(id, query), vector }));
        for (const { score, vector } of scores) {
          expect(score).toBeCloseTo(
            vector.reduce((sum, value, i) => sum + value * query[i], 0),
            5,
          );
        }
        const expected = scores.map(({ id, score }) => ({ id, score })).sort(compareHits);
        expect(hits).toEqual(expected.slice(0, 5));
      }),
    );
  });

  it('refuses a vector of another dimension', () => {
    const index = new ExactIndex();
    index.set(1, Float32Array.of(1, 0));
    expect(() => index.search(Float32Array.of(1, 0, 0), 1)).toThrow(/another recipe/);
    expect(() => index.set(2, Float32Array.of(1))).toThrow(/another recipe/);
  });

  it('finds nothing while it is empty', () => {
    expect(new ExactIndex().search(Float32Array.of(1), 3)).toEqual([]);
  });
});
