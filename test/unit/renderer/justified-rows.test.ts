import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cellsOf,
  justifiedRows,
  placeBeside,
  rowAt,
  type RowMeasures,
  rowOf,
} from '../../../src-renderer/library/justified-rows.ts';

const measures: RowMeasures = { width: 1000, gap: 6, rowHeight: 180, headingHeight: 40 };
const manyShapes = fc.array(fc.integer({ min: 100, max: 10_000 }), { minLength: 1, maxLength: 300 });

describe('justified rows', () => {
  it('hold every photo once and in order, inside the width, whatever their shapes', () => {
    fc.assert(
      fc.property(manyShapes, fc.integer({ min: 200, max: 3000 }), (list, width) => {
        const shapes = Uint16Array.from(list);
        const sized = { ...measures, width };
        const rows = justifiedRows(shapes, [], sized);
        const cells = Array.from({ length: rows.count }, (_, row) => cellsOf(rows, row, shapes, sized));
        expect(cells.flat().map(({ place }) => place)).toEqual(list.map((_, place) => place));
        for (const row of cells) {
          row.forEach((cell, i) => {
            expect(cell.width).toBeGreaterThan(0);
            expect(cell.left + cell.width).toBeLessThanOrEqual(width);
            if (i > 0) expect(cell.left).toBeGreaterThan(row[i - 1].left + row[i - 1].width);
          });
        }
      }),
    );
  });

  it('fill the width but for the last one, and are about as high as wanted', () => {
    const shapes = Uint16Array.from({ length: 200 }, (_, i) => [1500, 667, 1333, 1000][i % 4]);
    const rows = justifiedRows(shapes, [], measures);
    for (let row = 0; row < rows.count - 1; row++) {
      const last = cellsOf(rows, row, shapes, measures).at(-1);
      expect(last && last.left + last.width).toBe(measures.width);
      const height = rows.tops[row + 1] - rows.tops[row] - measures.gap;
      expect(height).toBeGreaterThan(120);
      expect(height).toBeLessThan(260);
    }
  });

  it('have a heading over each group, and begin anew there', () => {
    const shapes = Uint16Array.from({ length: 9 }, () => 1000);
    const rows = justifiedRows(shapes, [2, 7], measures);
    expect(Array.from(rows.headings).filter((group) => group >= 0)).toEqual([0, 1]);
    expect(rows.headings[0]).toBe(0);
    const second = rows.headings.indexOf(1);
    expect(rows.firsts[second]).toBe(2);
    expect(rowOf(rows, 2)).toBe(second + 1);
    expect(rowOf(rows, 1)).toBe(1);
  });

  it('are found by their distance from the top', () => {
    const shapes = Uint16Array.from({ length: 1000 }, () => 1333);
    const rows = justifiedRows(shapes, [], measures);
    for (const row of [0, 1, 57, rows.count - 1]) {
      expect(rowAt(rows, rows.tops[row])).toBe(row);
      expect(rowAt(rows, rows.tops[row] + 5)).toBe(row);
    }
    expect(rowAt(rows, -10)).toBe(0);
    expect(rowAt(rows, 1e9)).toBe(rows.count - 1);
  });

  it('lead up and down to the nearest photo, over headings, and stay at the ends', () => {
    const shapes = Uint16Array.from({ length: 20 }, () => 1000);
    const rows = justifiedRows(shapes, [10, 10], measures);
    const down = placeBeside(rows, 7, 1, shapes, measures);
    expect(down).toBeGreaterThan(9);
    expect(placeBeside(rows, down, -1, shapes, measures)).toBeLessThan(10);
    expect(placeBeside(rows, 3, -1, shapes, measures)).toBe(3);
    expect(placeBeside(rows, 19, 1, shapes, measures)).toBe(19);
  });

  it('of 200,000 photos are fewer than these', () => {
    const shapes = Uint16Array.from({ length: 200_000 }, (_, i) => (i % 3 === 0 ? 750 : 1333));
    const rows = justifiedRows(shapes, [], measures);
    expect(rows.count).toBeLessThan(60_000);
    expect(rows.firsts.at(-1)).toBe(200_000);
  });

  it('are none where there is no photo', () => {
    expect(justifiedRows(new Uint16Array(), [], measures)).toMatchObject({ count: 0 });
  });
});
