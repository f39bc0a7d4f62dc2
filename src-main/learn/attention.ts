/** Attention pooling: which positions of a feature map count, learned so that matching photos come close. */
import { SemblanceError } from '../contract/index.ts';
import {
  type AttentionWeights,
  type Matrix,
  type MatrixProduct,
  randomFrom,
  rowAt,
  type Values,
} from '../descriptor/index.ts';
import { adam } from './adam.ts';
import { groupedBatches } from './batches.ts';
import { centred } from './centring.ts';
import { contrastiveLoss, type ContrastiveSettings, defaultTemperature } from './contrastive-loss.ts';
import { xavier } from './starts.ts';
import { train, type Trained, type TrainingOptions } from './training.ts';
import { throughUnitLength, toUnitLength } from './unit-length.ts';

/** A feature map, channels × positions, row-major. Maps of a sample may differ in positions. */
export interface FeatureMap<V extends Values = Float32Array> {
  data: V;
  positions: number;
}

export interface AttentionSettings extends ContrastiveSettings {
  channels: number;
  /** Channels between the two convolutions. */
  hidden: number;
}

/** What is learned of `AttentionWeights`; the bias of the scores is not, because the softmax does not see it. */
export interface AttentionParameters<V extends Values> {
  /** hidden × channels. */
  w1: Matrix<V>;
  b1: V;
  w2: V;
}

const rate = 0.005;

/**
 * Learns two 1 × 1 convolutions with a rectifier between, whose scores a softmax over positions turns into weights
 * (the attention of Noh et al., Large-Scale Image Retrieval with Attentive Deep Local Features, ICCV 2017, with a
 * softmax). The second convolution starts at zero: training begins at average pooling.
 * @param maps one a photo, of one tap at one scale
 * @param groups one number a map; maps with the same number match
 * @throws SemblanceError `invalid-arguments`, and what `groupedBatches` and `train` throw
 */
export async function trainAttention(
  maps: readonly FeatureMap[],
  groups: ArrayLike<number>,
  product: MatrixProduct,
  settings: AttentionSettings & TrainingOptions<AttentionWeights>,
): Promise<Trained<AttentionWeights>> {
  const { channels, hidden, temperature = defaultTemperature } = settings;
  const sound = maps.every(({ data, positions }) => positions > 0 && data.length === channels * positions);
  if (!sound || maps.length !== groups.length || hidden < 1) {
    throw new SemblanceError('invalid-arguments', 'Maps, channels and groups are not of the same photos.');
  }
  const random = randomFrom(settings.seed);
  const batches = groupedBatches(groups, settings, random);
  const parameters: AttentionParameters<Float32Array> = {
    w1: xavier(hidden, channels, random),
    b1: new Float32Array(hidden),
    w2: new Float32Array(hidden),
  };
  const updateFirst = adam(parameters.w1.values, { rate });
  const updateBias = adam(parameters.b1, { rate });
  const updateSecond = adam(parameters.w2, { rate });
  return train(
    {
      batches,
      step: async (batch, pace) => {
        const labels = batch.map((map) => groups[map]);
        const seen = batch.map((map) => maps[map]);
        const { loss, gradient } = await attentionLoss(parameters, seen, labels, temperature, product);
        updateFirst(gradient.w1.values, pace);
        updateBias(gradient.b1, pace);
        updateSecond(gradient.w2, pace);
        return loss;
      },
      current: () => ({
        hidden,
        channels,
        w1: parameters.w1.values.slice(),
        b1: parameters.b1.slice(),
        w2: parameters.w2.slice(),
        b2: 0,
      }),
    },
    settings,
  );
}

