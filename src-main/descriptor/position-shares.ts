/** What a tap's pooled numbers count for, parted over the positions of the map that they were pooled from. */
import type { Pooling } from '../contract/index.ts';
import type { FeatureMap } from './ignored-positions.ts';
import { attentionOfPositions, pyramidCells } from './pooling.ts';
import { activationFloor } from './power-means.ts';
import { exponentOf } from './raw-descriptor.ts';
import { hasSharesKernel, sharesByKernel } from './shares-kernel.ts';
import { type AttentionWeights, checkedLevels } from './tap-statistics.ts';

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
 * @param counts the positions that were pooled, as `positionsThatCount` says; all by default
 * @returns height × width
 */
export function sharesOfPositions(
  map: FeatureMap,
  pooling: PositionPooling,
  pooled: Float32Array,
  weights: Float64Array,
  counts: Uint8Array = new Uint8Array(map.height * map.width).fill(1),
): Float64Array {
  if (pooling.kind === 'pyramid') {
    return sharesOfPyramid(map, checkedLevels(pooling.levels), pooled, weights, counts);
  }
  if (pooling.kind === 'attention') return sharesByAttention(map, pooling.weights, pooled, weights, counts);
  const shares = new Float64Array(map.height * map.width);
  if (hasSharesKernel(pooling.p) && counts.every((count) => count === 1)) {
    const contributions = Float64Array.from(weights, (weight, channel) => weight * pooled[channel]);
    return sharesByKernel(map.map, contributions, shares.length, pooling.p);
  }
  const powers = new Float64Array(shares.length);
  for (let channel = 0; channel < map.channels; channel++) {
    const contribution = pooled[channel] * weights[channel];
    if (contribution === 0) continue;
    const total = powersOf(map.map, channel * powers.length, pooling.p, counts, powers);
    const factor = contribution / total;
    for (let i = 0; i < shares.length; i++) shares[i] += factor * powers[i];
  }
  return shares;
}

/** x^p of a channel where positions count, or for the maximum 1 where it is; 0 elsewhere. @returns their sum */
function powersOf(
  map: Float32Array,
  start: number,
  p: number,
  counts: Uint8Array,
  powers: Float64Array,
): number {
  const { length } = powers;
  let total = 0;
  if (p === Infinity) {
    let peak = activationFloor;
    for (let i = 0; i < length; i++) if (counts[i] === 1 && map[start + i] > peak) peak = map[start + i];
    for (let i = 0; i < length; i++) {
      powers[i] = counts[i] === 1 && Math.max(map[start + i], activationFloor) === peak ? 1 : 0;
      total += powers[i];
    }
    return total;
  }
  for (let i = 0; i < length; i++) {
    const value = map[start + i] > activationFloor ? map[start + i] : activationFloor;
    powers[i] = counts[i] * value ** p;
    total += powers[i];
  }
  return total;
}

interface Side {
  start: number;
  end: number;
}

/** A cell in which nothing counts was given the average of all that counts. */
function sharesOfPyramid(
  { map, channels, height, width }: FeatureMap,
  levels: number[],
  pooled: Float32Array,
  weights: Float64Array,
  counts: Uint8Array,
): Float64Array {
  const shares = new Float64Array(height * width);
  const positionsOf = (rows: Side, columns: Side): number[] => {
    const positions: number[] = [];
    for (let y = rows.start; y < rows.end; y++) {
      for (let x = columns.start; x < columns.end; x++) {
        if (counts[y * width + x] === 1) positions.push(y * width + x);
      }
    }
    return positions;
  };
  const all = positionsOf({ start: 0, end: height }, { start: 0, end: width });
  const cells = levels.flatMap((level) =>
    pyramidCells(height, level).flatMap((rows) =>
      pyramidCells(width, level).map((columns) => {
        const positions = positionsOf(rows, columns);
        return positions.length > 0 ? positions : all;
      }),
    ),
  );
  for (let channel = 0; channel < channels; channel++) {
    const start = channel * height * width;
    for (const [i, cell] of cells.entries()) {
      const at = channel * cells.length + i;
      const average = cell.reduce((sum, position) => sum + map[start + position], 0) / cell.length;
      const rounding = pooled[at] - average;
      const factor = weights[at] / cell.length;
      for (const position of cell) shares[position] += factor * (map[start + position] + rounding);
    }
  }
  return shares;
}

function sharesByAttention(
  { map, channels, height, width }: FeatureMap,
  attention: AttentionWeights,
  pooled: Float32Array,
  weights: Float64Array,
  counts: Uint8Array,
): Float64Array {
  const positions = height * width;
  const all = attentionOfPositions(map, channels, positions, attention);
  const counted = all.reduce((sum, paid, i) => sum + paid * counts[i], 0);
  const paid = all.map((each, i) => (each * counts[i]) / counted);
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
