import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Rows } from '../../../src-main/descriptor/matrix.ts';
import { mutualInformation } from '../../../src-main/descriptor/mutual-information.ts';
import { gaussianFrom, randomFrom } from '../../../src-main/descriptor/random.ts';
import { compareArrays, readArray, readReference } from '../../../src-main/evaluate/reference-data.ts';

const folder = path.resolve('../shared/reference');

/** Features of random numbers, of which the k-th is moved by k · label. */
function movedByLabel(labels: readonly number[], columns: number, seed = 3): Rows {
  const normal = gaussianFrom(randomFrom(seed));
  const values = Float32Array.from(
    { length: labels.length * columns },
    (_, i) => normal() + (i % columns) * labels[Math.floor(i / columns)],
  );
  return { rows: labels.length, columns, values };
}

/** ψ by its series, slowly. */
function digamma(n: number): number {
  let sum = -0.5772156649015329;
  for (let i = 1; i < n; i++) sum += 1 / i;
  return sum;
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Ross' estimate from all distances between photos. */
function fromAllDistances(values: ArrayLike<number>, labels: readonly number[], neighbours: number): number {
  const kin = (row: number) =>
    labels.flatMap((label, other) => (label === labels[row] && other !== row ? [other] : []));
  const rows = labels.map((_, row) => row).filter((row) => kin(row).length > 0);
  const terms = rows.map((row) => {
    const distances = kin(row)
      .map((other) => Math.abs(values[other] - values[row]))
      .sort((a, b) => a - b);
    const k = Math.min(neighbours, distances.length);
    const closer = rows.filter((other) => Math.abs(values[other] - values[row]) < distances[k - 1]);
    return digamma(k) - digamma(distances.length + 1) - digamma(closer.length);
  });
  return Math.max(0, digamma(rows.length) + mean(terms));
}

const labelsOf = (count: number, classes: number) => Array.from({ length: count }, (_, i) => i % classes);

describe('mutual information of features and labels', () => {
  it.each([1, 3, 8])('agrees with counting all distances, for %s neighbours', (neighbours) => {
    // Labels of many photos, of few, and of one, which does not count.
    const labels = [...labelsOf(40, 2), 7, 7, 7, 7, 9, 9, -1];
    const rows = movedByLabel(labels, 5);
    mutualInformation(rows, labels, { neighbours }).forEach((score, feature) => {
      const values = labels.map((_, row) => rows.values[row * rows.columns + feature]);
      expect(score).toBeCloseTo(fromAllDistances(values, labels, neighbours), 10);
    });
  });

  it('is nothing for a feature that does not know of the labels, and grows with what it knows', () => {
    const scores = mutualInformation(movedByLabel(labelsOf(600, 2), 5), labelsOf(600, 2));
    expect(scores[0]).toBeLessThan(0.05);
    for (let feature = 1; feature < 5; feature++) {
      expect(scores[feature]).toBeGreaterThan(scores[feature - 1] + 0.05);
    }
    // Two labels cannot tell more than one bit.
    expect(scores[4]).toBeLessThan(Math.LN2);
    expect(scores[4]).toBeGreaterThan(0.8 * Math.LN2);
  });

  it('does not depend on the unit of a feature', () => {
    const labels = labelsOf(60, 3);
    const rows = movedByLabel(labels, 4);
    const scaled = { ...rows, values: rows.values.map((value) => value * 2 ** -40) };
    expect(mutualInformation(scaled, labels)).toEqual(mutualInformation(rows, labels));
  });

  it.each([0, 2 ** 40])('breaks ties at %s by noise that is the same for the same seed', (value) => {
    const labels = labelsOf(30, 2);
    const rows = { rows: 30, columns: 20, values: new Float32Array(600).fill(value) };
    const scores = mutualInformation(rows, labels, { seed: 5 });
    expect(mutualInformation(rows, labels, { seed: 5 })).toEqual(scores);
    expect(mutualInformation(rows, labels, { seed: 6 })).not.toEqual(scores);
  });

  it('leaves the rows as they were', () => {
    const rows = movedByLabel(labelsOf(20, 2), 3);
    const before = rows.values.slice();
    mutualInformation(rows, labelsOf(20, 2));
    expect(rows.values).toEqual(before);
  });

  it.each([
    ['labels that are not one a photo', [0, 0, 1], {}, 'invalid-arguments'],
    ['no neighbour', [0, 0, 1, 1], { neighbours: 0 }, 'invalid-arguments'],
    ['photos without kin', [0, 1, 2, 3], {}, 'not-enough-photos'],
  ])('refuses %s', (_, labels, options, code) => {
    const rows = { rows: 4, columns: 1, values: Float32Array.of(1, 2, 3, 4) };
    expect(() => mutualInformation(rows, labels, options)).toThrow(expect.objectContaining({ code }));
  });
});

describe.skipIf(!existsSync(folder))(
  'mutual information against scikit-learn (skipped without ../shared/reference)',
  () => {
    it('has the same scores, those included that the noise decides', async () => {
      const { arrays, labels } = await readReference(folder);
      const features = await readArray(folder, arrays['concat.gem3']);
      const { values } = await readArray(folder, arrays['mutual_info.scores']);
      const scores = mutualInformation(features, labels ?? []);
      expect(compareArrays('mutual information', scores, values).maxAbsoluteError).toBeLessThan(1e-7);
    });
  },
);
