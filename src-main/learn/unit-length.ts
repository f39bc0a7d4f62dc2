/** L2 normalisation of rows, and gradients through it. */
import { type Matrix, rowAt, type Values } from '../descriptor/index.ts';

export interface UnitLength<V extends Values> {
  /** Of the shape of the rows; a zero row stays zero. */
  unit: Matrix<V>;
  /** Euclidean length that each row had. */
  lengths: Float64Array;
}

export function toUnitLength<V extends Values>(rows: Matrix<V>): UnitLength<V> {
  const unit = { ...rows, values: rows.values.slice() as V };
  const lengths = new Float64Array(rows.rows);
  for (let row = 0; row < rows.rows; row++) {
    const target = rowAt(unit, row);
    lengths[row] = Math.sqrt(dot(target, target));
    for (let i = 0; i < target.length; i++) target[i] /= lengths[row] || 1;
  }
  return { unit, lengths };
}

/**
 * The Jacobian of the normalisation, (I − u·uᵀ) / length, times a row of `directions` for each row. It is symmetric:
 * the same function takes the gradient back through the normalisation and a tangent forward.
 * @returns of the shape of `directions`; zero where the row was zero
 */
export function throughUnitLength<V extends Values>(
  { unit, lengths }: UnitLength<V>,
  directions: Matrix<V>,
): Matrix<V> {
  const result = { ...directions, values: directions.values.slice() as V };
  for (let row = 0; row < unit.rows; row++) {
    const target = rowAt(result, row);
    const along = rowAt(unit, row);
    const shadow = dot(target, along);
    const scale = lengths[row] === 0 ? 0 : 1 / lengths[row];
    for (let i = 0; i < target.length; i++) target[i] = (target[i] - shadow * along[i]) * scale;
  }
  return result;
}

function dot(a: Values, b: Values): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
