/** Dense matrices: in double precision where sums must be exact, in single precision where rows are many. */

export type Values = Float32Array | Float64Array;

/** Row-major. */
export interface Matrix<V extends Values = Float64Array> {
  rows: number;
  columns: number;
  values: V;
}

/** Observations × features in single precision, as descriptors are stored. */
export type Rows = Matrix<Float32Array>;

/**
 * A · B in the precision of A and B, with either side transposed first on request. The maths here takes the product
 * as a parameter, so that a fast one can be passed in.
 */
export type MatrixProduct = <V extends Values>(
  a: Matrix<V>,
  b: Matrix<V>,
  options?: { transposeA?: boolean; transposeB?: boolean },
) => Promise<Matrix<V>>;

export function matrix(rows: number, columns: number): Matrix {
  return { rows, columns, values: new Float64Array(rows * columns) };
}

/** Rows of equal length, one below the other. */
export function rowsOf(vectors: readonly Float32Array[]): Rows {
  const columns = vectors.length === 0 ? 0 : vectors[0].length;
  const values = new Float32Array(vectors.length * columns);
  vectors.forEach((vector, row) => values.set(vector, row * columns));
  return { rows: vectors.length, columns, values };
}

/** A row as a view, not a copy. */
export function rowAt<V extends Values>({ columns, values }: Matrix<V>, row: number): V {
  return values.subarray(row * columns, (row + 1) * columns) as V;
}

/** Some rows, copied, in the order in which they are wanted; a row may come several times. */
export function takeRows<V extends Values>(rows: Matrix<V>, which: ArrayLike<number>): Matrix<V> {
  const values = zeros(rows.values, which.length * rows.columns);
  for (let i = 0; i < which.length; i++) values.set(rowAt(rows, which[i]), i * rows.columns);
  return { rows: which.length, columns: rows.columns, values };
}

function zeros<V extends Values>(like: V, length: number): V {
  return (like instanceof Float64Array ? new Float64Array(length) : new Float32Array(length)) as V;
}

export function transpose<V extends Values>(a: Matrix<V>): Matrix<V> {
  const result = { rows: a.columns, columns: a.rows, values: zeros(a.values, a.values.length) };
  for (let row = 0; row < a.rows; row++) {
    for (let column = 0; column < a.columns; column++) {
      result.values[column * a.rows + row] = a.values[row * a.columns + column];
    }
  }
  return result;
}

/** The product in plain loops: for small matrices, and as the measure of faster ones. */
export const plainProduct: MatrixProduct = <V extends Values>(
  left: Matrix<V>,
  right: Matrix<V>,
  { transposeA = false, transposeB = false } = {},
) => {
  const a = transposeA ? transpose(left) : left;
  const b = transposeB ? transpose(right) : right;
  const result = { rows: a.rows, columns: b.columns, values: zeros(left.values, a.rows * b.columns) };
  for (let row = 0; row < a.rows; row++) {
    const target = rowAt(result, row);
    for (let inner = 0; inner < a.columns; inner++) {
      const factor = a.values[row * a.columns + inner];
      const source = rowAt(b, inner);
      for (let column = 0; column < target.length; column++) target[column] += factor * source[column];
    }
  }
  return Promise.resolve(result);
};

/**
 * The product of a few rows with many: dot products with the rows of B, which then need not be transposed. For single
 * descriptors, where starting anything faster takes longer.
 */
export const rowProduct: MatrixProduct = <V extends Values>(
  a: Matrix<V>,
  b: Matrix<V>,
  options: { transposeA?: boolean; transposeB?: boolean } = {},
) => {
  if (options.transposeA === true || options.transposeB !== true) return plainProduct(a, b, options);
  const result = { rows: a.rows, columns: b.rows, values: zeros(a.values, a.rows * b.rows) };
  for (let row = 0; row < a.rows; row++) {
    for (let other = 0; other < b.rows; other++) {
      result.values[row * b.rows + other] = dot(a, row, b, other);
    }
  }
  return Promise.resolve(result);
};

/** Four sums side by side, because one would wait for each addition before the next. */
function dot<V extends Values>(a: Matrix<V>, row: number, b: Matrix<V>, other: number): number {
  const [startA, startB, length] = [row * a.columns, other * b.columns, a.columns];
  const whole = length - (length % 4);
  let [first, second, third, fourth] = [0, 0, 0, 0];
  for (let i = 0; i < whole; i += 4) {
    first += a.values[startA + i] * b.values[startB + i];
    second += a.values[startA + i + 1] * b.values[startB + i + 1];
    third += a.values[startA + i + 2] * b.values[startB + i + 2];
    fourth += a.values[startA + i + 3] * b.values[startB + i + 3];
  }
  for (let i = whole; i < length; i++) first += a.values[startA + i] * b.values[startB + i];
  return first + second + third + fourth;
}
