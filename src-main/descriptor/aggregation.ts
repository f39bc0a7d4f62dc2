/** How taps and scales are joined into one vector. */
import type { Recipe } from '../contract/index.ts';
import { applyLinearTo, type LinearMap } from './linear-map.ts';
import { activationFloor } from './power-means.ts';
import { randomProjection } from './random-projection.ts';

type TapsJoint = Recipe['aggregation']['taps'];
type ScalesJoint = Recipe['aggregation']['scales'];

/** The projections to a common dimension are part of the recipe's meaning, so they never change. */
const firstProjectionSeed = 0x7a9;

/**
 * Joins the taps of one scale: one behind the other, or, for mean and max, each projected to the common dimension by
 * a fixed Gaussian projection first (Johnson & Lindenstrauss 1984), because their channels differ.
 * @param lengths of the taps' vectors
 */
export function joinTaps(
  joint: TapsJoint,
  lengths: number[],
): { dimension: number; join: (taps: Float32Array[]) => Float32Array } {
  if (joint.kind === 'concat') {
    const dimension = lengths.reduce((sum, length) => sum + length, 0);
    return { dimension, join: (taps) => concatenated(taps, dimension) };
  }
  const { dimension } = joint;
  const maps = tapProjections(dimension, lengths);
  const combine = joint.kind === 'mean' ? meanOf : maximumOf;
  return { dimension, join: (taps) => combine(taps.map((tap, i) => applyLinearTo(maps[i], tap))) };
}

/** What taps are projected by before their mean or maximum is taken, one for each. */
export function tapProjections(dimension: number, lengths: number[]): LinearMap[] {
  return lengths.map((inputs, i) => randomProjection(inputs, dimension, firstProjectionSeed + i));
}

/**
 * Joins the vectors of all scales, element by element. GeM over scales clamps at the floor of activations, as GeM over
 * positions does (Radenović, Tolias & Chum, TPAMI 2019, §5.1 of which averages scales by GeM).
 */
export function joinScales(joint: ScalesJoint, scales: Float32Array[]): Float32Array {
  if (scales.length === 1) return scales[0];
  if (joint.kind === 'mean') return meanOf(scales);
  if (joint.kind === 'max') return maximumOf(scales);
  const { p } = joint;
  return scales[0].map((_, i) => {
    const sum = scales.reduce((total, scale) => total + Math.max(scale[i], activationFloor) ** p, 0);
    return (sum / scales.length) ** (1 / p);
  });
}

function concatenated(parts: Float32Array[], length: number): Float32Array {
  const whole = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function meanOf(vectors: Float32Array[]): Float32Array {
  const mean = vectors[0].slice();
  for (const vector of vectors.slice(1)) for (let i = 0; i < mean.length; i++) mean[i] += vector[i];
  for (let i = 0; i < mean.length; i++) mean[i] /= vectors.length;
  return mean;
}

function maximumOf(vectors: Float32Array[]): Float32Array {
  const most = vectors[0].slice();
  for (const vector of vectors.slice(1)) {
    for (let i = 0; i < most.length; i++) most[i] = Math.max(most[i], vector[i]);
  }
  return most;
}
