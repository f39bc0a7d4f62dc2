/** Lets a worker thread measure the exact scan. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { sibling } from '../contract/index.ts';

/** @returns nanoseconds for each number of each vector, null when it was stopped; and how to stop it */
export function measureInBackground(): { measured: Promise<number | null>; stop: () => Promise<void> } {
  const worker = new Worker(fileURLToPath(sibling(import.meta.url, 'scan-speed-worker')));
  const measured = new Promise<number | null>((resolve) => {
    worker.once('message', (nanoseconds: number) => resolve(nanoseconds));
    worker.once('error', () => resolve(null));
    worker.once('exit', () => resolve(null));
  });
  return {
    measured,
    stop: async () => {
      await worker.terminate();
    },
  };
}
