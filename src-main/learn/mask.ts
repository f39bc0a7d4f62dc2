/** Selection by a mask of gates, one a feature, learned so that matching photos come close with few features. */
import { SemblanceError } from '../contract/index.ts';
import {
  type Matrix,
  type MatrixProduct,
  randomFrom,
  rowAt,
  type Rows,
  type Values,
  takeRows,
} from '../descriptor/index.ts';
import { adam } from './adam.ts';
import { groupedBatches } from './batches.ts';
import { centred } from './centring.ts';
import { contrastiveLoss, type ContrastiveSettings, defaultTemperature } from './contrastive-loss.ts';
import { train, type Trained, type TrainingOptions } from './training.ts';
import { throughUnitLength, toUnitLength } from './unit-length.ts';

export interface MaskFit {
  /** Factor on each feature, relative to the largest, 0 … 1: after L2 normalisation only ratios count. */
  gates: Float32Array;
}

export interface MaskSettings extends ContrastiveSettings {
  /** Divisor of the gates' logits: with a small one, gates are nearly on or off. */
  gateTemperature: number;
  /** Weight of the mean gate in the loss. */
  sparsity: number;
}

/** Change of a logit at a step, before the gate's temperature. */
const rate = 0.1;

/**
 * All gates start half open, which is the same as no mask, and so at the steepest point of the sigmoid.
 * @param rows photos × features; not changed
 * @param groups one number a row; rows with the same number match
 * @throws SemblanceError `invalid-arguments`, and what `groupedBatches` and `train` throw
 */
export async function trainMask(
  rows: Rows,
  groups: ArrayLike<number>,
  product: MatrixProduct,
  settings: MaskSettings & TrainingOptions<MaskFit>,
): Promise<Trained<MaskFit>> {
  const { temperature = defaultTemperature, gateTemperature } = settings;
  if (groups.length !== rows.rows || !(gateTemperature > 0)) {
    throw new SemblanceError(
      'invalid-arguments',
      'A mask needs one group for each photo and a temperature above 0.',
    );
  }
  const examples = centred(rows);
  const logits = new Float32Array(rows.columns);
  const update = adam(logits, { rate });
  return train(
    {
      batches: groupedBatches(groups, settings, randomFrom(settings.seed)),
      step: async (batch, pace) => {
        const labels = batch.map((row) => groups[row]);
        const inputs = takeRows(examples, batch);
        const { loss, gradient } = await maskLoss(
          logits,
          inputs,
          labels,
          { ...settings, temperature },
          product,
        );
        update(gradient, pace);
        return loss;
      },
      current: () => {
        const gates = gatesOf(logits, gateTemperature);
        const largest = gates.reduce((most, gate) => Math.max(most, gate), 0);
        return { gates: gates.map((gate) => gate / largest) };
      },
    },
    settings,
  );
}

/**
 * Loss of masked rows with the weighted mean gate added, and its gradient with respect to the logits.
 * @param logits one a feature
 */
export async function maskLoss<V extends Values>(
  logits: V,
  inputs: Matrix<V>,
  groups: ArrayLike<number>,
  {
    temperature,
    gateTemperature,
    sparsity,
  }: { temperature: number; gateTemperature: number; sparsity: number },
  product: MatrixProduct,
): Promise<{ loss: number; gradient: V }> {
  const gates = gatesOf(logits, gateTemperature);
  const masked = { ...inputs, values: inputs.values.map((value, i) => value * gates[i % gates.length]) as V };
  const outputs = toUnitLength(masked);
  const contrast = await contrastiveLoss(outputs.unit, groups, temperature, product);
  const atMasked = throughUnitLength(outputs, contrast.gradient);
  const atGates = gates.map(() => sparsity / gates.length);
  for (let row = 0; row < inputs.rows; row++) {
    const input = rowAt(inputs, row);
    const slope = rowAt(atMasked, row);
    for (let i = 0; i < input.length; i++) atGates[i] += input[i] * slope[i];
  }
  let meanGate = 0;
  for (const gate of gates) meanGate += gate / gates.length;
  return {
    loss: contrast.loss + sparsity * meanGate,
    gradient: atGates.map((slope, i) => (slope * gates[i] * (1 - gates[i])) / gateTemperature) as V,
  };
}

function gatesOf<V extends Values>(logits: V, gateTemperature: number): V {
  return logits.map((logit) => 1 / (1 + Math.exp(-logit / gateTemperature))) as V;
}
