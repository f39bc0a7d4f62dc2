import { EigenvalueDecomposition, Matrix as DenseMatrix, SVD } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { fitPca, type Matrix, type PcaFit, plainProduct } from '../../../src-main/descriptor/index.ts';

/** Rows around a mean, with variances that fall off like those of descriptors. Always the same. */
function rowsOf(count: number, inputs: number, rank = Math.min(count, inputs)): Matrix {
  let state = 7;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const values = new Float64Array(count * inputs).fill(0.3);
  const directions = Array.from({ length: rank }, (_, i) =>
    Float64Array.from({ length: inputs }, () => random() / (1 + i)),
  );
  for (let row = 0; row < count; row++) {
    for (const direction of directions) {
      const score = random();
      for (let i = 0; i < inputs; i++) values[row * inputs + i] += score * direction[i];
    }
  }
  return { rows: count, columns: inputs, values };
}

function centred({ rows, columns, values }: Matrix): DenseMatrix {
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
  ])('agrees with the singular value decomposition, with %s', async (_, count, inputs) => {
    const rows = rowsOf(count, inputs);
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
    const rows = rowsOf(count, inputs, 120);
    const steps: number[] = [];
    const fit = await fitPca(rows, 40, plainProduct, (done) => steps.push(done));
    expect(steps.length).toBeGreaterThan(1);
    const matrix = centred(rows);
    const scatter = count < inputs ? matrix.mmul(matrix.transpose()) : matrix.transpose().mmul(matrix);
    const all = new EigenvalueDecomposition(scatter, { assumeSymmetric: true }).realEigenvalues;
    const expected = all.sort((a, b) => b - a).map((value) => value / (count - 1));
    fit.eigenvalues.forEach((value, i) => expect(Math.abs(value / expected[i] - 1)).toBeLessThan(1e-4));
    for (let i = 0; i < fit.dimension; i += 13) {
      for (let j = 0; j <= i; j += 13) {
        expect(dot(component(fit, i), component(fit, j))).toBeCloseTo(i === j ? 1 : 0, 5);
      }
    }
  });

  it('gives the same fit each time', async () => {
    const rows = rowsOf(400, 350, 60);
    expect(await fitPca(rows, 10, plainProduct)).toEqual(await fitPca(rows, 10, plainProduct));
  });

  it('leaves the rows as they were', async () => {
    const rows = rowsOf(10, 5);
    const before = rows.values.slice();
    await fitPca(rows, 3, plainProduct);
    expect(rows.values).toEqual(before);
  });

  it.each([
    ['few photos', rowsOf(6, 30), 5],
    ['photos that are nearly alike', rowsOf(50, 30, 4), 4],
    ['more components than features', rowsOf(50, 7), 7],
  ])('gives no more components than the photos span: %s', async (_, rows, dimension) => {
    const fit = await fitPca(rows, 20, plainProduct);
    expect(fit.dimension).toBe(dimension);
    expect(fit.eigenvalues).toHaveLength(dimension);
    expect(fit.components).toHaveLength(dimension * rows.columns);
  });

  it.each([
    ['a single photo', rowsOf(1, 4)],
    ['photos that are all alike', { rows: 3, columns: 2, values: Float64Array.of(1, 2, 1, 2, 1, 2) }],
  ])('refuses %s', async (_, rows) => {
    await expect(fitPca(rows, 2, plainProduct)).rejects.toMatchObject({ code: 'not-enough-photos' });
  });
});
