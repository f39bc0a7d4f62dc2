/** Reduction without a fit, by a random matrix (Johnson & Lindenstrauss 1984; Dasgupta & Gupta 2003). */
import { SemblanceError } from '../contract/index.ts';
import type { LinearMap } from './linear-map.ts';
import { gaussianFrom, randomFrom } from './random.ts';

/**
 * A matrix of independent normal numbers of variance 1 / `dimension`, so that squared lengths and distances are kept
 * on average, and within about √(2 / dimension) of it.
 * @param seed the same seed gives the same projection
 * @throws SemblanceError `invalid-arguments` when there is no input or no output
 */
export function randomProjection(inputs: number, dimension: number, seed: number): LinearMap {
  if (inputs < 1 || dimension < 1) {
    throw new SemblanceError(
      'invalid-arguments',
      `${inputs} features cannot be projected to ${dimension}. Choose at least one of each.`,
    );
  }
  const gaussian = gaussianFrom(randomFrom(seed));
  const matrix = new Float32Array(dimension * inputs);
  const scale = 1 / Math.sqrt(dimension);
  for (let i = 0; i < matrix.length; i++) matrix[i] = gaussian() * scale;
  return { mean: new Float32Array(inputs), matrix, dimension, inputs };
}
