import { beforeAll, describe, expect, it } from 'vitest';
import {
  gaussianFrom,
  plainProduct,
  randomFrom,
  type Rows,
  rowsOf,
} from '../../../src-main/descriptor/index.ts';
import {
  fitLogistic,
  type LogisticFit,
  type LogisticOptions,
  predictLabels,
} from '../../../src-main/learn/logistic-regression.ts';

const names = [40, 7, -3];

/** Overlapping clouds of unequal size around a centre a label; features are correlated, of any scale and offset. */
function clouds(count: number, columns: number, distance: number): { rows: Rows; labels: number[] } {
  const normal = gaussianFrom(randomFrom(11));
  const centres = names.map(() => Array.from({ length: columns }, () => distance * normal()));
  const labels = Array.from({ length: count }, (_, i) => (i % 6 < 3 ? 0 : i % 6 < 5 ? 1 : 2));
  const vectors = labels.map((label) => {
    const common = 2 * normal();
    return Float32Array.from(
      centres[label],
      (centre, feature) => (centre + normal() + common) * (1 + feature) + 3 * feature,
    );
  });
  return { rows: rowsOf(vectors), labels: labels.map((label) => names[label]) };
}

/** Features × rows in double precision, each with mean zero and deviation one; constant ones are zero. */
function standardisedColumns({ rows, columns, values }: Rows): number[][] {
  return Array.from({ length: columns }, (_, feature) => {
    const column = Array.from({ length: rows }, (__, row) => values[row * columns + feature]);
    const mean = column.reduce((sum, value) => sum + value, 0) / rows;
    const deviation = Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows);
    return column.map((value) => (deviation === 0 ? 0 : (value - mean) / deviation));
  });
}

/** Mean cross entropy, straight from its definition. */
function loss(
  columns: number[][],
  classOf: number[],
  weights: ArrayLike<number>,
  intercepts: ArrayLike<number>,
): number {
  const total = classOf.reduce((sum, own, row) => {
    const logits = Array.from(intercepts, (intercept, i) =>
      columns.reduce((logit, column, f) => logit + weights[i * columns.length + f] * column[row], intercept),
    );
    return sum + Math.log(logits.reduce((all, logit) => all + Math.exp(logit), 0)) - logits[own];
  }, 0);
  return total / classOf.length;
}

/** Slope of a function along each coordinate, by central differences. */
function slopes(f: (x: Float64Array) => number, x: ArrayLike<number>): Float64Array {
  const h = 1e-5;
  return Float64Array.from(x, (_, i) => {
    const moved = (by: number) => Float64Array.from(x, (value, j) => (j === i ? value + by : value));
    return (f(moved(h)) - f(moved(-h))) / (2 * h);
  });
}

/** How far a fit is from the conditions of a minimum (Karush–Kuhn–Tucker): the largest slope that leads downhill. */
function violation(
  rows: Rows,
  labels: number[],
  { classes, weights, intercepts }: LogisticFit,
  { l1, l2 }: { l1: number; l2: number },
): number {
  const columns = standardisedColumns(rows);
  const classOf = labels.map((label) => classes.indexOf(label));
  const byWeights = slopes((w) => loss(columns, classOf, w, intercepts), weights.values);
  const byIntercepts = slopes((b) => loss(columns, classOf, weights.values, b), intercepts);
  const downhill = [...weights.values].map((weight, i) => {
    const slope = byWeights[i] + l2 * weight;
    return weight === 0 ? Math.max(0, Math.abs(slope) - l1) : Math.abs(slope + l1 * Math.sign(weight));
  });
  return Math.max(...downhill, ...byIntercepts.map(Math.abs));
}

