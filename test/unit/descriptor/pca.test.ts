import { EigenvalueDecomposition, Matrix as DenseMatrix, SVD } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import {
  fitPca,
  type MatrixProduct,
  type PcaFit,
  plainProduct,
  randomFrom,
  type Rows,
  type Values,
} from '../../../src-main/descriptor/index.ts';

/** Rows around a mean, with variances that fall off like those of descriptors. Always the same. */
function rowsOfRank(count: number, inputs: number, rank = Math.min(count, inputs)): Rows {
  const random = randomFrom(7);
  const values = new Float32Array(count * inputs).fill(0.3);
  const directions = Array.from({ length: rank }, (_, i) =>
    Float64Array.from({ length: inputs }, () => (random() - 0.5) / (1 + i)),
  );
  for (let row = 0; row < count; row++) {
    for (const direction of directions) {
      const score = random() - 0.5;
      for (let i = 0; i < inputs; i++) values[row * inputs + i] += score * direction[i];
    }
  }
  return { rows: count, columns: inputs, values };
}

function twice({ rows, columns, values }: Rows): Rows {
  return { rows: 2 * rows, columns, values: Float32Array.from([...values, ...values]) };
}

function centred({ rows, columns, values }: Rows): DenseMatrix {
  return DenseMatrix.from1DArray(rows, columns, Array.from(values)).center('column');
}

function component({ components, inputs }: PcaFit, row: number): Float32Array {
  return components.subarray(row * inputs, (row + 1) * inputs);
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);

describe('principal component analysis', () => {
  it.each([
    ['more photos than features', 60, 20],
    ['more features than photos', 15, 40],
    ['more photos than are converted at a time', 1100, 9],
  ])('agrees with the singular value decomposition, with %s', async (_, count, inputs) => {
    const rows = rowsOfRank(count, inputs);
    const fit = await fitPca(rows, 8, plainProduct);
    const expected = new SVD(centred(rows), { autoTranspose: true });
    expect(fit).toMatchObject({ dimension: 8, inputs, fittedOn: count });
    for (let i = 0; i < 8; i++) {
      expect(fit.eigenvalues[i] / (expected.diagonal[i] ** 2 / (count - 1))).toBeCloseTo(1, 9);
      const direction = expected.rightSingularVectors.getColumn(i);
      expect(Math.abs(dot(component(fit, i), direction))).toBeCloseTo(1, 6);
    }
    const total = expected.diagonal.reduce((sum, value) => sum + value ** 2, 0) / (count - 1);
    expect(fit.totalVariance / total).toBeCloseTo(1, 9);
  });

  it.each([
    ['the covariance', 700, 400],
    ['the Gram matrix', 400, 700],
  ])('iterates on %s of large problems to the same eigenvalues', async (_, count, inputs) => {
    const rows = rowsOfRank(count, inputs, 120);
    const progress: number[] = [];
    const fit = await fitPca(rows, 40, plainProduct, {
      onProgress: (done, total) => progress.push(done / total),
    });
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
    const matrix = centred(rows);
    const scatter = count < inputs ? matrix.mmul(matrix.transpose()) : matrix.transpose().mmul(matrix);
    const all = new EigenvalueDecomposition(scatter, { assumeSymmetric: true }).realEigenvalues;
    const expected = all.sort((a, b) => b - a).map((value) => value / (count - 1));
    fit.eigenvalues.forEach((value, i) => expect(Math.abs(value / expected[i] - 1)).toBeLessThan(1e-6));
    for (let i = 0; i < fit.dimension; i += 13) {
      for (let j = 0; j <= i; j += 13) {
        expect(dot(component(fit, i), component(fit, j))).toBeCloseTo(i === j ? 1 : 0, 5);
      }
    }
  });

  it('finds the same by the Gram matrix of few photos as by the covariance of the same ones, each twice', async () => {
    const rows = rowsOfRank(50, 80, 12);
    const few = await fitPca(rows, 10, plainProduct);
    const many = await fitPca(twice(rows), 10, plainProduct);
    for (let i = 0; i < 10; i++) {
      expect((many.eigenvalues[i] * 99) / (few.eigenvalues[i] * 98)).toBeCloseTo(1, 9);
      expect(dot(component(few, i), component(many, i))).toBeCloseTo(1, 5);
    }
    expect(many.mean).toEqual(few.mean);
  });

  it('gives features that do not vary no part in any component', async () => {
    const rows = rowsOfRank(60, 20);
    for (let row = 0; row < 60; row++) rows.values.fill(0.1, row * 20, row * 20 + 5);
    const fit = await fitPca(rows, 20, plainProduct);
    expect(fit.dimension).toBe(15);
    for (let i = 0; i < 15; i++) {
      for (const entry of component(fit, i).subarray(0, 5)) expect(Math.abs(entry)).toBeLessThan(1e-7);
    }
  });

  it('gives the same fit each time', async () => {
    const rows = rowsOfRank(400, 350, 60);
    expect(await fitPca(rows, 10, plainProduct)).toEqual(await fitPca(rows, 10, plainProduct));
  });

  it('starts with the components of an earlier fit, and leaves out those of other descriptors', async () => {
    const rows = rowsOfRank(420, 400, 120);
    const exact = await fitPca(rows, 40, plainProduct);
    const start = { rows: 40, columns: 400, values: Float64Array.from(exact.components) };
    for (const other of [start, { ...start, rows: 80, columns: 200 }]) {
      const again = await fitPca(rows, 40, plainProduct, { start: other });
      again.eigenvalues.forEach((value, i) => expect(value / exact.eigenvalues[i]).toBeCloseTo(1, 6));
    }
  });

  it('is as exact as it is asked to be', async () => {
    const rows = rowsOfRank(420, 400, 300);
    const exact = await fitPca(rows, 40, plainProduct, { tolerance: 1e-10 });
    const loose = await fitPca(rows, 40, plainProduct, { tolerance: 1e-3 });
    const errors = loose.eigenvalues.map((value, i) => Math.abs(value / exact.eigenvalues[i] - 1));
    expect(Math.max(...errors)).toBeLessThan(2e-3);
    expect(Math.max(...errors)).toBeGreaterThan(1e-9);
  });

  it('never holds more than a part of the rows in double precision', async () => {
    const rows = rowsOfRank(2000, 8);
    let largest = 0;
    const watched: MatrixProduct = <V extends Values>(...operands: Parameters<typeof plainProduct<V>>) => {
      largest = Math.max(largest, operands[0].values.length, operands[1].values.length);
      return plainProduct(...operands);
    };
    await fitPca(rows, 4, watched);
    expect(largest).toBeLessThan(rows.values.length / 2);
  });

  it('leaves the rows as they were', async () => {
    const rows = rowsOfRank(10, 5);
    const before = rows.values.slice();
    await fitPca(rows, 3, plainProduct);
    expect(rows.values).toEqual(before);
  });

  it('ends when it is cancelled, in the middle', async () => {
    const cancel = new AbortController();
    const fit = fitPca(rowsOfRank(400, 350, 60), 10, plainProduct, {
      signal: cancel.signal,
      onProgress: () => cancel.abort(),
    });
    await expect(fit).rejects.toMatchObject({ code: 'cancelled' });
  });

  it.each([
    ['few photos', rowsOfRank(6, 30), 5],
    ['photos that are nearly alike', rowsOfRank(50, 30, 4), 4],
    ['more components than features', rowsOfRank(50, 7), 7],
  ])('gives no more components than the photos span: %s', async (_, rows, dimension) => {
    const fit = await fitPca(rows, 20, plainProduct);
    expect(fit.dimension).toBe(dimension);
    expect(fit.eigenvalues).toHaveLength(dimension);
    expect(fit.components).toHaveLength(dimension * rows.columns);
  });

  it.each([
    ['no photo', { rows: 0, columns: 4, values: new Float32Array() }],
    ['a single photo', rowsOfRank(1, 4)],
    ['photos that are all alike', { rows: 3, columns: 2, values: Float32Array.of(0.1, 2, 0.1, 2, 0.1, 2) }],
  ])('refuses %s', async (_, rows) => {
    await expect(fitPca(rows, 2, plainProduct)).rejects.toMatchObject({ code: 'not-enough-photos' });
  });
});

