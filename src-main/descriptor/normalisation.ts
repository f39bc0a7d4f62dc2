/** Normalisations of descriptors. All return new arrays. */

/** Scales to unit Euclidean length; a zero vector stays zero. */
export function l2Normalise(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const norm = Math.sqrt(squares);
  return norm === 0 ? vector.slice() : vector.map((value) => value / norm);
}

/** sign(x)·|x|^exponent (power-law normalisation; Perronnin, Sánchez & Mensink, ECCV 2010). */
export function signedPower(vector: Float32Array, exponent: number): Float32Array {
  return vector.map((value) => Math.sign(value) * Math.abs(value) ** exponent);
}

/** Mean and deviation of each feature. */
export interface Standardisation {
  mean: Float64Array;
  deviation: Float64Array;
}

/** Deviations below this are of constant features, which are centred but not scaled. */
const constantDeviation = 1e-8;

/** Fits z-scores: mean and population deviation of each feature over the rows. */
export function fitStandardisation(rows: Float32Array[]): Standardisation {
  const mean = new Float64Array(rows[0].length);
  const deviation = new Float64Array(rows[0].length);
  for (const row of rows) row.forEach((value, i) => (mean[i] += value / rows.length));
  for (const row of rows) row.forEach((value, i) => (deviation[i] += (value - mean[i]) ** 2 / rows.length));
  return { mean, deviation: deviation.map((variance) => Math.sqrt(variance)) };
}

export function standardise({ mean, deviation }: Standardisation, vector: Float32Array): Float32Array {
  return vector.map((value, i) => (value - mean[i]) / (deviation[i] < constantDeviation ? 1 : deviation[i]));
}
