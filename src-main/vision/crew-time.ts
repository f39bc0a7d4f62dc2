/**
 * How long the processor takes a photo when every core is at one of its own, as when photos are read. One photo with all
 * threads says something else: on 16 cores it took three times as long.
 */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { endWorker } from '../contract/end-worker.ts';
import { sibling } from '../contract/index.ts';

/** Loading a network takes several times its size for a moment. */
const loadedAtOnce = 4;
const photosEach = 2;

/** @returns milliseconds for a photo of the usual sizes, on the average over all cores */
export async function crewTime(graphPath: string): Promise<number> {
  const crew: Worker[] = [];
  try {
    while (crew.length < availableParallelism()) {
      const more = Math.min(loadedAtOnce, availableParallelism() - crew.length);
      const workers = Array.from(
        { length: more },
        () => new Worker(sibling(import.meta.url, 'crew-worker'), { workerData: graphPath }),
      );
      crew.push(...workers);
      await Promise.all(workers.map((worker) => once(worker, 'message')));
    }
    // The first photo compiles and allocates.
    await compute(crew, 1);
    const startedMs = performance.now();
    await compute(crew, photosEach);
    return (performance.now() - startedMs) / (crew.length * photosEach);
  } finally {
    await Promise.all(crew.map((worker) => endWorker(worker)));
  }
}

async function compute(crew: Worker[], photos: number): Promise<void> {
  await Promise.all(
    crew.map((worker) => {
      const done = once(worker, 'message');
      worker.postMessage(photos);
      return done;
    }),
  );
}
