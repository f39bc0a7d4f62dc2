import { describe, expect, it } from 'vitest';
import {
  gaussianFrom,
  plainProduct,
  randomFrom,
  rowAt,
  type Rows,
} from '../../../src-main/descriptor/index.ts';
import { layOut, type MapOptions } from '../../../src-main/engine/map-layout.ts';

type Method = MapOptions['method'];
const methods: Method[] = ['umap', 'tsne'];

/** Unit rows around as many directions as there are groups, each row's group its number modulo the groups. */
function groupedRows(count: number, groups: number, spread: number, columns = 24): Rows {
  const gaussian = gaussianFrom(randomFrom(5));
  const centres = Array.from({ length: groups }, () => Array.from({ length: columns }, gaussian));
  const rows = { rows: count, columns, values: new Float32Array(count * columns) };
  for (let row = 0; row < count; row++) {
    const values = centres[row % groups].map((value) => value + spread * gaussian());
    const length = Math.hypot(...values);
    rowAt(rows, row).set(values.map((value) => value / length));
  }
  return rows;
}

const map = (rows: Rows, options: Partial<MapOptions> = {}): Promise<Float32Array> =>
  layOut(rows, { method: 'umap', seed: 1, ...options }, plainProduct, { onProgress: () => undefined });

const distance = (positions: Float32Array, a: number, b: number): number =>
  Math.hypot(positions[2 * a] - positions[2 * b], positions[2 * a + 1] - positions[2 * b + 1]);

/** Mean silhouette (Rousseeuw 1987): 1 for groups that are tight and far apart, 0 for groups that are none. */
function silhouette(positions: Float32Array, groups: number): number {
  const count = positions.length / 2;
  let sum = 0;
  for (let row = 0; row < count; row++) {
    const means = Array.from({ length: groups }, (_, group) => {
      const others = Array.from({ length: count }, (__, i) => i).filter(
        (i) => i % groups === group && i !== row,
      );
      return others.reduce((total, other) => total + distance(positions, row, other), 0) / others.length;
    });
    const [own] = means.splice(row % groups, 1);
    const next = Math.min(...means);
    sum += (next - own) / Math.max(next, own);
  }
  return sum / count;
}

function nearestOf(positions: Float32Array, row: number): number {
  const others = Array.from({ length: positions.length / 2 }, (_, i) => i).filter((i) => i !== row);
  return others.reduce((best, i) =>
    distance(positions, row, i) < distance(positions, row, best) ? i : best,
  );
}

function span(positions: Float32Array, axis: 0 | 1): [least: number, most: number] {
  const values = positions.filter((_, i) => i % 2 === axis);
  return [Math.min(...values), Math.max(...values)];
}

/** Rows at right angles to each other, apart from some noise. */
function equallyFar(count: number, noise: number): Rows {
  const gaussian = gaussianFrom(randomFrom(9));
  const values = Float32Array.from({ length: count * count }, () => noise * gaussian());
  for (let row = 0; row < count; row++) values[row * count + row] += 1;
  return { rows: count, columns: count, values };
}