describe('logistic regression', () => {
  it.each([
    { l1: 0, l2: 0.1 },
    { l1: 0, l2: 0.001 },
    { l1: 0.03, l2: 0 },
    { l1: 0.02, l2: 0.05 },
  ])('ends where the objective does not fall in any direction: l1 $l1, l2 $l2', async (penalties) => {
    const { rows, labels } = clouds(90, 12, 0.7);
    const fit = await fitLogistic(
      rows,
      labels,
      { ...penalties, tolerance: 1e-5, iterations: 5000 },
      plainProduct,
    );
    expect(fit.converged).toBe(true);
    expect(violation(rows, labels, fit, penalties)).toBeLessThan(1e-4);
    const zeros = fit.weights.values.filter((weight) => weight === 0).length;
    if (penalties.l1 > 0) expect(zeros).toBeGreaterThan(3);
    else expect(zeros).toBe(0);
  });

  it('takes few steps where features are nearly alike, where momentum alone would swing to and fro', async () => {
    const { rows, labels } = clouds(90, 12, 0.7);
    const { iterations, converged } = await fitLogistic(
      rows,
      labels,
      { l2: 0.001, tolerance: 1e-5 },
      plainProduct,
    );
    expect(converged).toBe(true);
    expect(iterations).toBeLessThan(300);
  });

  it('says when it ran out of steps', async () => {
    const { rows, labels } = clouds(90, 12, 0.7);
    const steps: [number, number][] = [];
    const fit = await fitLogistic(
      rows,
      labels,
      { iterations: 3, onProgress: (done, total) => steps.push([done, total]) },
      plainProduct,
    );
    expect(fit).toMatchObject({ converged: false, iterations: 3 });
    expect(steps).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(violation(rows, labels, fit, { l1: 0, l2: 0.01 })).toBeGreaterThan(1e-3);
  });

  it('tells labels apart that lie apart, in the names that they came with', async () => {
    const { rows, labels } = clouds(120, 8, 4);
    const fit = await fitLogistic(rows, labels, {}, plainProduct);
    expect(fit.classes).toEqual([-3, 7, 40]);
    expect(await predictLabels(fit, rows, plainProduct)).toEqual(labels);
  });

  it('tells photos that it has not seen', async () => {
    const { rows, labels } = clouds(200, 8, 2);
    const half = { ...rows, rows: 100, values: rows.values.subarray(0, 100 * rows.columns) };
    const others = { ...rows, rows: 100, values: rows.values.subarray(100 * rows.columns) };
    const fit = await fitLogistic(half, labels.slice(0, 100), {}, plainProduct);
    const told = await predictLabels(fit, others, plainProduct);
    expect(told.filter((label, i) => label === labels[100 + i]).length).toBeGreaterThan(90);
  });

  it('without features of use knows how frequent the labels are', async () => {
    const { rows, labels } = clouds(60, 3, 0.1);
    const { weights, intercepts } = await fitLogistic(rows, labels, { l1: 0.5 }, plainProduct);
    expect(weights.values.every((weight) => weight === 0)).toBe(true);
    const odds = intercepts.map((intercept) => Math.exp(intercept - intercepts[0]));
    [1, 2, 3].forEach((times, i) => expect(odds[i]).toBeCloseTo(times, 4));
  });

  describe('of features in other units', () => {
    let plain: LogisticFit;
    let fit: LogisticFit;
    const { rows, labels } = clouds(60, 4, 1);
    beforeAll(async () => {
      plain = await fitLogistic(rows, labels, {}, plainProduct);
      const vectors = Array.from({ length: rows.rows }, (_, row) => {
        const [a, b, c, d] = rows.values.subarray(4 * row, 4 * row + 4);
        return Float32Array.of(a, b * 1024, c + 100, d, 0.3);
      });
      fit = await fitLogistic(rowsOf(vectors), labels, {}, plainProduct);
    });

    it('has the same weights', () => {
      for (let i = 0; i < names.length; i++) {
        for (let feature = 0; feature < 4; feature++) {
          expect(fit.weights.values[5 * i + feature]).toBeCloseTo(plain.weights.values[4 * i + feature], 3);
        }
      }
    });

    it('gives a constant one no weight', () => {
      for (let i = 0; i < names.length; i++) expect(fit.weights.values[5 * i + 4]).toBeCloseTo(0, 6);
    });
  });

  it('gives the same fit each time, and leaves the rows as they were', async () => {
    const { rows, labels } = clouds(60, 5, 1);
    const before = rows.values.slice();
    const fit = await fitLogistic(rows, labels, {}, plainProduct);
    expect(await fitLogistic(rows, labels, {}, plainProduct)).toEqual(fit);
    await predictLabels(fit, rows, plainProduct);
    expect(rows.values).toEqual(before);
  });

  it.each<[string, number[], LogisticOptions, string]>([
    ['a single label', [1, 1, 1], {}, 'not-enough-photos'],
    ['labels that are not one a photo', [1, 2], {}, 'invalid-arguments'],
    ['a negative penalty', [1, 2, 1], { l1: -1 }, 'invalid-arguments'],
    ['a penalty that is no number', [1, 2, 1], { l2: NaN }, 'invalid-arguments'],
  ])('refuses %s', async (_, labels, options, code) => {
    const rows = { rows: 3, columns: 1, values: Float32Array.of(1, 2, 3) };
    await expect(fitLogistic(rows, labels, options, plainProduct)).rejects.toMatchObject({ code });
  });

  it('refuses rows of other features than it was fitted on', async () => {
    const { rows, labels } = clouds(30, 4, 1);
    const fit = await fitLogistic(rows, labels, {}, plainProduct);
    const other = { rows: 1, columns: 3, values: new Float32Array(3) };
    await expect(predictLabels(fit, other, plainProduct)).rejects.toMatchObject({ code: 'recipe-mismatch' });
  });
});
