/** Threads that help a worker thread to pool photos, so that it uses all cores. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type Recipe, sibling } from '../contract/index.ts';
import { type Extraction, type LearnedPooling, RawDescriber } from '../descriptor/index.ts';
import { poolingTask, takeBlocks, waitForBlocks } from './pooling.ts';

/** More of them would only wait for memory. */
const mostHelpers = 7;
/** Fewer photos are done before help has been told of them. */
const leastPhotos = 256;

let crew: PoolingCrew | undefined;

/** The crew of this thread, started when it is first asked for. */
export function poolingCrew(): PoolingCrew {
  return (crew ??= new PoolingCrew());
}

export class PoolingCrew {
  readonly #helpers: Worker[];

  constructor(helpers = Math.min(mostHelpers, availableParallelism() - 1)) {
    this.#helpers = Array.from({ length: helpers }, () => {
      const helper = new Worker(fileURLToPath(sibling(import.meta.url, 'pooling-worker')));
      // A helper that is lost is missed by nobody: the others take its blocks.
      helper.on('error', () => undefined);
      helper.unref();
      return helper;
    });
  }

  /**
   * Raw descriptors of photos, one behind the other.
   * @param codes as `encodeStatistics` makes them; in shared memory, or helpers are not asked
   * @throws SemblanceError `library-damaged`, `recipe-mismatch`
   */
  describe(
    recipe: Recipe,
    extraction: Extraction,
    learned: LearnedPooling,
    codes: readonly Uint8Array[],
  ): Float32Array {
    const shared = codes.every(({ buffer }) => buffer instanceof SharedArrayBuffer);
    if (shared && this.#helpers.length > 0 && codes.length >= leastPhotos) {
      const task = poolingTask(recipe, extraction, learned, codes);
      for (const helper of this.#helpers) helper.postMessage(task);
      takeBlocks(task);
      if (waitForBlocks(task)) return Float32Array.from(task.descriptors);
    }
    return describeAlone(recipe, extraction, learned, codes);
  }
}

function describeAlone(
  recipe: Recipe,
  extraction: Extraction,
  learned: LearnedPooling,
  codes: readonly Uint8Array[],
): Float32Array {
  const describer = new RawDescriber(recipe, extraction, learned);
  const descriptors = new Float32Array(codes.length * describer.dimension);
  codes.forEach((code, row) => descriptors.set(describer.describe(code), row * describer.dimension));
  return descriptors;
}

/** Bytes in memory that threads share. */
export function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
