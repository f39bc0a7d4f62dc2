import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refinedScores } from '../../../src-main/search/index.ts';
import { unitVector } from '../../fixtures/unit-vectors.ts';

const vectors = fc.uniqueArray(unitVector(6), {
  minLength: 2,
  maxLength: 20,
  selector: (vector) => vector.join(' '),
});

describe('refined descriptors', () => {
  it('score the same each time, whatever the order of the results', () => {
    fc.assert(
      fc.property(
        unitVector(6),
        vectors,
        fc.integer({ min: 1, max: 5 }),
        fc.nat(19),
        (query, all, k, turn) => {
          const by = turn % all.length;
          const turned = [...all.slice(by), ...all.slice(0, by)];
          const scores = refinedScores(query, all, k);
          expect(refinedScores(query, all, k)).toEqual(scores);
          const again = refinedScores(query, turned, k);
          // Equally similar neighbours may take each other's place at the end of a list.
          if (k > 1) return;
          again.forEach((score, place) => expect(score).toBeCloseTo(scores[(place + by) % all.length], 10));
        },
      ),
    );
  });

  it('with no neighbour but itself orders photos as the query does', () => {
    fc.assert(
      fc.property(vectors, (all) => {
        const [query] = all;
        const scores = refinedScores(query, all, 1);
        const cosines = all.map((vector) => vector.reduce((sum, value, i) => sum + value * query[i], 0));
        // The best is the query itself, by which the refined query is made: both halves are the same cosine.
        scores.forEach((score, place) => expect(score).toBeCloseTo(cosines[place], 5));
      }),
    );
  });

  it('lift a photo whose neighbours are like the query above one that stands alone', () => {
    const unit = (...values: number[]): Float32Array =>
      Float32Array.from(values, (value) => value / Math.hypot(...values));
    const query = unit(1, 0, 0, 0);
    const among = unit(0.7, 0.714, 0, 0);
    const alone = unit(0.705, 0, 0, 0.709);
    const crowd = [unit(0.95, 0.3, 0, 0), unit(0.9, 0.4, 0.05, 0), unit(0.85, 0.5, 0, 0.02)];
    const scores = refinedScores(query, [...crowd, alone, among], 4);
    expect(among[0]).toBeLessThan(alone[0]);
    expect(scores[4]).toBeGreaterThan(scores[3]);
  });

  it('score nothing where there is nothing', () => {
    expect([...refinedScores(Float32Array.from([1, 0]), [], 10)]).toEqual([]);
  });
});
