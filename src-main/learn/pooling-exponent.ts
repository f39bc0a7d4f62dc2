/**
 * The p of GeM, learned for each tap (Radenović, Tolias & Chum, Fine-tuning CNN Image Retrieval with No Human
 * Annotation, TPAMI 2019, §3.2), from power means: the network does not run.
 */
import { SemblanceError } from '../contract/index.ts';
import { type Matrix, type MatrixProduct, powerMeanNodes, randomFrom, rowAt } from '../descriptor/index.ts';
import { adam } from './adam.ts';
import { groupedBatches } from './batches.ts';
import { centred } from './centring.ts';
import { contrastiveLoss, type ContrastiveSettings, defaultTemperature } from './contrastive-loss.ts';
import { gemWithSlope, interpolationAt, logExponentRange } from './gem-derivative.ts';
import { train, type Trained, type TrainingOptions } from './training.ts';
import { throughUnitLength, type UnitLength, toUnitLength } from './unit-length.ts';

/** Logarithms of GeM at the six nodes. */
export interface NodeTable {
  /** Photos. */
  rows: number;
  scales: number;
  taps: { channels: number; weight: number; normalise: boolean }[];
  /** For each row, for each scale, for each tap, 6 × channels natural logarithms. */
  logs: Float32Array;
}

export interface PoolingExponents {
  /** One p a tap, 1 … 10. */
  p: number[];
}

export interface PoolingExponentSettings extends ContrastiveSettings {
  /** One p a tap, 1 … 10. */
  start: readonly number[];
  /** For each tap, whether its p is learned; without it, all are. */
  learned?: readonly boolean[];
}

/** Change of log p at a step: a few dozen steps cross the range. */
const rate = 0.05;

/**
 * Learns p by descent on log p, which is put back to the nearer end of 1 … 10 when a step leaves the range: unlike a
 * sigmoid, that lets p start at either end, where average pooling is, and leave it again.
 * @param groups one number a row; rows with the same number match
 * @throws SemblanceError `invalid-arguments`, and what `groupedBatches` and `train` throw
 */
export async function trainPoolingExponents(
  table: NodeTable,
  groups: ArrayLike<number>,
  product: MatrixProduct,
  settings: PoolingExponentSettings & TrainingOptions<PoolingExponents>,
): Promise<Trained<PoolingExponents>> {
  const { start, learned, temperature = defaultTemperature } = settings;
  checkTable(table, groups, start);
  const logExponents = Float64Array.from(start, Math.log);
  const update = adam(logExponents, { rate });
  return train(
    {
      batches: groupedBatches(groups, settings, randomFrom(settings.seed)),
      step: async (batch, pace) => {
        const labels = batch.map((row) => groups[row]);
        const { loss, gradient } = await poolingLoss(
          logExponents,
          table,
          batch,
          labels,
          temperature,
          product,
        );
        update(
          gradient.map((slope, tap) => (learned?.[tap] === false ? 0 : slope)),
          pace,
        );
        const { least, most } = logExponentRange;
        logExponents.forEach((value, tap) => (logExponents[tap] = Math.min(most, Math.max(least, value))));
        return loss;
      },
      current: () => ({ p: Array.from(logExponents, (value) => Math.min(10, Math.exp(value))) }),
    },
    settings,
  );
}

function checkTable(
  { rows, scales, taps, logs }: NodeTable,
  groups: ArrayLike<number>,
  start: readonly number[],
): void {
  const channels = taps.reduce((sum, tap) => sum + tap.channels, 0);
  if (logs.length !== rows * scales * channels * powerMeanNodes.length || groups.length !== rows) {
    throw new SemblanceError('invalid-arguments', 'Power means and groups are not of the same photos.');
  }
  if (start.length !== taps.length || !start.every((p) => p >= 1 && p <= 10)) {
    throw new SemblanceError(
      'invalid-arguments',
      `Learning p starts from one p between 1 and 10 for each tap; they were: ${start.join(', ')}.`,
    );
  }
}

/**
 * Loss of the descriptors at some exponents, and its gradient with respect to each log p. Descriptors are made as
 * `rawDescriptor` makes them: taps are pooled, L2-normalised where wanted, weighted and joined; each scale and the
 * mean over scales are L2-normalised.
 * @param batch rows of the table
 * @param groups one number for each row of the batch
 */
export async function poolingLoss(
  logExponents: Float64Array,
  table: NodeTable,
  batch: readonly number[],
  groups: ArrayLike<number>,
  temperature: number,
  product: MatrixProduct,
): Promise<{ loss: number; gradient: Float64Array }> {
  const scales = Array.from({ length: table.scales }, (_, scale) =>
    pooledScale(logExponents, table, batch, scale),
  );
  const sum = { ...scales[0].joint.unit, values: scales[0].joint.unit.values.slice() };
  for (const { joint } of scales.slice(1)) {
    for (let i = 0; i < sum.values.length; i++) sum.values[i] += joint.unit.values[i];
  }
  const descriptors = toUnitLength(centred(sum));
  const { loss, gradient: atDescriptors } = await contrastiveLoss(
    descriptors.unit,
    groups,
    temperature,
    product,
  );
  const atSum = centred(throughUnitLength(descriptors, atDescriptors));
  const gradient = new Float64Array(logExponents.length);
  for (const { joint, slopes } of scales) {
    const atParts = throughUnitLength(joint, atSum).values;
    let start = 0;
    for (const [tap, { channels }] of table.taps.entries()) {
      for (let row = 0; row < batch.length; row++) {
        const first = row * sum.columns + start;
        for (let i = first; i < first + channels; i++) gradient[tap] += atParts[i] * slopes.values[i];
      }
      start += channels;
    }
  }
  return { loss, gradient };
}

interface PooledScale {
  /** Joined taps, batch × all channels, of unit length. */
  joint: UnitLength<Float64Array>;
  /** Derivatives of the joined taps, before they had unit length, each in the log p of its own tap. */
  slopes: Matrix;
}

function pooledScale(
  logExponents: Float64Array,
  { scales, taps, logs }: NodeTable,
  batch: readonly number[],
  scale: number,
): PooledScale {
  const columns = taps.reduce((sum, tap) => sum + tap.channels, 0);
  const parts = zeros(batch.length, columns);
  const slopes = zeros(batch.length, columns);
  let start = 0;
  for (const [tap, { channels, weight, normalise }] of taps.entries()) {
    const interpolation = interpolationAt(logExponents[tap]);
    const pooled = zeros(batch.length, channels);
    const change = zeros(batch.length, channels);
    batch.forEach((row, i) => {
      const first = powerMeanNodes.length * ((row * scales + scale) * columns + start);
      const own = logs.subarray(first, first + powerMeanNodes.length * channels);
      gemWithSlope(interpolation, own, rowAt(pooled, i), rowAt(change, i));
    });
    const unit = normalise ? toUnitLength(pooled) : null;
    copyInto(parts, unit?.unit ?? pooled, start, weight);
    copyInto(slopes, unit ? throughUnitLength(unit, change) : change, start, weight);
    start += channels;
  }
  return { joint: toUnitLength(parts), slopes };
}

function zeros(rows: number, columns: number): Matrix {
  return { rows, columns, values: new Float64Array(rows * columns) };
}

function copyInto(target: Matrix, source: Matrix, column: number, factor: number): void {
  for (let row = 0; row < source.rows; row++) {
    const from = rowAt(source, row);
    const to = rowAt(target, row);
    for (let i = 0; i < from.length; i++) to[column + i] = factor * from[i];
  }
}
