/** The loop that all training here shares: epochs, progress, the end by cancelling, and which epoch is kept. */
import { setImmediate } from 'node:timers/promises';
import { SemblanceError } from '../contract/index.ts';
import type { Batches } from './batches.ts';

export interface TrainingOptions<Fitted> {
  /** Two runs with the same seed give the same result, to the bit where the product does. */
  seed: number;
  /** Most passes over the rows. */
  epochs: number;
  /** Told after each epoch. */
  onProgress?: (step: TrainingProgress) => void;
  signal?: AbortSignal;
  /** How good a result is on what training does not see. Without it, the last epoch is kept. */
  heldOut?: HeldOut<Fitted>;
}

export interface HeldOut<Fitted> {
  /** More is better. */
  evaluate: (current: Fitted) => Promise<number>;
  /** Epochs without a better result after which training ends. */
  patience?: number;
}

export interface TrainingProgress extends Epoch {
  /** Epochs. */
  done: number;
  total: number;
}

export interface Epoch {
  /** Mean over the epoch's batches, each before its step. */
  loss: number;
  /** Quality on what was held out after the epoch, or null without an evaluator. */
  heldOut: number | null;
}

export interface Trained<Fitted> {
  fitted: Fitted;
  history: Epoch[];
  /** Quality of the start on what was held out. */
  startHeldOut: number | null;
  /** The epoch that `fitted` is of, counted from 1; 0 is the start, kept when training made nothing better. */
  keptEpoch: number;
}

/** What is trained. */
export interface Trainee<Fitted> {
  batches: Batches;
  /**
   * One step on a batch.
   * @param pace share of the full learning rate to use, 1 … 0
   * @returns the loss before the step
   */
  step: (batch: readonly number[], pace: number) => Promise<number>;
  /** The present state, safe from later steps. */
  current: () => Fitted;
}

const defaultPatience = 10;

/**
 * Trains for some epochs and keeps the best by held-out quality, the start included: what is learned serves only when
 * it beats what it began with. The learning rate falls along a half cosine (Loshchilov & Hutter, SGDR, ICLR 2017).
 * @throws SemblanceError `cancelled`; `model-failed` when the loss is not a finite number
 */
export async function train<Fitted>(
  trainee: Trainee<Fitted>,
  { epochs, onProgress, signal, heldOut }: TrainingOptions<Fitted>,
): Promise<Trained<Fitted>> {
  const judge = async (fitted: Fitted): Promise<number | null> => (await heldOut?.evaluate(fitted)) ?? null;
  const history: Epoch[] = [];
  const start = trainee.current();
  const startHeldOut = await judge(start);
  let best = { fitted: start, quality: startHeldOut, epoch: 0 };
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const loss = await runEpoch(trainee, (epoch - 1) / epochs, 1 / epochs, signal);
    const fitted = trainee.current();
    const quality = await judge(fitted);
    history.push({ loss, heldOut: quality });
    onProgress?.({ done: epoch, total: epochs, loss, heldOut: quality });
    if (best.quality === null || quality === null || quality > best.quality)
      best = { fitted, quality, epoch };
    else if (epoch - best.epoch >= (heldOut?.patience ?? defaultPatience)) break;
  }
  return { fitted: best.fitted, history, startHeldOut, keptEpoch: best.epoch };
}

/**
 * @param from share of the training that is done
 * @param share share of the training that this epoch is
 * @returns the mean loss
 */
async function runEpoch<Fitted>(
  { batches, step }: Trainee<Fitted>,
  from: number,
  share: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const all = batches();
  let sum = 0;
  for (const [i, batch] of all.entries()) {
    // Promises alone would not let a message through, and so no cancelling.
    await setImmediate();
    if (signal?.aborted) throw new SemblanceError('cancelled', 'The training was cancelled.');
    const done = from + (share * i) / all.length;
    const loss = await step(batch, (1 + Math.cos(Math.PI * done)) / 2);
    if (!Number.isFinite(loss)) {
      throw new SemblanceError(
        'model-failed',
        'The training went astray: its loss is not a finite number. Choose another start or other settings.',
      );
    }
    sum += loss;
  }
  return sum / all.length;
}
