/** Pooling of many photos by several threads at once: each takes blocks of photos until none is left. */
import type { Recipe } from '../contract/index.ts';
import { type Extraction, type LearnedPooling, RawDescriber } from '../descriptor/index.ts';

/** All that is large in it lies in shared memory, so that threads send it to each other at no cost. */
export interface PoolingTask {
  recipe: Recipe;
  extraction: Extraction;
  learned: LearnedPooling;
  /** As `encodeStatistics` makes them, in shared memory. */
  codes: readonly Uint8Array[];
  /** A descriptor for each photo. */
  descriptors: Float32Array<SharedArrayBuffer>;
  progress: Int32Array<SharedArrayBuffer>;
}

/** Places in a task's progress. */
const next = 0;
const done = 1;
const failed = 2;
const photosPerBlock = 64;
/** No block takes a hundredth of this; a thread that has died with one must not be waited for. */
const patienceMs = 30_000;

export function poolingTask(
  recipe: Recipe,
  extraction: Extraction,
  learned: LearnedPooling,
  codes: readonly Uint8Array[],
): PoolingTask {
  const { dimension } = new RawDescriber(recipe, extraction, learned);
  return {
    ...{ recipe, extraction, learned, codes },
    descriptors: new Float32Array(new SharedArrayBuffer(4 * codes.length * dimension)),
    progress: new Int32Array(new SharedArrayBuffer(12)),
  };
}

function blocksOf({ codes }: PoolingTask): number {
  return Math.ceil(codes.length / photosPerBlock);
}

/** Pools blocks that nobody else has taken, until there are none. What goes wrong is counted, not thrown. */
export function takeBlocks(task: PoolingTask): void {
  const { recipe, extraction, learned, codes, descriptors, progress } = task;
  const describer = new RawDescriber(recipe, extraction, learned);
  const blocks = blocksOf(task);
  for (let block = Atomics.add(progress, next, 1); block < blocks; block = Atomics.add(progress, next, 1)) {
    try {
      const from = block * photosPerBlock;
      codes.slice(from, from + photosPerBlock).forEach((code, i) => {
        descriptors.set(describer.describe(code), (from + i) * describer.dimension);
      });
    } catch {
      Atomics.add(progress, failed, 1);
    }
    Atomics.add(progress, done, 1);
    Atomics.notify(progress, done);
  }
}

/** Waits, without letting the event loop turn, until every block is done. @returns false where any went wrong */
export function waitForBlocks(task: PoolingTask): boolean {
  const { progress } = task;
  const blocks = blocksOf(task);
  for (let count = Atomics.load(progress, done); count < blocks; count = Atomics.load(progress, done)) {
    if (Atomics.wait(progress, done, count, patienceMs) === 'timed-out') return false;
  }
  return Atomics.load(progress, failed) === 0;
}
