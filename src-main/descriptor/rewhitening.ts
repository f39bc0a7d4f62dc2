/** Another whitening of descriptors that are stored already. */
import type { Whitening } from '../contract/index.ts';
import { componentScales, type PcaReduction } from './linear-map.ts';
import type { PcaFit } from './pca.ts';

/**
 * What each component of a PCA-whitened unit vector y is multiplied by, so that D·y, scaled to unit length again, is what
 * another whitening makes of the same photo: both whitenings scale the same projections, so d_i = s'_i / s_i, and the
 * length that was taken away is the same for all components.
 * @param dimension of the stored vectors
 * @returns relative to the largest, which does not change a cosine
 */
export function rewhiteningFactors(
  fit: PcaFit,
  { whitening, shrinkage }: Pick<PcaReduction, 'whitening' | 'shrinkage'>,
  wanted: Whitening,
  dimension: number,
): Float32Array {
  const from = componentScales(fit, whitening, shrinkage);
  const factors = componentScales(fit, wanted, shrinkage)
    .map((scale, i) => scale / from[i])
    .subarray(0, dimension);
  const largest = factors.reduce((most, factor) => Math.max(most, factor), 0);
  return Float32Array.from(factors, (factor) => factor / largest);
}
