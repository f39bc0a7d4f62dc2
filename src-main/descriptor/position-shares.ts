/** What a tap's pooled numbers count for, parted over the positions of the map that they were pooled from. */
import type { Pooling } from '../contract/index.ts';
import { attentionOfPositions, pyramidCells } from './pooling.ts';
import { activationFloor } from './power-means.ts';
import { exponentOf } from './raw-descriptor.ts';
import { type AttentionWeights, checkedLevels } from './tap-statistics.ts';

/** A feature map. */
export interface FeatureMap {
  /** channels × height × width, row-major. */
  map: Float32Array;
  channels: number;
  height: number;
  width: number;
}

/** How a map was pooled, with what was learned of it. */
export type PositionPooling =
  | { kind: 'power-mean'; /** Infinity for the maximum. */ p: number }
  | { kind: 'pyramid'; levels: number[] }
  | { kind: 'attention'; weights: AttentionWeights };

export function positionPoolingOf(
  pooling: Pooling,
  learned: { exponent?: number | undefined; attention?: AttentionWeights | undefined },
): PositionPooling {
  if (pooling.kind === 'pyramid') return { kind: 'pyramid', levels: pooling.levels };
  if (learned.attention) return { kind: 'attention', weights: learned.attention };
  return { kind: 'power-mean', p: learned.exponent ?? exponentOf(pooling) };
}

/**
 * Parts Σ pooled · weights over the positions. GeM parts each channel in proportion to x^p (design.md §3.7), the average
 * being GeM at p = 1; the maximum goes to where it was found, in equal parts where that is in several places. Averages of
 * a pyramid's cells and sums by attention are linear in the map; what the cached numbers differ from the map's, by
 * their rounding, is spread as the pooling spreads.
 * @param pooled what the map was pooled to, as it was cached
 * @param weights what each of these numbers counts for
 * @returns height × width
 */
export function sharesOfPositions(
  map: FeatureMap,
  pooling: PositionPooling,
  pooled: Float32Array,
  weights: Float64Array,
): Float64Array {
  if (pooling.kind === 'pyramid') return sharesOfPyramid(map, checkedLevels(pooling.levels), pooled, weights);
  if (pooling.kind === 'attention') return sharesByAttention(map, pooling.weights, pooled, weights);
  const shares = new Float64Array(map.height * map.width);
  const powers = new Float64Array(shares.length);
  for (let channel = 0; channel < map.channels; channel++) {
    const contribution = pooled[channel] * weights[channel];
    if (contribution === 0) continue;
    const total = powersOf(map.map, channel * powers.length, pooling.p, powers);
    const factor = contribution / total;
    for (let i = 0; i < shares.length; i++) shares[i] += factor * powers[i];
  }
  return shares;
}

/** x^p of a channel, or for the maximum 1 where it is and 0 elsewhere. @returns their sum */
function powersOf(map: Float32Array, start: number, p: number, powers: Float64Array): number {
  const { length } = powers;
  let total = 0;
  if (p === Infinity) {
    let peak = activationFloor;
    for (let i = 0; i < length; i++) if (map[start + i] > peak) peak = map[start + i];
    for (let i = 0; i < length; i++) {
      powers[i] = Math.max(map[start + i], activationFloor) === peak ? 1 : 0;
      total += powers[i];
    }
    return total;
  }
  // Whole exponents by products: the general power takes many times as long.
  const whole = Number.isInteger(p) ? p : 0;
  for (let i = 0; i < length; i++) {
    const value = map[start + i] > activationFloor ? map[start + i] : activationFloor;
    let power = value;
    if (whole > 0) for (let k = 1; k < whole; k++) power *= value;
    else power = value ** p;
    powers[i] = power;
    total += power;
  }
  return total;
}

function sharesOfPyramid(
  { map, channels, height, width }: FeatureMap,
  levels: number[],
  pooled: Float32Array,
  weights: Float64Array,
): Float64Array {
  const shares = new Float64Array(height * width);
  const grids = levels.map((level) => ({
    rows: pyramidCells(height, level),
    columns: pyramidCells(width, level),
  }));
  let at = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (const { rows, columns } of grids) {
      for (const row of rows) {
        for (const column of columns) {
          const count = (row.end - row.start) * (column.end - column.start);
          let sum = 0;
          for (let y = row.start; y < row.end; y++) {
            const line = (channel * height + y) * width;
            for (let x = column.start; x < column.end; x++) sum += map[line + x];
          }
          const rounding = pooled[at] - sum / count;
          const factor = weights[at++] / count;
          for (let y = row.start; y < row.end; y++) {
            const line = (channel * height + y) * width;
            for (let x = column.start; x < column.end; x++) {
              shares[y * width + x] += factor * (map[line + x] + rounding);
            }
          }
        }
      }
    }
  }
  return shares;
}

function sharesByAttention(
  { map, channels, height, width }: FeatureMap,
  attention: AttentionWeights,
  pooled: Float32Array,
  weights: Float64Array,
): Float64Array {
  const positions = height * width;
  const paid = attentionOfPositions(map, channels, positions, attention);
  const shares = new Float64Array(positions);
  for (let channel = 0; channel < channels; channel++) {
    const start = channel * positions;
    let sum = 0;
    for (let i = 0; i < positions; i++) sum += paid[i] * map[start + i];
    const rounding = pooled[channel] - sum;
    for (let i = 0; i < positions; i++) shares[i] += weights[channel] * paid[i] * (map[start + i] + rounding);
  }
  return shares;
}
