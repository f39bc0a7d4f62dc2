/**
 * Sums over centred rows, in double precision from rows in single precision: never more than a few blocks of rows are
 * converted at a time.
 */
import { type Matrix, matrix, type MatrixProduct, rowAt, type Rows, type Values } from './matrix.ts';

/** Rows converted at a time: the inner dimension of the products of a covariance. */
const blockRows = 512;
/** In single precision they take half the memory, and the product is over sooner than what is around it. */
const blockRowsOfSingle = 1024;
/** Columns of the pieces that a covariance is put together from; only one triangle of them is multiplied. */
const bandColumns = 768;
/** Rows converted at a time where all columns are needed. */
const rowsOfAllColumns = 256;

export function meanRow({ rows, columns, values }: Rows): Float64Array {
  const mean = new Float64Array(columns);
  for (let start = 0; start < values.length; start += columns) {
    for (let i = 0; i < columns; i++) mean[i] += values[start + i];
  }
  return mean.map((sum) => sum / rows);
}

export interface ScatterOptions {
  /** Products in single precision: about twice as fast, with errors of about 1e-7 of the largest eigenvalue. */
  single?: boolean | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Σ over rows of centred · centredᵀ, divided by `rows` − 1. @returns columns × columns */
export async function covariance(
  rows: Rows,
  mean: Float64Array,
  product: MatrixProduct,
  { single, onProgress }: ScatterOptions = {},
): Promise<Matrix> {
  const sum = matrix(rows.columns, rows.columns);
  const bands = ranges(rows.columns, bandColumns);
  const height = Math.min(single ? blockRowsOfSingle : blockRows, rows.rows);
  const blocks = ranges(rows.rows, height);
  const buffers = bands.map(({ from, to }) => buffer(height * (to - from), single));
  for (const [done, block] of blocks.entries()) {
    const panels = bands.map((band, i) => centred(rows, mean, block, band, buffers[i]));
    for (const [i, left] of panels.entries()) {
      for (const [j, right] of panels.entries()) {
        if (j < i) continue;
        addAt(sum, bands[i].from, bands[j].from, await product(left, right, { transposeA: true }));
      }
    }
    onProgress?.(done + 1, blocks.length);
  }
  return mirrored(scaled(sum, 1 / (rows.rows - 1)));
}

/** Inner products of all centred rows, divided by `rows` − 1. @returns rows × rows */
export async function gramOfRows(
  rows: Rows,
  mean: Float64Array,
  product: MatrixProduct,
  { single, onProgress }: ScatterOptions = {},
): Promise<Matrix> {
  const sum = matrix(rows.rows, rows.rows);
  const blocks = ranges(rows.rows, rowsOfAllColumns);
  const all = { from: 0, to: rows.columns };
  const length = Math.min(rowsOfAllColumns, rows.rows) * rows.columns;
  const [bufferOfBlock, bufferOfOther] = [buffer(length, single), buffer(length, single)];
  for (const [i, block] of blocks.entries()) {
    const left = centred(rows, mean, block, all, bufferOfBlock);
    for (const other of blocks.slice(i)) {
      const right = other === block ? left : centred(rows, mean, other, all, bufferOfOther);
      addAt(sum, block.from, other.from, await product(left, right, { transposeB: true }));
    }
    onProgress?.(i + 1, blocks.length);
  }
  return mirrored(scaled(sum, 1 / (rows.rows - 1)));
}

/** weights · centred rows. @param weights n × rows @returns n × columns */
export async function combineRows(
  weights: Matrix,
  rows: Rows,
  mean: Float64Array,
  product: MatrixProduct,
): Promise<Matrix> {
  const sum = matrix(weights.rows, rows.columns);
  for (const { block, part } of wholeRows(rows, mean)) {
    addAt(sum, 0, 0, await product(columnsOf(weights, block), part));
  }
  return sum;
}

/** Inner products of directions and centred rows. @param directions n × columns @returns n × rows */
export async function projectRows(
  directions: Matrix,
  rows: Rows,
  mean: Float64Array,
  product: MatrixProduct,
): Promise<Matrix> {
  const result = matrix(directions.rows, rows.rows);
  for (const { block, part } of wholeRows(rows, mean)) {
    addAt(result, 0, block.from, await product(directions, part, { transposeB: true }));
  }
  return result;
}

/** Blocks of centred rows, each of which holds until the next one. */
function* wholeRows(rows: Rows, mean: Float64Array): Generator<{ block: Range; part: Matrix }> {
  const all = { from: 0, to: rows.columns };
  const values = new Float64Array(Math.min(rowsOfAllColumns, rows.rows) * rows.columns);
  for (const block of ranges(rows.rows, rowsOfAllColumns)) {
    yield { block, part: centred(rows, mean, block, all, values) };
  }
}

interface Range {
  from: number;
  /** The first that is not in it. */
  to: number;
}

function ranges(length: number, size: number): Range[] {
  const count = Math.ceil(length / size);
  return Array.from({ length: count }, (_, i) => ({ from: i * size, to: Math.min(length, (i + 1) * size) }));
}

function buffer(length: number, single = false): Values {
  return single ? new Float32Array(length) : new Float64Array(length);
}

/** @param values to write to; the result is a part of it */
function centred<V extends Values>(
  rows: Rows,
  mean: Float64Array,
  block: Range,
  band: Range,
  values: V,
): Matrix<V> {
  const height = block.to - block.from;
  const width = band.to - band.from;
  const result = { rows: height, columns: width, values: values.subarray(0, height * width) as V };
  for (let row = 0; row < height; row++) {
    const source = rowAt(rows, block.from + row);
    const target = rowAt(result, row);
    for (let i = 0; i < width; i++) target[i] = source[band.from + i] - mean[band.from + i];
  }
  return result;
}

function columnsOf(a: Matrix, { from, to }: Range): Matrix {
  const result = matrix(a.rows, to - from);
  for (let row = 0; row < a.rows; row++) rowAt(result, row).set(rowAt(a, row).subarray(from, to));
  return result;
}

function addAt(sum: Matrix, row: number, column: number, part: Matrix<Values>): void {
  for (let i = 0; i < part.rows; i++) {
    const target = rowAt(sum, row + i).subarray(column, column + part.columns);
    const source = rowAt(part, i);
    for (let j = 0; j < source.length; j++) target[j] += source[j];
  }
}

function scaled(a: Matrix, factor: number): Matrix {
  for (let i = 0; i < a.values.length; i++) a.values[i] *= factor;
  return a;
}

/** Copies the upper triangle to the lower one. */
function mirrored(square: Matrix): Matrix {
  const { rows, values } = square;
  for (let row = 1; row < rows; row++) {
    for (let column = 0; column < row; column++) values[row * rows + column] = values[column * rows + row];
  }
  return square;
}
