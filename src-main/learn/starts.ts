/** Matrices that training starts from. */
import { Matrix as DenseMatrix, QrDecomposition } from 'ml-matrix';
import { gaussianFrom, type Rows } from '../descriptor/index.ts';

/**
 * Uniform in ±√(6 / (rows + columns)), so that signals keep their size through the layer and back (Glorot & Bengio,
 * Understanding the difficulty of training deep feedforward neural networks, AISTATS 2010).
 */
export function xavier(rows: number, columns: number, random: () => number): Rows {
  const bound = Math.sqrt(6 / (rows + columns));
  const values = Float32Array.from({ length: rows * columns }, () => (2 * random() - 1) * bound);
  return { rows, columns, values };
}

/**
 * Orthonormal rows in random directions: QR of a Gaussian matrix (Saxe, McClelland & Ganguli, Exact solutions to the
 * nonlinear dynamics of learning in deep linear neural networks, ICLR 2014).
 * @param rows at most `columns`
 */
export function orthonormalRows(rows: number, columns: number, random: () => number): Rows {
  const gaussian = gaussianFrom(random);
  const numbers = Array.from({ length: columns * rows }, () => gaussian());
  const { orthogonalMatrix } = new QrDecomposition(DenseMatrix.from1DArray(columns, rows, numbers));
  return { rows, columns, values: Float32Array.from(orthogonalMatrix.transpose().to1DArray()) };
}
