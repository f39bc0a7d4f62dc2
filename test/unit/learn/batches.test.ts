import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src-main/descriptor/index.ts';
import { groupedBatches, plainBatches } from '../../../src-main/learn/batches.ts';

const settings = fc.record({
  groupsPerBatch: fc.integer({ min: 2, max: 6 }),
  rowsPerGroup: fc.integer({ min: 2, max: 5 }),
});

const sorted = (rows: number[]): number[] => rows.toSorted((a, b) => a - b);

describe('batches of groups', () => {
  const manyGroups = fc
    .array(fc.integer({ min: 0, max: 8 }), { minLength: 4, maxLength: 80 })
    .filter((groups) => sizes(groups).filter((size) => size > 1).length > 1);

  function sizes(groups: number[]): number[] {
    return [...new Set(groups)].map((group) => groups.filter((other) => other === group).length);
  }

  it('show each row that has a mate once an epoch, and always with a mate', () => {
    fc.assert(
      fc.property(manyGroups, settings, fc.integer(), (groups, options, seed) => {
        const epoch = groupedBatches(groups, options, randomFrom(seed));
        for (const batches of [epoch(), epoch()]) {
          const expected = [...groups.keys()].filter(
            (row) => groups.indexOf(groups[row]) !== groups.lastIndexOf(groups[row]),
          );
          expect(sorted(batches.flat())).toEqual(expected);
          for (const batch of batches) {
            for (const row of batch) {
              expect(batch.some((other) => other !== row && groups[other] === groups[row])).toBe(true);
            }
          }
        }
      }),
    );
  });

  it('are about as large as asked', () => {
    const groups = Array.from({ length: 120 }, (_, row) => row % 12);
    const batches = groupedBatches(groups, { groupsPerBatch: 6, rowsPerGroup: 5 }, randomFrom(1))();
    expect(batches.map(({ length }) => length)).toEqual([30, 30, 30, 30]);
  });

  it('spread a large group over the epoch, so that each batch has strangers', () => {
    const groups = Array.from({ length: 120 }, (_, row) => (row < 80 ? 0 : 1));
    for (let seed = 0; seed < 20; seed++) {
      for (const batch of groupedBatches(
        groups,
        { groupsPerBatch: 8, rowsPerGroup: 4 },
        randomFrom(seed),
      )()) {
        expect(new Set(batch.map((row) => groups[row])).size).toBe(2);
      }
    }
  });

  it('differ from epoch to epoch, and are the same for a seed', () => {
    const groups = Array.from({ length: 60 }, (_, row) => row % 10);
    const [one, other] = [7, 7].map((seed) => groupedBatches(groups, {}, randomFrom(seed)));
    const [first, second] = [one(), one()];
    expect(second).not.toEqual(first);
    expect([other(), other()]).toEqual([first, second]);
  });

  it.each([
    ['no group has two photos', [0, 1, 2, 3]],
    ['only one group has two photos', [0, 0, 0, 1, 2]],
    ['there are no photos', []],
  ])('are refused when %s', (_, groups) => {
    const make = () => groupedBatches(groups, {}, randomFrom(1));
    expect(make).toThrow(expect.objectContaining({ code: 'not-enough-photos' }));
    expect(make).toThrow(/two groups/);
  });
});

describe('batches without groups', () => {
  it('show each row once an epoch, in another order each time', () => {
    const epoch = plainBatches(100, 32, randomFrom(3));
    const batches = epoch();
    expect(batches.map(({ length }) => length)).toEqual([25, 25, 25, 25]);
    expect(sorted(batches.flat())).toEqual([...Array(100).keys()]);
    expect(epoch()).not.toEqual(batches);
  });
});
