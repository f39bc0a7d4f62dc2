import { describe, expect, it } from 'vitest';
import { groupedByMonth } from '../../src-main/library/months.ts';

/** By id. */
const dates: Record<number, number> = {
  1: Date.UTC(2024, 4, 31, 23, 59, 59, 999),
  2: Date.UTC(2024, 5, 1),
  3: NaN,
  4: Date.UTC(1969, 11, 31, 23),
  5: Date.UTC(2024, 4, 1),
  6: 1e300,
};
const grouped = (ids: number[], oldestFirst = false) => {
  const { ids: sorted, groups } = groupedByMonth(Uint32Array.from(ids), (id) => dates[id], oldestFirst);
  return {
    sorted: Array.from(sorted),
    groups: groups.map((group) => [group.kind === 'month' && group.month, group.photos]),
  };
};

describe('photos by month', () => {
  it('stand with the latest month first, each month in the order in which they came', () => {
    expect(grouped([5, 4, 1, 2])).toEqual({
      sorted: [2, 5, 1, 4],
      groups: [
        ['2024-06', 1],
        ['2024-05', 2],
        ['1969-12', 1],
      ],
    });
  });

  it('stand the other way round where the oldest come first', () => {
    expect(grouped([2, 1, 5, 4], true).sorted).toEqual([4, 1, 5, 2]);
  });

  it.each([false, true])('of no date that there is come last, the oldest first or not: %s', (oldestFirst) => {
    const { sorted, groups } = grouped([3, 6, 2], oldestFirst);
    expect(sorted).toEqual([2, 3, 6]);
    expect(groups).toEqual([
      ['2024-06', 1],
      [null, 2],
    ]);
  });

  it('are none where there are none', () => {
    expect(grouped([])).toEqual({ sorted: [], groups: [] });
  });
});
