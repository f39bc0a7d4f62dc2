/** Pooling of whole feature maps, for what power means cannot give. */
import { activationFloor } from './power-means.ts';
import { type AttentionWeights, checkedAttention, checkedLevels } from './tap-statistics.ts';

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

/**
 * The mean of each channel, as it is: unlike GeM at p = 1, zero and negative activations are not raised to a floor.
 * @param map channels × positions, row-major
 */
export function averageOfMap(map: Float32Array, channels: number, positions: number): Float32Array {
  return Float32Array.from({ length: channels }, (_, channel) => {
    let sum = 0;
    for (let i = channel * positions; i < (channel + 1) * positions; i++) sum += map[i];
    return sum / positions;
  });
}

/**
 * Averages over the cells of a spatial pyramid. Along a side of n positions, cell i of a level L covers those from
 * ⌊i·n / L⌋ to ⌈(i + 1)·n / L⌉, so cells overlap where L does not divide n, and each has at least one position.
 *
 * He, Zhang, Ren & Sun, Spatial Pyramid Pooling in Deep Convolutional Networks, TPAMI 2015.
 * @param map channels × height × width, row-major
 * @param levels cells along each side
 * @returns channels × Σ level² numbers: for each channel, for each level, its cells row by row
 * @throws SemblanceError `invalid-arguments` for levels that are no whole numbers
 */
export function pyramidOfMap(
  map: Float32Array,
  channels: number,
  height: number,
  width: number,
  levels: number[],
): Float32Array {
  const averages: number[] = [];
  const grids = checkedLevels(levels).map((level) => [
    pyramidCells(height, level),
    pyramidCells(width, level),
  ]);
  for (let channel = 0; channel < channels; channel++) {
    for (const [rows, columns] of grids) {
      for (const row of rows) {
        for (const column of columns) {
          let sum = 0;
          for (let y = row.start; y < row.end; y++) {
            const line = (channel * height + y) * width;
            for (let x = column.start; x < column.end; x++) sum += map[line + x];
          }
          averages.push(sum / ((row.end - row.start) * (column.end - column.start)));
        }
      }
    }
  }
  return Float32Array.from(averages);
}

/** Where the cells of a level lie along a side of so many positions. */
export function pyramidCells(positions: number, level: number): { start: number; end: number }[] {
  return Array.from({ length: level }, (_, i) => ({
    start: Math.floor((i * positions) / level),
    end: Math.ceil(((i + 1) * positions) / level),
  }));
}

/**
 * How much attention each position gets: the softmax, over positions, of the scores that two 1 × 1 convolutions give
 * (after Noh et al., Large-Scale Image Retrieval with Attentive Deep Local Features, ICCV 2017).
 * @param map channels × positions, row-major
 * @returns one number a position; they add up to 1
 * @throws SemblanceError as `checkedAttention`
 */
export function attentionOfPositions(
  map: Float32Array,
  channels: number,
  positions: number,
  weights: AttentionWeights,
): Float64Array {
  const { hidden, w1, b1, w2, b2 } = checkedAttention(weights, channels);
  const scores = new Float64Array(positions).fill(b2);
  const unit = new Float64Array(positions);
  for (let h = 0; h < hidden; h++) {
    unit.fill(b1[h]);
    for (let channel = 0; channel < channels; channel++) {
      const weight = w1[h * channels + channel];
      const start = channel * positions;
      for (let i = 0; i < positions; i++) unit[i] += weight * map[start + i];
    }
    for (let i = 0; i < positions; i++) scores[i] += w2[h] * Math.max(0, unit[i]);
  }
  // Relative to the largest, because the exponential of a large score is infinite.
  const largest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  const shares = scores.map((score) => Math.exp(score - largest));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

/**
 * The sum over positions, each with the attention that it gets.
 * @param map channels × positions, row-major
 * @returns one number a channel
 * @throws SemblanceError as `checkedAttention`
 */
export function attentionOfMap(
  map: Float32Array,
  channels: number,
  positions: number,
  weights: AttentionWeights,
): Float32Array {
  const shares = attentionOfPositions(map, channels, positions, weights);
  return Float32Array.from({ length: channels }, (_, channel) => {
    let sum = 0;
    for (let i = 0; i < positions; i++) sum += shares[i] * map[channel * positions + i];
    return sum;
  });
}
