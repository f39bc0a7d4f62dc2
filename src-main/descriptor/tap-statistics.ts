/** What is computed of each tap's feature map while the network runs, and how many numbers that gives. */
import { SemblanceError } from '../contract/index.ts';
import { statisticsPerChannel } from './power-means.ts';

/** What is computed of a tap's feature map. */
export type TapStatistic =
  /** 7 × channels, from which pooling at any p follows. */
  | { kind: 'power-means' }
  /** channels × Σ level²: for each channel, for each level, the averages over its level × level cells, row by row. */
  | { kind: 'pyramid'; levels: number[] }
  /** Channels: the sum over positions, weighted by how much a small network makes of each. */
  | { kind: 'attention'; weights: AttentionWeights }
  /** The map itself, channels × height × width, for learning only: its length is that of the picture's. */
  | { kind: 'map' };

/** Two 1 × 1 convolutions with a rectifier between: channels → hidden → one score a position. */
export interface AttentionWeights {
  hidden: number;
  channels: number;
  /** hidden × channels, row-major. */
  w1: Float32Array;
  b1: Float32Array;
  w2: Float32Array;
  b2: number;
}

/**
 * How many numbers a statistic has for each photo and scale.
 * @throws SemblanceError `invalid-arguments` for levels that are no whole numbers and weights of wrong size, and
 *   for maps, which have no length of their own; `recipe-mismatch` for weights that belong to other channels
 */
export function statisticLength(statistic: TapStatistic, channels: number): number {
  if (statistic.kind === 'power-means') return statisticsPerChannel * channels;
  if (statistic.kind === 'pyramid') {
    const cells = checkedLevels(statistic.levels).reduce((sum, level) => sum + level ** 2, 0);
    return cells * channels;
  }
  if (statistic.kind === 'attention') return checkedAttention(statistic.weights, channels).channels;
  throw new SemblanceError('invalid-arguments', 'Feature maps are as large as the picture, and not stored.');
}

/** @throws SemblanceError `invalid-arguments` */
export function checkedLevels(levels: number[]): number[] {
  if (levels.length > 0 && levels.every((level) => Number.isInteger(level) && level > 0)) return levels;
  throw new SemblanceError(
    'invalid-arguments',
    `A pyramid needs whole numbers as levels; they were: ${levels.join(', ')}.`,
  );
}

/** @throws SemblanceError `invalid-arguments` for arrays of wrong size, `recipe-mismatch` for other channels */
export function checkedAttention(weights: AttentionWeights, channels: number): AttentionWeights {
  const { hidden, w1, b1, w2 } = weights;
  if (weights.channels !== channels) {
    throw new SemblanceError(
      'recipe-mismatch',
      `The attention was learned for ${weights.channels} channels, not ${channels}. Learn it again.`,
    );
  }
  if (hidden > 0 && w1.length === hidden * channels && b1.length === hidden && w2.length === hidden) {
    return weights;
  }
  throw new SemblanceError(
    'invalid-arguments',
    `The attention's weights have not the size that it says, ${hidden} × ${channels}. Learn it again.`,
  );
}
