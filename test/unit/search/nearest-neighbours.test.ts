import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { type MatrixProduct, plainProduct, rowAt, type Rows } from '../../../src-main/descriptor/index.ts';
import { nearestNeighbours } from '../../../src-main/search/nearest-neighbours.ts';

const idle = (): Promise<void> => Promise.resolve();

/** Rows of small whole numbers, so that products are exact and ties are many. */
const anyRows = (least: number): fc.Arbitrary<Rows> =>
  fc
    .array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 3, maxLength: 3 }), {
      minLength: least,
      maxLength: 24,
    })
    .map((rows) => ({ rows: rows.length, columns: 3, values: Float32Array.from(rows.flat()) }));

/** All others, sorted. */
function sortedOthers(queries: Rows, among: Rows, row: number): { place: number; similarity: number }[] {
  const query = rowAt(queries, row);
  return Array.from({ length: among.rows }, (_, place) => {
    const other = rowAt(among, place);
    return { place, similarity: query.reduce((sum, value, i) => sum + value * other[i], 0) };
  })
    .filter(({ place }) => queries !== among || place !== row)
    .sort((a, b) => b.similarity - a.similarity || a.place - b.place);
}

async function expectSorted(queries: Rows, among: Rows, count: number): Promise<void> {
  const found = await nearestNeighbours(queries, among, count, plainProduct, idle);
  for (let row = 0; row < queries.rows; row++) {
    const expected = sortedOthers(queries, among, row).slice(0, count);
    const range = [row * count, (row + 1) * count] as const;
    expect([...found.places.slice(...range)]).toEqual(expected.map(({ place }) => place));
    expect([...found.similarities.slice(...range)]).toEqual(expected.map(({ similarity }) => similarity));
  }
}

describe('the nearest neighbours', () => {
  it('are the first of all others sorted, equal ones by their place', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows(6), fc.integer({ min: 1, max: 5 }), (rows, count) =>
        expectSorted(rows, rows, count),
      ),
    );
  });

  it('may be among other rows, and then include an equal one', async () => {
    await fc.assert(fc.asyncProperty(anyRows(0), anyRows(4), fc.integer({ min: 1, max: 4 }), expectSorted));
  });

  it('are found block by block, each of a size that memory can hold', async () => {
    const rows = { rows: 6000, columns: 1, values: new Float32Array(6000) };
    const sizes: number[] = [];
    const shares: number[] = [];
    const measured: MatrixProduct = (a, b) => {
      sizes.push(a.rows * b.rows);
      // Its scores do not matter here.
      return Promise.resolve({ ...a, columns: 0 });
    };
    const advance = (share: number): Promise<void> => Promise.resolve(void shares.push(share));
    await nearestNeighbours(rows, rows, 2, measured, advance);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2 ** 23);
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(6000 ** 2);
    expect(shares).toHaveLength(sizes.length);
    expect(shares.at(-1)).toBe(1);
  });
});
