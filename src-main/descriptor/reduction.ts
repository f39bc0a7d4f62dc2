/** The last steps of a descriptor: reduction to fewer dimensions, whitening, unit length. */
import { type Recipe, SemblanceError } from '../contract/index.ts';
import { l2Normalise } from './normalisation.ts';
import type { PcaFit } from './pca.ts';

/**
 * Turns a raw descriptor into the final one.
 * @throws SemblanceError `recipe-mismatch` when the fit was made for other descriptors
 */
export type Reducer = (raw: Float32Array) => Float32Array;

/**
 * Factor on each component: (λ + ε·Σλ)^-1/2. Plain whitening (Jégou & Chum, Negative evidences and co-occurences
 * in image retrieval, ECCV 2012) is ε = 0; ε of the total variance keeps weak components from drowning the rest.
 * @param whitening ε, or null to leave the components as they are
 */
export function componentScales(fit: PcaFit, whitening: number | null): Float64Array {
  if (whitening === null) return new Float64Array(fit.dimension).fill(1);
  return fit.eigenvalues.map((variance) => (variance + whitening * fit.totalVariance) ** -0.5);
}

/** @param fit null where there is none: descriptors then keep all their dimensions */
export function reducer({ reduction }: Recipe, fit: PcaFit | null): Reducer {
  if (reduction.kind === 'none' || fit === null) return l2Normalise;
  const { inputs } = fit;
  const dimension = Math.min(fit.dimension, reduction.dimension);
  const scales = componentScales(fit, reduction.whitening);
  return (raw) => {
    if (raw.length !== inputs) {
      throw new SemblanceError('recipe-mismatch', 'The fit was made for another recipe. Index again.');
    }
    const centred = raw.map((value, i) => value - fit.mean[i]);
    const reduced = new Float32Array(dimension);
    for (let row = 0; row < dimension; row++) {
      let sum = 0;
      const start = row * inputs;
      for (let i = 0; i < inputs; i++) sum += fit.components[start + i] * centred[i];
      reduced[row] = sum * scales[row];
    }
    return l2Normalise(reduced);
  };
}