describe.each(methods)('a map by %s', (method) => {
  it('sets groups of similar photos apart', async () => {
    const positions = await map(groupedRows(90, 3, 0.4), { method });
    expect(silhouette(positions, 3)).toBeGreaterThan(0.6);
  });

  it('shows groups among few photos as well', async () => {
    const positions = await map(groupedRows(10, 2, 0.1), { method });
    for (let row = 0; row < 10; row++) expect(nearestOf(positions, row) % 2).toBe(row % 2);
  });

  it('is the same for the same seed, and another for another', async () => {
    const rows = groupedRows(40, 4, 0.5);
    const first = await map(rows, { method, seed: 7, iterations: 60 });
    expect(await map(rows, { method, seed: 7, iterations: 60 })).toEqual(first);
    expect(await map(rows, { method, seed: 8, iterations: 60 })).not.toEqual(first);
  });

  it('lies in the middle, fills the longer axis and leaves the shorter as it is', async () => {
    const positions = await map(groupedRows(60, 2, 0.3), { method });
    const spans = [span(positions, 0), span(positions, 1)];
    for (const [least, most] of spans) expect(least).toBeCloseTo(-most, 6);
    const [shorter, longer] = spans.map(([, most]) => most).sort((a, b) => a - b);
    expect(longer).toBeCloseTo(1, 6);
    expect(shorter).toBeLessThan(0.99);
  });

  it.each([4, 5, 8, 16])('puts %d photos in different places', async (count) => {
    const positions = await map(groupedRows(count, count, 0), { method });
    expect(positions).toHaveLength(2 * count);
    for (let row = 0; row < count; row++) {
      expect(distance(positions, row, nearestOf(positions, row))).toBeGreaterThan(0.01);
    }
  });

  it('puts no photo in the middle, one there, two opposite and three on a circle', async () => {
    const few = (count: number): Promise<Float32Array> => map(groupedRows(count, 1, 1), { method });
    expect(await few(0)).toHaveLength(0);
    expect(await few(1)).toEqual(Float32Array.of(0, 0));
    expect(distance(await few(2), 0, 1)).toBeCloseTo(2, 6);
    const three = await few(3);
    const sides = [distance(three, 0, 1), distance(three, 1, 2), distance(three, 2, 0)];
    for (const side of sides) expect(side).toBeCloseTo(sides[0], 6);
  });

  it.each([
    ['photos that are all the same', groupedRows(50, 1, 0)],
    ['photos that have nothing in common', equallyFar(30, 0)],
    ['photos that have hardly anything in common', equallyFar(30, 0.001)],
    ['one pair among photos that have hardly anything in common', withPair(equallyFar(30, 0.001))],
    ['photos without any feature', { rows: 12, columns: 4, values: new Float32Array(48) }],
  ])('has a place for %s', async (_, rows) => {
    const positions = await map(rows, { method });
    expect(positions.every((value) => value >= -1 && value <= 1)).toBe(true);
  });

  it('leaves the descriptors as they were', async () => {
    const rows = groupedRows(20, 2, 0.5);
    const before = rows.values.slice();
    await map(rows, { method, iterations: 5 });
    expect(rows.values).toEqual(before);
  });

  it('tells of its progress from the beginning to the end', async () => {
    const told: number[] = [];
    const totals = new Set<number>();
    await layOut(groupedRows(30, 3, 0.5), { method, seed: 1, iterations: 50 }, plainProduct, {
      onProgress: (done, total) => {
        told.push(done);
        totals.add(total);
      },
    });
    expect(told.length).toBeGreaterThan(50);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect([told[0], told.at(-1)]).toEqual([0, [...totals][0]]);
    expect(totals.size).toBe(1);
  });

  it('ends when it is cancelled', async () => {
    const abort = new AbortController();
    const told: number[] = [];
    const cancelled = layOut(groupedRows(30, 3, 0.5), { method, seed: 1 }, plainProduct, {
      signal: abort.signal,
      onProgress: (done, total) => {
        told.push(done / total);
        if (done > 0.6 * total) abort.abort();
      },
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(told.at(-1)).toBeLessThan(0.65);
  });

  it.each([
    ['descriptors that are no numbers', withValue(Number.NaN)],
    ['descriptors that are not finite', withValue(Infinity)],
    ['descriptors of another length than they say', { ...groupedRows(8, 2, 0.5), columns: 23 }],
  ])('refuses %s', async (_, rows) => {
    await expect(map(rows, { method })).rejects.toMatchObject({ code: 'invalid-arguments' });
  });
});

describe('the options of a map', () => {
  it.each<[string, Partial<MapOptions>]>([
    ['half a seed', { seed: 0.5 }],
    ['no neighbours', { neighbours: 1 }],
    ['half a neighbour', { neighbours: 4.5 }],
    ['more neighbours than are useful', { neighbours: 201 }],
    ['a negative distance', { minimumDistance: -0.1 }],
    ['a distance that is no number', { minimumDistance: Number.NaN }],
    ['a perplexity of one', { perplexity: 1 }],
    ['no iterations', { iterations: 0 }],
    ['half an iteration', { iterations: 1.5 }],
  ])('are refused with %s', async (_, options) => {
    await expect(map(groupedRows(8, 2, 0.5), options)).rejects.toMatchObject({ code: 'invalid-arguments' });
  });

  it.each<[string, Partial<MapOptions>]>([
    ['the fewest neighbours', { neighbours: 2 }],
    ['more neighbours than photos', { neighbours: 200 }],
    ['no minimum distance', { minimumDistance: 0 }],
    ['the largest minimum distance', { minimumDistance: 1 }],
    ['the least perplexity', { method: 'tsne', perplexity: 2 }],
    ['a higher perplexity than photos', { method: 'tsne', perplexity: 200 }],
    ['a negative seed', { seed: -3 }],
  ])('may have %s', async (_, options) => {
    const positions = await map(groupedRows(30, 3, 0.5), { iterations: 20, ...options });
    expect(positions.every(Number.isFinite)).toBe(true);
  });

  it('have t-SNE refused for photos beyond its memory, with the advice to use UMAP', async () => {
    const rows = { rows: 5001, columns: 1, values: new Float32Array(5001).fill(1) };
    await expect(map(rows, { method: 'tsne' })).rejects.toMatchObject({
      code: 'invalid-arguments',
      message: expect.stringContaining('Use UMAP') as string,
    });
  });

  it('let a smaller minimum distance bring neighbours closer together', async () => {
    const rows = groupedRows(80, 1, 1);
    const meanGap = async (minimumDistance: number): Promise<number> => {
      const positions = await map(rows, { minimumDistance });
      let sum = 0;
      for (let row = 0; row < 80; row++) sum += distance(positions, row, nearestOf(positions, row));
      return sum / 80;
    };
    expect(await meanGap(0.01)).toBeLessThan(0.9 * (await meanGap(1)));
  });
});

/** The first row close to the second, as a near-duplicate is. */
function withPair(rows: Rows): Rows {
  rowAt(rows, 0).set([0.6, 0.8]);
  return rows;
}

function withValue(value: number): Rows {
  const rows = groupedRows(8, 2, 0.5);
  rows.values[100] = value;
  return rows;
}
