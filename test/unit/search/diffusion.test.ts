import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { affinity, diffuse, diffusedScores, transitionMatrix } from '../../../src-main/search/diffusion.ts';
import { nearestAmong } from '../../../src-main/search/index.ts';
import { unitVector } from '../../fixtures/unit-vectors.ts';

const vectors = fc.array(unitVector(4), { minLength: 2, maxLength: 24 });

/** (I − αS) x = y by elimination. */
function solved(lists: ReturnType<typeof nearestAmong>, sources: Float64Array, alpha: number): number[] {
  const { starts, columns, values } = transitionMatrix(lists);
  const rows = Array.from(sources, (source, row) => {
    const line = Array.from(sources, (_, column) => Number(row === column));
    for (let at = starts[row]; at < starts[row + 1]; at++) line[columns[at]] -= alpha * values[at];
    return [...line, source];
  });
  const count = rows.length;
  for (let pivot = 0; pivot < count; pivot++) {
    for (let row = 0; row < count; row++) {
      if (row === pivot) continue;
      const factor = rows[row][pivot] / rows[pivot][pivot];
      for (let column = pivot; column <= count; column++) rows[row][column] -= factor * rows[pivot][column];
    }
  }
  return rows.map((line, row) => line[count] / line[row]);
}

describe('diffusion', () => {
  it('finds by conjugate gradients what elimination finds', () => {
    fc.assert(
      fc.property(vectors, fc.integer({ min: 1, max: 6 }), fc.constantFrom(0, 0.5, 0.99), (all, k, alpha) => {
        const lists = nearestAmong(all, k);
        const sources = Float64Array.from(all, (_, place) => (place < 3 ? affinity(0.9 - place / 10) : 0));
        const exact = solved(lists, sources, alpha);
        const most = Math.max(1, ...exact);
        diffuse(transitionMatrix(lists), sources, alpha).forEach((value, place) =>
          expect(Math.abs(value - exact[place]) / most).toBeLessThan(1e-6),
        );
      }),
    );
  });

  it('has a symmetric matrix whose flow does not grow', () => {
    fc.assert(
      fc.property(vectors, fc.integer({ min: 1, max: 6 }), (all, k) => {
        const { starts, columns, values } = transitionMatrix(nearestAmong(all, k));
        const entries = new Map<string, number>();
        all.forEach((_, row) => {
          for (let at = starts[row]; at < starts[row + 1]; at++)
            entries.set(`${row} ${columns[at]}`, values[at]);
        });
        for (const [key, value] of entries) {
          expect(entries.get(key.split(' ').reverse().join(' '))).toBeCloseTo(value, 12);
          expect(value).toBeLessThanOrEqual(1 + 1e-12);
        }
      }),
    );
  });

  it('reaches what is like the nearest photos although it is not like the query', () => {
    // A chain that turns away from the query, and a photo beside it that is nearer to the query than the chain’s end.
    const turned = (degrees: number, side = 0): Float32Array => {
      const angle = (degrees * Math.PI) / 180;
      return Float32Array.from([
        Math.cos(angle) * Math.cos(side),
        Math.sin(angle) * Math.cos(side),
        Math.sin(side),
      ]);
    };
    const chain = Array.from({ length: 12 }, (_, i) => turned(7 * i));
    const beside = turned(0, 1.1);
    const all = [...chain, beside];
    const similarities = all.map((vector) => vector[0]);
    const order = [...all.keys()].sort((a, b) => similarities[b] - similarities[a]);
    const sorted = order.map((place) => all[place]);
    const scores = diffusedScores(
      order.map((place) => similarities[place]),
      nearestAmong(sorted, 3),
    );
    const end = order.indexOf(10);
    expect(similarities[10]).toBeLessThan(similarities[12]);
    expect(scores[end]).toBeGreaterThan(scores[order.indexOf(12)]);
  });

  it('leaves what nothing leads to at zero', () => {
    expect([...diffusedScores([0.9], [[]])]).toEqual([affinity(0.9)]);
    expect([...diffusedScores([], [])]).toEqual([]);
    expect([...diffusedScores([-0.5, -0.6], [[], []])]).toEqual([0, 0]);
  });
});
