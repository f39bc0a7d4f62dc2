/** A linear projection to fewer dimensions, learned so that matching photos come close. */
import { SemblanceError } from '../contract/index.ts';
import {
  type Matrix,
  type MatrixProduct,
  randomFrom,
  type Rows,
  takeRows,
  type Values,
} from '../descriptor/index.ts';
import { adam } from './adam.ts';
import { groupedBatches } from './batches.ts';
import { centred, meanRow } from './centring.ts';
import { contrastiveLoss, type ContrastiveSettings, defaultTemperature } from './contrastive-loss.ts';
import { orthonormalRows, xavier } from './starts.ts';
import { train, type Trained, type TrainingOptions } from './training.ts';
import { throughUnitLength, toUnitLength } from './unit-length.ts';

/** A descriptor is components · (raw − mean), of unit length: the parts of a PCA fit that reduction reads. */
export interface ProjectionFit {
  /** `inputs` numbers. */
  mean: Float32Array;
  /** `dimension` × `inputs`, row-major. */
  components: Float32Array;
  dimension: number;
  inputs: number;
}

export interface ProjectionSettings extends ContrastiveSettings {
  /** Outputs wanted; no more than there are inputs come back. A start that is a matrix brings its own. */
  dimension: number;
  /** Random orthonormal rows, random numbers, or a projection such as PCA-whitening, dimension × inputs. */
  start: 'orthogonal' | 'xavier' | Rows;
  /** What is subtracted from the inputs first: the mean of the rows, unless the start was fitted with another. */
  mean?: Float32Array;
  /** Share of the way back to the start at each step. */
  decay?: number;
}

/** Step relative to the root mean square of the start's numbers, because the loss does not depend on their size. */
const relativeRate = 0.1;
const defaultDecay = 0.01;

/**
 * @param rows photos × inputs; not changed
 * @param groups one number a row; rows with the same number match
 * @throws SemblanceError `invalid-arguments`, and what `groupedBatches` and `train` throw
 */
export async function trainProjection(
  rows: Rows,
  groups: ArrayLike<number>,
  product: MatrixProduct,
  settings: ProjectionSettings & TrainingOptions<ProjectionFit>,
): Promise<Trained<ProjectionFit>> {
  const {
    temperature = defaultTemperature,
    decay = defaultDecay,
    mean = Float32Array.from(meanRow(rows)),
  } = settings;
  if (groups.length !== rows.rows || mean.length !== rows.columns) {
    throw new SemblanceError('invalid-arguments', 'Rows, groups and mean are not of the same photos.');
  }
  const random = randomFrom(settings.seed);
  const batches = groupedBatches(groups, settings, random);
  const components = startOf(settings, rows.columns, random);
  const examples = centred(rows, mean);
  const update = adam(components.values, { rate: relativeRate * size(components.values), decay });
  return train(
    {
      batches,
      step: async (batch, pace) => {
        const labels = batch.map((row) => groups[row]);
        const inputs = takeRows(examples, batch);
        const { loss, gradient } = await projectionLoss(components, inputs, labels, temperature, product);
        update(gradient.values, pace);
        return loss;
      },
      current: () => ({
        mean: mean.slice(),
        components: components.values.slice(),
        dimension: components.rows,
        inputs: components.columns,
      }),
    },
    settings,
  );
}

/**
 * Loss of projected rows, and its gradient with respect to the projection.
 * @param components dimension × inputs
 * @param inputs rows × inputs, centred
 */
export async function projectionLoss<V extends Values>(
  components: Matrix<V>,
  inputs: Matrix<V>,
  groups: ArrayLike<number>,
  temperature: number,
  product: MatrixProduct,
): Promise<{ loss: number; gradient: Matrix<V> }> {
  const outputs = toUnitLength(await product(inputs, components, { transposeB: true }));
  const { loss, gradient } = await contrastiveLoss(outputs.unit, groups, temperature, product);
  const atOutputs = throughUnitLength(outputs, gradient);
  return { loss, gradient: await product(atOutputs, inputs, { transposeA: true }) };
}

function startOf({ start, dimension }: ProjectionSettings, inputs: number, random: () => number): Rows {
  if (typeof start !== 'string') {
    if (start.columns === inputs) return { ...start, values: start.values.slice() };
    throw new SemblanceError(
      'invalid-arguments',
      `The start of the projection takes ${start.columns} numbers, and photos have ${inputs}.`,
    );
  }
  const outputs = Math.min(dimension, inputs);
  return start === 'orthogonal' ? orthonormalRows(outputs, inputs, random) : xavier(outputs, inputs, random);
}

/** Root mean square. */
function size(values: Float32Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares / values.length);
}