/** Loss of pooled maps of unit length, and its gradient with respect to the parameters. */
export async function attentionLoss<V extends Values>(
  parameters: AttentionParameters<V>,
  maps: readonly FeatureMap<V>[],
  groups: ArrayLike<number>,
  temperature: number,
  product: MatrixProduct,
): Promise<{ loss: number; gradient: AttentionParameters<V> }> {
  const { w1, b1, w2 } = parameters;
  const gradient = {
    w1: { ...w1, values: zerosLike(w1.values, w1.values.length) },
    b1: zerosLike(b1, b1.length),
    w2: zerosLike(w2, w2.length),
  };
  const pooled = { rows: maps.length, columns: w1.columns, values: zerosLike(w2, maps.length * w1.columns) };
  const looks: Look<V>[] = [];
  for (const [i, { data, positions }] of maps.entries()) {
    const map = { rows: w1.columns, columns: positions, values: data };
    const look = await lookAt(parameters, map, product);
    const sum = await product(look.attention, map, { transposeB: true });
    rowAt(pooled, i).set(sum.values);
    looks.push(look);
  }
  const outputs = toUnitLength(centred(pooled));
  const contrast = await contrastiveLoss(outputs.unit, groups, temperature, product);
  const atPooled = centred(throughUnitLength(outputs, contrast.gradient));
  for (const [i, look] of looks.entries()) {
    await addGradient(gradient, parameters, look, rowAt(atPooled, i), product);
  }
  return { loss: contrast.loss, gradient };
}

/** What the forward pass leaves for the way back. */
interface Look<V extends Values> {
  /** Channels × positions. */
  map: Matrix<V>;
  /** Rectified outputs of the first convolution, hidden × positions. */
  units: Matrix<V>;
  /** 1 × positions; they add up to 1. */
  attention: Matrix<V>;
}

async function lookAt<V extends Values>(
  { w1, b1, w2 }: AttentionParameters<V>,
  map: Matrix<V>,
  product: MatrixProduct,
): Promise<Look<V>> {
  const units = await product(w1, map);
  const scores = new Float64Array(map.columns);
  for (let h = 0; h < units.rows; h++) {
    const unit = rowAt(units, h);
    for (let i = 0; i < unit.length; i++) {
      unit[i] = Math.max(0, unit[i] + b1[h]);
      scores[i] += w2[h] * unit[i];
    }
  }
  // Relative to the largest, because the exponential of a large score is infinite.
  const largest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  const shares = scores.map((score) => Math.exp(score - largest));
  const total = shares.reduce((sum, share) => sum + share, 0);
  const attention = { rows: 1, columns: map.columns, values: zerosLike(w2, map.columns) };
  shares.forEach((share, i) => (attention.values[i] = share / total));
  return { map, units, attention };
}

/** @param atPooled gradient with respect to the pooled map, one number a channel */
async function addGradient<V extends Values>(
  gradient: AttentionParameters<V>,
  { w2 }: AttentionParameters<V>,
  { map, units, attention }: Look<V>,
  atPooled: V,
  product: MatrixProduct,
): Promise<void> {
  const atAttention = (await product({ rows: 1, columns: map.rows, values: atPooled }, map)).values;
  const shares = attention.values;
  let mean = 0;
  for (let i = 0; i < shares.length; i++) mean += shares[i] * atAttention[i];
  const atScores = shares.map((share, i) => share * (atAttention[i] - mean));
  const atUnits = { ...units, values: zerosLike(w2, units.values.length) };
  for (let h = 0; h < units.rows; h++) {
    const unit = rowAt(units, h);
    const atUnit = rowAt(atUnits, h);
    for (let i = 0; i < unit.length; i++) {
      gradient.w2[h] += atScores[i] * unit[i];
      if (unit[i] > 0) atUnit[i] = atScores[i] * w2[h];
      gradient.b1[h] += atUnit[i];
    }
  }
  const atFirst = await product(atUnits, map, { transposeB: true });
  for (let i = 0; i < atFirst.values.length; i++) gradient.w1.values[i] += atFirst.values[i];
}

function zerosLike<V extends Values>(like: V, length: number): V {
  return (like instanceof Float64Array ? new Float64Array(length) : new Float32Array(length)) as V;
}
