import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowIds } from '../../src-main/search/row-ids.ts';

describe('ids and their rows', () => {
  it('are found both ways, whatever came and went', () => {
    // Few ids, so that they come and go often, and some that meet in one slot or lie beyond 32 bits.
    const id = fc.oneof(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 30 }).map((n) => n * 2 ** 32),
      fc.integer({ min: 1, max: 30 }).map((n) => n * 2 ** 18),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), id), { maxLength: 300 }), (steps) => {
        const rows = new RowIds();
        const expected: number[] = [];
        for (const [comes, each] of steps) {
          const at = expected.indexOf(each);
          if (comes && at < 0) {
            rows.append(each);
            expected.push(each);
          } else if (!comes) {
            rows.remove(each);
            const last = at < 0 ? undefined : expected.pop();
            if (last !== undefined && at < expected.length) expected[at] = last;
          }
        }
        expect([...rows.all()]).toEqual(expected);
        expect(rows.size).toBe(expected.length);
        for (const [, each] of steps) {
          const at = expected.indexOf(each);
          expect(rows.rowOf(each)).toBe(at < 0 ? undefined : at);
        }
      }),
    );
  });

  it('are found after growing, in rows without a gap', () => {
    const rows = new RowIds();
    for (let id = 1; id <= 10_000; id++) rows.append(3 * id);
    for (let id = 1; id <= 10_000; id += 2) rows.remove(3 * id);
    expect(rows.size).toBe(5000);
    for (let row = 0; row < rows.size; row++) expect(rows.rowOf(rows.idOf(row))).toBe(row);
    expect(rows.rowOf(3)).toBeUndefined();
    expect(rows.rowOf(6)).toBeDefined();
  });
});
