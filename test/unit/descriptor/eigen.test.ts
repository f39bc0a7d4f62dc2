import { Matrix as DenseMatrix, QrDecomposition } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { leadingEigenpairs } from '../../../src-main/descriptor/eigen.ts';
import {
  gaussianFrom,
  type Matrix,
  type MatrixProduct,
  plainProduct,
  randomFrom,
  type Values,
} from '../../../src-main/descriptor/index.ts';

/** Just large enough to be iterated. */
const size = 330;
const count = 20;

/** Random orthonormal columns. */
const turn = (() => {
  const gaussian = gaussianFrom(randomFrom(3));
  const values = Array.from({ length: size * size }, () => gaussian());
  const { orthogonalMatrix } = new QrDecomposition(DenseMatrix.from1DArray(size, size, values));
  return { rows: size, columns: size, values: Float64Array.from(orthogonalMatrix.to1DArray()) };
})();

/** A matrix with the given eigenvalues, whose eigenvectors are the columns of `turn`. */
async function withSpectrum(spectrum: (i: number) => number): Promise<Matrix> {
  const scaled = { ...turn, values: turn.values.map((value, i) => value * spectrum(i % size)) };
  return plainProduct(scaled, turn, { transposeB: true });
}

function counting(product: MatrixProduct): { product: MatrixProduct; work: () => number } {
  let work = 0;
  return {
    product: <V extends Values>(...operands: Parameters<typeof plainProduct<V>>) => {
      work += operands[0].values.length;
      return product(...operands);
    },
    work: () => work,
  };
}

describe('leading eigenpairs', () => {
  it.each<[string, (i: number) => number]>([
    ['fall off as those of descriptors', (i) => (i + 1) ** -1.1],
    ['hardly fall off', (i) => 1.1 - (0.1 * i) / size],
    ['are all the same', () => 1],
    ['fall off exponentially', (i) => 10 ** (-i / 20)],
    ['fall off to rounding at once', (i) => 10 ** (-2 * i)],
    ['are one large one and many small ones', (i) => (i === 0 ? 1e6 : 1 / i)],
    ['end within those wanted', (i) => (i < 12 ? 1 / (i + 1) : 0)],
    ['are huge', (i) => 1e30 / (i + 1)],
    ['are tiny', (i) => 1e-30 / (i + 1)],
    ['are equal across the last one wanted', (i) => (i < 10 ? 2 : i < 80 ? 1 : 0.5)],
    ['are zero', () => 0],
  ])('are found where they %s', async (_, spectrum) => {
    const { values, vectors } = await leadingEigenpairs(await withSpectrum(spectrum), count, plainProduct);
    const largest = spectrum(0);
    values.forEach((value, i) => {
      const error = Math.abs(value - spectrum(i));
      expect(error).toBeLessThanOrEqual(Math.max(1e-6 * spectrum(i), 1e-13 * largest));
    });
    const products = await plainProduct(vectors, vectors, { transposeB: true });
    products.values.forEach((value, i) =>
      expect(Math.abs(value - Number(i % (count + 1) === 0))).toBeLessThan(1e-12),
    );
  });

  it('are eigenvectors', async () => {
    const symmetric = await withSpectrum((i) => (i + 1) ** -1.1);
    const { values, vectors } = await leadingEigenpairs(symmetric, count, plainProduct, { tolerance: 1e-12 });
    const image = await plainProduct(vectors, symmetric);
    image.values.forEach((value, i) => {
      const expected = vectors.values[i] * values[Math.floor(i / size)];
      expect(Math.abs(value - expected)).toBeLessThan(1e-6);
    });
  });

  it('are found with less work from a start that is nearly right, and all the same from one that is wrong', async () => {
    const symmetric = await withSpectrum((i) => (i + 1) ** -1.1);
    const cold = counting(plainProduct);
    const tolerance = 1e-12;
    const { values, vectors } = await leadingEigenpairs(symmetric, count, cold.product, { tolerance });
    const warm = counting(plainProduct);
    const again = await leadingEigenpairs(symmetric, count, warm.product, { start: vectors, tolerance });
    const wrong = { rows: 5, columns: size, values: new Float64Array(5 * size).fill(1) };
    const recovered = await leadingEigenpairs(symmetric, count, plainProduct, { start: wrong });
    expect(warm.work()).toBeLessThan(0.85 * cold.work());
    for (const other of [again, recovered]) {
      other.values.forEach((value, i) => expect(Math.abs(value / values[i] - 1)).toBeLessThan(1e-6));
    }
  });
});
