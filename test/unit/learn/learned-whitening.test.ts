import { describe, expect, it } from 'vitest';
import {
  applyLinear,
  gaussianFrom,
  type LinearMap,
  plainProduct,
  randomFrom,
  rowAt,
  type Rows,
} from '../../../src-main/descriptor/index.ts';
import {
  fitLearnedWhitening,
  type MatchingPair,
  pairsOfLabels,
} from '../../../src-main/learn/learned-whitening.ts';

const groups = 60;
const photosPerGroup = 4;
const inputs = 10;

/**
 * Groups differ in features 0 … 2 alone, and photos of a group in all of them: most of all, by far, in features 3 … 5.
 */
function plantedRows(seed: number): { rows: Rows; labels: number[] } {
  const gaussian = gaussianFrom(randomFrom(seed));
  const labels = Array.from({ length: groups * photosPerGroup }, (_, row) =>
    Math.floor(row / photosPerGroup),
  );
  const centres = Array.from({ length: groups * 3 }, () => gaussian());
  const values = Float32Array.from({ length: labels.length * inputs }, (_, i) => {
    const [group, feature] = [labels[Math.floor(i / inputs)], i % inputs];
    const within = gaussian() * (feature < 3 ? 0.3 : feature < 6 ? 5 : 0.05);
    return (feature < 3 ? centres[group * 3 + feature] : 0) + within + feature;
  });
  return { rows: { rows: labels.length, columns: inputs, values }, labels };
}

const { rows, labels } = plantedRows(1);
const pairs = pairsOfLabels(labels, Infinity, 1);

/** Mean product of entries a and b of the difference of matching rows. */
async function spread(map: LinearMap, of: readonly MatchingPair[] = pairs): Promise<number[][]> {
  const mapped = await applyLinear(map, rows, plainProduct);
  const differences = of.map(({ a, b }) => rowAt(mapped, a).map((value, i) => value - rowAt(mapped, b)[i]));
  return Array.from({ length: map.dimension }, (_, i) =>
    Array.from(
      { length: map.dimension },
      (_value, j) => differences.reduce((sum, row) => sum + row[i] * row[j], 0) / of.length,
    ),
  );
}

describe('learned whitening', () => {
  it('makes matching photos differ alike in all directions', async () => {
    const map = await fitLearnedWhitening(
      rows,
      pairs,
      { dimension: inputs, regularisation: 1e-9 },
      plainProduct,
    );
    (await spread(map)).forEach((row, i) =>
      row.forEach((value, j) => expect(value).toBeCloseTo(Number(i === j), 3)),
    );
  });

  it('keeps the directions that tell groups apart, the most telling first', async () => {
    const map = await fitLearnedWhitening(rows, pairs, { dimension: 3, regularisation: 1e-6 }, plainProduct);
    expect([map.dimension, map.inputs, map.matrix.length]).toEqual([3, inputs, 3 * inputs]);
    expect([...map.eigenvalues]).toEqual([...map.eigenvalues].sort((a, b) => b - a));
    // What does not tell groups apart varies half as much among all photos as matching ones differ.
    expect(map.eigenvalues[2]).toBeGreaterThan(2);
    for (let direction = 0; direction < 3; direction++) {
      const weights = map.matrix.subarray(direction * inputs, (direction + 1) * inputs);
      const telling = Math.hypot(...weights.subarray(0, 3)) * 0.3;
      const misleading = Math.hypot(...weights.subarray(3, 6)) * 5;
      expect(misleading).toBeLessThan(telling / 3);
    }
  });

  it('centres photos, and gives each direction the variance that it reports', async () => {
    const map = await fitLearnedWhitening(rows, pairs, { dimension: 4, regularisation: 0.01 }, plainProduct);
    const { values } = await applyLinear(map, rows, plainProduct);
    for (let direction = 0; direction < 4; direction++) {
      const scores = values.filter((_, i) => i % 4 === direction);
      const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
      const variance = scores.reduce((sum, score) => sum + score ** 2, 0) / (scores.length - 1);
      expect(mean).toBeCloseTo(0, 3);
      expect(variance / map.eigenvalues[direction]).toBeCloseTo(1, 3);
    }
  });

  it('approaches plain principal components as it is regularised more', async () => {
    const map = await fitLearnedWhitening(rows, pairs, { dimension: 3, regularisation: 1e6 }, plainProduct);
    for (let direction = 0; direction < 3; direction++) {
      const weights = map.matrix.subarray(direction * inputs, (direction + 1) * inputs);
      expect(Math.hypot(...weights.subarray(3, 6)) / Math.hypot(...weights)).toBeGreaterThan(0.99);
    }
  });

  it('takes fewer pairs than features', async () => {
    const few = pairs.slice(0, 4);
    const map = await fitLearnedWhitening(rows, few, { dimension: 5, regularisation: 0.1 }, plainProduct);
    expect(map.dimension).toBe(5);
    expect(map.matrix.every(Number.isFinite)).toBe(true);
  });

  it.each([
    ['no pair', [], 0.1, 'not-enough-photos'],
    ['pairs of the same photo', [{ a: 3, b: 3 }], 0.1, 'not-enough-photos'],
    ['fewer pairs than features, not regularised', pairs.slice(0, 4), 0, 'not-enough-photos'],
    ['a photo that is not there', [{ a: 0, b: groups * photosPerGroup }], 0.1, 'invalid-arguments'],
    ['half a photo', [{ a: 0.5, b: 1 }], 0.1, 'invalid-arguments'],
  ])('refuses %s', async (_, given, regularisation, code) => {
    const fit = fitLearnedWhitening(rows, given, { dimension: 3, regularisation }, plainProduct);
    await expect(fit).rejects.toMatchObject({ code });
  });
});

describe('pairs by label', () => {
  it('are all pairs of rows with the same label, when there are no more than wanted', () => {
    expect(pairsOfLabels([4, 7, 4, 4, 9], 3, 1)).toEqual([
      { a: 0, b: 2 },
      { a: 0, b: 3 },
      { a: 2, b: 3 },
    ]);
    expect(pairsOfLabels([1, 2, 3], 10, 1)).toEqual([]);
  });

  it('are otherwise drawn at random, from all labels, and the same for the same seed', () => {
    const drawn = pairsOfLabels(labels, 100, 1);
    expect(drawn).toHaveLength(100);
    for (const { a, b } of drawn) {
      expect(labels[a]).toBe(labels[b]);
      expect(a).not.toBe(b);
    }
    expect(new Set(drawn.map(({ a }) => labels[a])).size).toBeGreaterThan(groups / 2);
    expect(pairsOfLabels(labels, 100, 1)).toEqual(drawn);
    expect(pairsOfLabels(labels, 100, 2)).not.toEqual(drawn);
  });
});
