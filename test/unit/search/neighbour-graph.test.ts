import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainProduct, rowsOf } from '../../../src-main/descriptor/index.ts';
import type { NeighbourList } from '../../../src-main/library/index.ts';
import { forgetDepleted, missingNeighbours, neighbourCount } from '../../../src-main/search/index.ts';
import { clusteredVectors } from '../../fixtures/described-library.ts';

type Lists = Map<number, NeighbourList>;

const all = [...clusteredVectors(150, 6)];

/** Looks for what is missing among the pictures with some ids, and keeps it as the catalogue would. */
async function grown(known: Lists, ids: number[], most = Infinity): Promise<Lists> {
  const kept: Lists = new Map(known);
  const pictures = { ids: Uint32Array.from(ids), rows: rowsOf(ids.map((id) => all[id - 1])) };
  let left = most;
  for await (const { lists } of missingNeighbours(pictures, new Map(known), plainProduct)) {
    for (const { contentId, ...list } of lists) if (left-- > 0) kept.set(contentId, list);
  }
  return kept;
}

const idsTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
const sorted = (lists: Lists): [number, NeighbourList][] => [...lists].sort(([a], [b]) => a - b);

describe('the graph of neighbours', () => {
  it('lists the most similar others of each picture, best first', async () => {
    const lists = await grown(new Map(), idsTo(60));
    const scores = idsTo(60)
      .filter((id) => id !== 7)
      .map((id) => ({ id, score: all[6].reduce((sum, value, i) => sum + value * all[id - 1][i], 0) }))
      .sort((a, b) => b.score - a.score || a.id - b.id)
      .slice(0, neighbourCount);
    expect([...(lists.get(7)?.ids ?? [])]).toEqual(scores.map(({ id }) => id));
  });

  it('is the same when it grows as when it is made at once, and carries on wherever it was stopped', async () => {
    const atOnce = sorted(await grown(new Map(), idsTo(150)));
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 2, max: 149 }), { maxLength: 3 }),
        fc.integer({ min: 0, max: 300 }),
        async (steps, stop) => {
          let lists: Lists = new Map();
          for (const count of steps.sort((a, b) => a - b)) lists = await grown(lists, idsTo(count));
          lists = await grown(lists, idsTo(150), stop);
          expect(sorted(await grown(lists, idsTo(150)))).toEqual(atOnce);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('is empty for one picture, and holds all others for a few', async () => {
    expect((await grown(new Map(), [1])).size).toBe(0);
    const lists = await grown(new Map(), [3, 8, 9]);
    expect([...lists.values()].map(({ ids }) => ids.length)).toEqual([2, 2, 2]);
  });

  it('looks anew for the neighbours of pictures that lost many of theirs', () => {
    const list = (ids: number[]): NeighbourList => ({
      ids: Uint32Array.from(ids),
      similarities: Float32Array.from(ids, () => 0.5),
    });
    const known: Lists = new Map([
      [1, list([2, 3, 4, 5])],
      [2, list([1, 3, 8, 9])],
    ]);
    forgetDepleted(Uint32Array.from([1, 2, 3, 4]), known);
    expect([...known.keys()]).toEqual([1]);
  });
});
