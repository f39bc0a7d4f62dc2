/** Pooling of whole feature maps, for what power means cannot give. */
import { activationFloor } from './power-means.ts';

/**
 * Generalized-mean pooling, (mean of max(x, floor)^p)^(1/p) per channel, in double precision and relative to each
 * channel's maximum, so that high powers of small activations do not vanish.
 *
 * Radenović, Tolias & Chum, Fine-tuning CNN Image Retrieval with No Human Annotation, TPAMI 2019.
 * @param map channels × positions, row-major
 * @param p exponent of at least 1; Infinity is the maximum
 * @returns one number a channel
 */
export function gemOfMap(
  map: Float32Array,
  channels: number,
  positions: number,
  p: number,
  floor = activationFloor,
): Float32Array {
  const pooled = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const start = channel * positions;
    let peak = floor;
    for (let i = start; i < start + positions; i++) peak = Math.max(peak, map[i]);
    let sum = 0;
    if (p !== Infinity) {
      for (let i = start; i < start + positions; i++) sum += (Math.max(map[i], floor) / peak) ** p;
    }
    pooled[channel] = p === Infinity ? peak : peak * (sum / positions) ** (1 / p);
  }
  return pooled;
}