describe('the shrinkage that a fit recommends', () => {
  /** Independent numbers with equal variances, or with variances that fall off. */
  const noise = (count: number, inputs: number, decay: number): Rows => {
    const random = randomFrom(3);
    const values = Float32Array.from(
      { length: count * inputs },
      (_, i) => (random() + random() + random() - 1.5) * (1 + (i % inputs)) ** decay,
    );
    return { rows: count, columns: inputs, values };
  };

  it.each([
    [200, 30],
    [30, 200],
  ])('is that of oracle approximating shrinkage, for %d × %d', async (count, inputs) => {
    const rows = noise(count, inputs, -0.6);
    const { shrinkage } = await fitPca(rows, 5, plainProduct);
    const matrix = centred(rows);
    const covariance = matrix
      .transpose()
      .mmul(matrix)
      .div(count - 1);
    const trace = covariance.trace();
    const squares = covariance.mmul(covariance).trace();
    const expected =
      ((1 - 2 / inputs) * squares + trace ** 2) /
      ((count + 1 - 2 / inputs) * (squares - trace ** 2 / inputs));
    expect(shrinkage).toBeCloseTo(Math.min(1, expected), 9);
    expect(shrinkage).toBeGreaterThan(0);
    expect(shrinkage).toBeLessThan(1);
  });

  it('falls with the number of photos, and is all where variances are equal', async () => {
    const few = await fitPca(noise(40, 30, -0.6), 5, plainProduct);
    const many = await fitPca(noise(400, 30, -0.6), 5, plainProduct);
    expect(many.shrinkage).toBeLessThan(few.shrinkage / 3);
    expect((await fitPca(noise(40, 60, 0), 5, plainProduct)).shrinkage).toBeGreaterThan(0.9);
  });
});
