/**
 * An autoencoder: an encoder of one hidden layer and its mirror image, trained to give back what it was given (Hinton
 * & Salakhutdinov, Reducing the Dimensionality of Data with Neural Networks, Science 2006). It needs no groups.
 */
import { SemblanceError } from '../contract/index.ts';
import {
  type EncoderFit,
  fitStandardisation,
  type Matrix,
  type MatrixProduct,
  randomFrom,
  rowAt,
  type Rows,
  standardise,
  type Values,
  takeRows,
} from '../descriptor/index.ts';
import { adam } from './adam.ts';
import { plainBatches } from './batches.ts';
import { xavier } from './starts.ts';
import { train, type Trained, type TrainingOptions } from './training.ts';

export interface AutoencoderSettings {
  /** Units of the hidden layer, of the encoder and of the decoder each. */
  hidden: number;
  /** Numbers of the code between them. */
  dimension: number;
}

/** A layer of a network: outputs = weights · inputs + bias, then max(0, …) where it is rectified. */
export interface Layer<V extends Values> {
  /** Outputs × inputs. */
  weights: Matrix<V>;
  bias: V;
  rectified: boolean;
}

const rate = 1e-3;
const rowsPerBatch = 64;

/**
 * @param rows photos × inputs; not changed. They are standardised, so that every feature counts alike.
 * @throws SemblanceError `invalid-arguments`, `not-enough-photos` for fewer than two rows, and what `train` throws
 */
export async function trainAutoencoder(
  rows: Rows,
  product: MatrixProduct,
  settings: AutoencoderSettings & TrainingOptions<EncoderFit>,
): Promise<Trained<EncoderFit>> {
  const { hidden, dimension } = settings;
  if (!(hidden >= 1 && dimension >= 1)) {
    throw new SemblanceError(
      'invalid-arguments',
      'An autoencoder needs at least one hidden unit and one output.',
    );
  }
  if (rows.rows < 2) throw new SemblanceError('not-enough-photos', 'A fit needs at least two photos.');
  const inputs = rows.columns;
  const scores = fitStandardisation(rows);
  const standardised = { ...rows, values: rows.values.slice() };
  for (let row = 0; row < rows.rows; row++) standardise(scores, rowAt(standardised, row));
  const random = randomFrom(settings.seed);
  const layer = (outputs: number, from: number, rectified: boolean): Layer<Float32Array> => ({
    weights: xavier(outputs, from, random),
    bias: new Float32Array(outputs),
    rectified,
  });
  const encoder = [layer(hidden, inputs, true), layer(dimension, hidden, false)];
  const layers = [...encoder, layer(hidden, dimension, true), layer(inputs, hidden, false)];
  const updates = layers.map(({ weights, bias }) => ({
    weights: adam(weights.values, { rate }),
    bias: adam(bias, { rate }),
  }));
  return train(
    {
      batches: plainBatches(rows.rows, rowsPerBatch, random),
      step: async (batch, pace) => {
        const { loss, gradient } = await reconstructionLoss(layers, takeRows(standardised, batch), product);
        for (const [i, { weights, bias }] of gradient.entries()) {
          updates[i].weights(weights.values, pace);
          updates[i].bias(bias, pace);
        }
        return loss;
      },
      current: () => ({
        mean: Float32Array.from(scores.mean),
        deviation: Float32Array.from(scores.deviation),
        w1: encoder[0].weights.values.slice(),
        b1: encoder[0].bias.slice(),
        w2: encoder[1].weights.values.slice(),
        b2: encoder[1].bias.slice(),
        hidden,
        dimension,
        inputs,
      }),
    },
    settings,
  );
}

/**
 * Mean squared difference between what the layers give and what they were given, and its gradient, layer by layer.
 * @param inputs rows × inputs
 */
export async function reconstructionLoss<V extends Values>(
  layers: readonly Layer<V>[],
  inputs: Matrix<V>,
  product: MatrixProduct,
): Promise<{ loss: number; gradient: Omit<Layer<V>, 'rectified'>[] }> {
  const outputs = [inputs];
  for (const layer of layers) outputs.push(await forward(layer, outputs[outputs.length - 1], product));
  const last = outputs[layers.length];
  const length = last.values.length;
  let loss = 0;
  let slopes = { ...last, values: last.values.slice() as V };
  for (let i = 0; i < length; i++) {
    const error = last.values[i] - inputs.values[i];
    loss += (error * error) / length;
    slopes.values[i] = (2 * error) / length;
  }
  const gradient: Omit<Layer<V>, 'rectified'>[] = [];
  for (let i = layers.length - 1; i >= 0; i--) {
    if (layers[i].rectified) closeWhereZero(slopes, outputs[i + 1]);
    gradient.unshift({
      weights: await product(slopes, outputs[i], { transposeA: true }),
      bias: columnSums(slopes),
    });
    if (i > 0) slopes = await product(slopes, layers[i].weights);
  }
  return { loss, gradient };
}

async function forward<V extends Values>(
  { weights, bias, rectified }: Layer<V>,
  inputs: Matrix<V>,
  product: MatrixProduct,
): Promise<Matrix<V>> {
  const outputs = await product(inputs, weights, { transposeB: true });
  for (let row = 0; row < outputs.rows; row++) {
    const own = rowAt(outputs, row);
    for (let i = 0; i < own.length; i++) {
      const value = own[i] + bias[i];
      own[i] = rectified && value < 0 ? 0 : value;
    }
  }
  return outputs;
}

/** In place: a rectifier that gave zero passes no slope back. */
function closeWhereZero<V extends Values>(slopes: Matrix<V>, outputs: Matrix<V>): void {
  for (let i = 0; i < slopes.values.length; i++) {
    if (outputs.values[i] === 0) slopes.values[i] = 0;
  }
}

function columnSums<V extends Values>(matrix: Matrix<V>): V {
  const sums = matrix.values.slice(0, matrix.columns).fill(0) as V;
  for (let row = 0; row < matrix.rows; row++) {
    const own = rowAt(matrix, row);
    for (let i = 0; i < own.length; i++) sums[i] += own[i];
  }
  return sums;
}
