/** Dense matrices in double precision. */

/** Row-major. */
export interface Matrix {
  rows: number;
  columns: number;
  values: Float64Array;
}

/**
 * A · B, with either side transposed first on request. The maths here takes the product as a parameter, so that a
 * fast one can be passed in.
 */
export type MatrixProduct = (
  a: Matrix,
  b: Matrix,
  options?: { transposeA?: boolean; transposeB?: boolean },
) => Promise<Matrix>;

export function matrix(rows: number, columns: number): Matrix {
  return { rows, columns, values: new Float64Array(rows * columns) };
}

export function transpose(a: Matrix): Matrix {
  const result = matrix(a.columns, a.rows);
  for (let row = 0; row < a.rows; row++) {
    for (let column = 0; column < a.columns; column++) {
      result.values[column * a.rows + row] = a.values[row * a.columns + column];
    }
  }
  return result;
}

/** The product in plain loops: for small matrices, and as the measure of faster ones. */
export const plainProduct: MatrixProduct = (left, right, { transposeA = false, transposeB = false } = {}) => {
  const a = transposeA ? transpose(left) : left;
  const b = transposeB ? transpose(right) : right;
  const result = matrix(a.rows, b.columns);
  for (let row = 0; row < a.rows; row++) {
    const target = result.values.subarray(row * b.columns, (row + 1) * b.columns);
    for (let inner = 0; inner < a.columns; inner++) {
      const factor = a.values[row * a.columns + inner];
      const source = b.values.subarray(inner * b.columns, (inner + 1) * b.columns);
      for (let column = 0; column < target.length; column++) target[column] += factor * source[column];
    }
  }
  return Promise.resolve(result);
};
