import { describe, expect, it } from 'vitest';
import type { GroundTruthQuery } from '../../../src-main/evaluate/ground-truth.ts';
import { groundTruthRows } from '../../../src-main/evaluate/ground-truth-rows.ts';
import { groundTruthOfGroups, groundTruthOfLabels } from '../../../src-main/evaluate/ground-truth.ts';

/** Each query with the others that it should find. */
const kinOf = (queries: GroundTruthQuery[]): [number, number[]][] =>
  queries.map(({ query, positives }) => [
    query,
    Array.from(positives)
      .filter((row) => row !== query)
      .sort((a, b) => a - b),
  ]);

describe('ground truth from labels', () => {
  it('lets every photo with kin ask for its kin', () => {
    const queries = groundTruthOfLabels([7, 3, 7, 5, 3, 7]);
    expect(kinOf(queries)).toEqual([
      [0, [2, 5]],
      [1, [4]],
      [2, [0, 5]],
      [4, [1]],
      [5, [0, 2]],
    ]);
    expect(queries.every(({ junk }) => junk.length === 0)).toBe(true);
  });

  it('needs memory for the photos and not for their pairs', () => {
    const queries = groundTruthOfLabels(new Uint32Array(1000));
    expect(new Set(queries.map(({ positives }) => positives)).size).toBe(1);
  });
});

describe('ground truth from groups', () => {
  it('joins what pairs have in common', () => {
    expect(
      kinOf(
        groundTruthOfGroups([
          [4, 1],
          [1, 2],
          [6, 8],
        ]),
      ),
    ).toEqual([
      [1, [2, 4]],
      [2, [1]],
      [4, [1]],
      [6, [8]],
      [8, [6]],
    ]);
  });

  it('knows no kin of a photo that is alone, however often it is named', () => {
    expect(groundTruthOfGroups([[3], [5, 5], []])).toEqual([]);
  });
});

describe('ground truth from a file', () => {
  const rows = new Map([
    ['a', 0],
    ['b', 1],
    ['c', 2],
  ]);
  const rowsFor = (positives: string[], junk: string[], path = 'elsewhere') =>
    groundTruthRows({ queries: [{ path, crop: null, positives, junk }] }, (name) => rows.get(name));

  it('becomes rows, with queries by their place in the file', () => {
    expect(rowsFor(['b', 'a'], ['c'])).toEqual({
      queries: [{ query: 0, positives: [1, 0], junk: [2], name: 'elsewhere' }],
      missing: [],
    });
  });

  it('says once which photos are not in the library, and does not ask for them', () => {
    expect(rowsFor(['b', 'x'], ['y', 'x'])).toEqual({
      queries: [{ query: 0, positives: [1], junk: [], name: 'elsewhere' }],
      missing: ['x', 'y'],
    });
  });

  it('does not let a photo of the library find itself', () => {
    expect(rowsFor(['a', 'b'], [], 'a').queries).toEqual([
      { query: 0, positives: [1], junk: [0], name: 'a' },
    ]);
  });
});
