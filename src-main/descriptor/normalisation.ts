/** Normalisations of descriptors. */
import { rowAt, type Rows } from './matrix.ts';

/** A copy of unit Euclidean length; a zero vector stays zero. */
export function l2Normalise(vector: Float32Array): Float32Array {
  return scaleToUnit(vector.slice());
}

/**
 * In place: scales to unit length and multiplies by a weight; a zero vector stays zero.
 * @param normalise false only multiplies
 */
export function scaleToUnit(vector: Float32Array, weight = 1, normalise = true): Float32Array {
  let factor = weight;
  if (normalise) {
    let squares = 0;
    for (let i = 0; i < vector.length; i++) squares += vector[i] * vector[i];
    if (squares === 0) return vector;
    factor = weight / Math.sqrt(squares);
  }
  if (factor !== 1) for (let i = 0; i < vector.length; i++) vector[i] *= factor;
  return vector;
}

/** In place: sign(x)·|x|^exponent (power-law normalisation; Perronnin, Sánchez & Mensink, ECCV 2010). */
export function signedPower(vector: Float32Array, exponent: number): Float32Array {
  for (let i = 0; i < vector.length; i++) vector[i] = signedPowerOf(vector[i], exponent);
  return vector;
}

/** The same of one number. */
export function signedPowerOf(value: number, exponent: number): number {
  return Math.sign(value) * Math.abs(value) ** exponent;
}

/** Mean and deviation of each feature. */
export interface Standardisation {
  mean: Float64Array;
  deviation: Float64Array;
}

/** Deviations below this are of constant features, which are centred but not scaled. */
const constantDeviation = 1e-8;

/** Fits z-scores: mean and population deviation of each feature over the rows. */
export function fitStandardisation(rows: Rows): Standardisation {
  const mean = new Float64Array(rows.columns);
  const variance = new Float64Array(rows.columns);
  for (let row = 0; row < rows.rows; row++) {
    const values = rowAt(rows, row);
    for (let i = 0; i < values.length; i++) mean[i] += values[i] / rows.rows;
  }
  for (let row = 0; row < rows.rows; row++) {
    const values = rowAt(rows, row);
    for (let i = 0; i < values.length; i++) variance[i] += (values[i] - mean[i]) ** 2 / rows.rows;
  }
  return { mean, deviation: variance.map(Math.sqrt) };
}

/** In place. */
export function standardise({ mean, deviation }: Standardisation, vector: Float32Array): Float32Array {
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] - mean[i]) / divisorOf(deviation[i]);
  return vector;
}

/** What a feature of a deviation is divided by. */
export function divisorOf(deviation: number): number {
  return deviation < constantDeviation ? 1 : deviation;
}
