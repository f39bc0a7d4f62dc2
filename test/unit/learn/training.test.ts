import { describe, expect, it } from 'vitest';
import { train, type Trainee, type TrainingProgress } from '../../../src-main/learn/training.ts';

/** Counts its steps; each loss is the number of steps before it. */
function counter(batchesPerEpoch = 2): Trainee<{ steps: number }> & { paces: number[] } {
  const paces: number[] = [];
  return {
    paces,
    batches: () => Array.from({ length: batchesPerEpoch }, () => [0]),
    step: (_, pace) => Promise.resolve(paces.push(pace) - 1),
    current: () => ({ steps: paces.length }),
  };
}

/** Qualities by epoch, the start first. */
function judgedAs(qualities: number[], patience?: number) {
  return {
    evaluate: ({ steps }: { steps: number }) => Promise.resolve(qualities[steps / 2]),
    ...(patience === undefined ? {} : { patience }),
  };
}

describe('training', () => {
  it('goes through all epochs, tells of each, and keeps the last where nothing judges', async () => {
    const told: TrainingProgress[] = [];
    const result = await train(counter(), { seed: 1, epochs: 3, onProgress: (step) => told.push(step) });
    expect(result).toEqual({
      fitted: { steps: 6 },
      history: [0.5, 2.5, 4.5].map((loss) => ({ loss, heldOut: null })),
      startHeldOut: null,
      keptEpoch: 3,
    });
    expect(told.map(({ done, total, loss }) => [done, total, loss])).toEqual([
      [1, 3, 0.5],
      [2, 3, 2.5],
      [3, 3, 4.5],
    ]);
  });

  it('lowers its pace from full to nothing', async () => {
    const trainee = counter(4);
    await train(trainee, { seed: 1, epochs: 5 });
    expect(trainee.paces[0]).toBe(1);
    expect(trainee.paces[10]).toBeCloseTo(0.5, 9);
    expect(trainee.paces[19]).toBeLessThan(0.01);
    expect(trainee.paces).toEqual(trainee.paces.toSorted((a, b) => b - a));
  });

  it('keeps the best epoch on what was held out', async () => {
    const heldOut = judgedAs([0.3, 0.4, 0.6, 0.5]);
    const result = await train(counter(), { seed: 1, epochs: 3, heldOut });
    expect(result).toMatchObject({ fitted: { steps: 4 }, keptEpoch: 2, startHeldOut: 0.3 });
    expect(result.history.map((epoch) => epoch.heldOut)).toEqual([0.4, 0.6, 0.5]);
  });

  it('keeps the start when no epoch is better', async () => {
    const heldOut = judgedAs([0.5, 0.4, 0.5, 0.2]);
    const result = await train(counter(), { seed: 1, epochs: 3, heldOut });
    expect(result).toMatchObject({ fitted: { steps: 0 }, keptEpoch: 0, startHeldOut: 0.5 });
  });

  it('ends when it has not got better for as many epochs as it has patience', async () => {
    const heldOut = judgedAs([0.1, 0.2, 0.1, 0.1, 0.9], 2);
    const result = await train(counter(), { seed: 1, epochs: 4, heldOut });
    expect(result.history).toHaveLength(3);
    expect(result.keptEpoch).toBe(1);
  });

  it('is cancelled between two batches, by a timer as well', async () => {
    const cancel = new AbortController();
    const training = train(counter(), { seed: 1, epochs: 1e9, signal: cancel.signal });
    setTimeout(() => cancel.abort(), 5);
    await expect(training).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('ends with a plain message when the loss is no longer a number', async () => {
    const trainee = { ...counter(), step: () => Promise.resolve(NaN) };
    const training = () => train(trainee, { seed: 1, epochs: 2 });
    await expect(training()).rejects.toMatchObject({ code: 'model-failed' });
    await expect(training()).rejects.toThrow(/not a finite number/);
  });
});
