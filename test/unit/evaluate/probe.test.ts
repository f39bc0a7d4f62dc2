import { describe, expect, it } from 'vitest';
import { plainProduct, rowAt, type Rows, rowsOf } from '../../../src-main/descriptor/matrix.ts';
import { foldsOf } from '../../../src-main/evaluate/folds.ts';
import type { FitTransform } from '../../../src-main/evaluate/held-out.ts';
import { probe } from '../../../src-main/evaluate/probe.ts';

/** A photo per angle, in degrees, of a length that cosine similarity does not see. */
const atAngles = (...degrees: number[]): Rows =>
  rowsOf(
    degrees.map((angle, i) => {
      const radians = (angle * Math.PI) / 180;
      return Float32Array.of((1 + i) * Math.cos(radians), (1 + i) * Math.sin(radians));
    }),
  );

const kinds = Array.from({ length: 30 }, (_, row) => row % 3);
const clusters = rowsOf(
  kinds.map((kind, row) =>
    Float32Array.from({ length: 3 }, (_, i) => Number(i === kind) + 0.2 * Math.sin(row * row + i)),
  ),
);

describe('the probe', () => {
  it('tells labels that lie apart without error', async () => {
    expect(await probe(clusters, kinds, { folds: foldsOf(kinds, 5, 1) }, plainProduct)).toEqual({
      knnAccuracy: 1,
      linearAccuracy: 1,
      folds: 5,
      classes: 3,
      photos: 30,
    });
  });

  it('cannot tell labels that say nothing of the photos', async () => {
    const labels = kinds.map((_, row) => Number(Math.sin(row * row * 7 + 3) > 0));
    const report = await probe(clusters, labels, { folds: foldsOf(labels, 5, 1) }, plainProduct);
    expect(report.knnAccuracy).toBeLessThan(0.8);
    expect(report.linearAccuracy).toBeLessThan(0.8);
  });

  it('lets the most of the nearest neighbours decide', async () => {
    const rows = atAngles(0, 180, 10, 80, 85, 181, 182, 183);
    const labels = [0, 1, 0, 1, 1, 1, 1, 1];
    const folds = [0, 0, 1, 1, 1, 1, 1, 1];
    const one = await probe(rows, labels, { folds, neighbours: 1 }, plainProduct);
    const three = await probe(rows, labels, { folds, neighbours: 3 }, plainProduct);
    // By far the nearest to 0° is a photo of its own label, but two of the three nearest have the other. The second
    // fold has only one photo of each label to go by: the nearer one is right for four of six.
    expect(one.knnAccuracy).toBeCloseTo((2 + 4) / 8, 12);
    expect(three.knnAccuracy).toBeCloseTo((1 + 4) / 8, 12);
  });

  it('lets similarity decide between labels with as many votes', async () => {
    const rows = atAngles(0, 180, 5, 10, 6, 7, 185);
    const labels = [1, 0, 0, 0, 1, 1, 0];
    const folds = [0, 0, 1, 1, 1, 1, 1];
    // 0° is nearest to 5°, but the cosines of 5° and 10° have a smaller sum than those of 6° and 7°. In the second
    // fold, where each label has one vote, three of five are nearer to their own.
    const report = await probe(rows, labels, { folds, neighbours: 4 }, plainProduct);
    expect(report.knnAccuracy).toBeCloseTo((2 + 3) / 7, 12);
  });

  it('leaves out photos that are alone in their label', async () => {
    const labels = kinds.map((kind, row) => (row === 7 ? 99 : kind));
    const report = await probe(clusters, labels, { folds: foldsOf(labels, 5, 1) }, plainProduct);
    expect(report).toMatchObject({ photos: 29, classes: 3, knnAccuracy: 1, linearAccuracy: 1 });
  });

  it('fits the transform on the training folds, and classifies what it gives', async () => {
    const folds = foldsOf(kinds, 5, 1);
    let fold = 0;
    const blank: FitTransform = (train) => {
      const others = kinds.map((_, row) => row).filter((row) => folds[row] !== fold);
      expect(train.labels).toEqual(others.map((row) => kinds[row]));
      others.forEach((row, i) => expect(rowAt(train.rows, i)).toEqual(rowAt(clusters, row)));
      fold += 1;
      return Promise.resolve((rows) =>
        Promise.resolve({ ...rows, values: new Float32Array(rows.values.length).fill(1) }),
      );
    };
    const report = await probe(clusters, kinds, { folds, fitTransform: blank }, plainProduct);
    expect(fold).toBe(5);
    expect(report.knnAccuracy).toBeLessThan(0.5);
    expect(report.linearAccuracy).toBeLessThan(0.5);
  });

  it('tells of each fold', async () => {
    const told: [number, number][] = [];
    const folds = foldsOf(kinds, 3, 1);
    await probe(
      clusters,
      kinds,
      { folds, onProgress: (done, total) => told.push([done, total]) },
      plainProduct,
    );
    expect(told).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  it('passes over a fold in which every photo is alone in its label', async () => {
    const labels = kinds.map((kind, row) => (row === 7 ? 99 : kind));
    const folds = kinds.map((_, row) => (row === 7 ? 9 : row % 4));
    expect(await probe(clusters, labels, { folds }, plainProduct)).toMatchObject({ folds: 4, photos: 29 });
  });

  it('needs a neighbour', async () => {
    const options = { folds: foldsOf(kinds, 3, 1), neighbours: 0 };
    await expect(probe(clusters, kinds, options, plainProduct)).rejects.toMatchObject({
      code: 'invalid-arguments',
    });
  });

  it.each([
    ['two labels', kinds.map(() => 4), 'no-ground-truth'],
    ['a label for each photo', kinds.slice(1), 'invalid-arguments'],
  ])('needs %s', async (_, labels, code) => {
    await expect(
      probe(clusters, labels, { folds: foldsOf(kinds, 3, 1) }, plainProduct),
    ).rejects.toMatchObject({
      code,
    });
  });
});
