/** Reduction by a learned encoder, a network of one hidden layer. Pure: how it is learned is learn/'s business. */
import { SemblanceError } from '../contract/index.ts';
import { type MatrixProduct, rowAt, type Rows } from './matrix.ts';
import { standardise } from './normalisation.ts';

/** code = w2 · max(0, w1 · (raw − mean) / deviation + b1) + b2 */
export interface EncoderFit {
  /** `inputs` numbers. */
  mean: Float32Array;
  /** `inputs` numbers; features that do not vary are only centred. */
  deviation: Float32Array;
  /** hidden × inputs, row-major. */
  w1: Float32Array;
  b1: Float32Array;
  /** dimension × hidden, row-major. */
  w2: Float32Array;
  b2: Float32Array;
  hidden: number;
  dimension: number;
  inputs: number;
}

/**
 * @param rows photos × inputs; not changed
 * @returns photos × dimension, of any length
 * @throws SemblanceError `recipe-mismatch` when the fit was made for other descriptors
 */
export async function encode(fit: EncoderFit, rows: Rows, product: MatrixProduct): Promise<Rows> {
  const { w1, b1, w2, b2, hidden, dimension, inputs } = fit;
  if (rows.columns !== inputs) {
    throw new SemblanceError('recipe-mismatch', 'The fit was made for another recipe. Index again.');
  }
  const scores = { mean: Float64Array.from(fit.mean), deviation: Float64Array.from(fit.deviation) };
  const standardised = { ...rows, values: rows.values.slice() };
  for (let row = 0; row < rows.rows; row++) standardise(scores, rowAt(standardised, row));
  const layer1 = { rows: hidden, columns: inputs, values: w1 };
  const units = await product(standardised, layer1, { transposeB: true });
  for (let i = 0; i < units.values.length; i++) {
    units.values[i] = Math.max(0, units.values[i] + b1[i % hidden]);
  }
  const layer2 = { rows: dimension, columns: hidden, values: w2 };
  const codes = await product(units, layer2, { transposeB: true });
  for (let i = 0; i < codes.values.length; i++) codes.values[i] += b2[i % dimension];
  return codes;
}
