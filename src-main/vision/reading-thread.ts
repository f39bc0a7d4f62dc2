/** A thread that reads photos: how it begins, and how it ends without harm to the process. */
import { Worker } from 'node:worker_threads';
import { sibling } from '../contract/index.ts';
import { DeviceTurn, sharedTurn } from './device-turn.ts';
import './loaders.ts';
import type { WorkerRequest, WorkerSetting } from './vision-messages.ts';

/** A worker that has not ended by then, with what it has begun, is ended all the same. */
const closeWithinMs = 30_000;
/**
 * Address space, of which only what is used takes memory. When onnxruntime 1.30 starts it needs more stack the longer the
 * process's command line is, and the usual 4 MiB end with a data URL of 16 KB (a crash inside libonnxruntime).
 */
const workerStackMebibytes = 64;

/** All but what every thread of the process shares. */
export type ThreadSetting = Omit<WorkerSetting, 'deviceTurn'>;

/** @throws what the system says where there is no room for another thread */
export function startThread(setting: ThreadSetting): Worker {
  const worker = new Worker(sibling(import.meta.url, 'vision-worker'), {
    workerData: { ...setting, deviceTurn: sharedTurn } satisfies WorkerSetting,
    resourceLimits: { stackSizeMb: workerStackMebibytes },
  });
  // The worker's own id is gone once it has ended.
  const { threadId } = worker;
  worker.once('exit', () => new DeviceTurn(sharedTurn).giveBack(threadId));
  return worker;
}

/**
 * A worker ends itself between two things that it does: where it is ended while it loads a network, the runtime ends the
 * whole process, and what it holds of a device it lets go of in its turn.
 */
export async function endThread(worker: Worker): Promise<void> {
  const isGone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.postMessage({ kind: 'close' } satisfies WorkerRequest);
  await Promise.race([isGone, patience(closeWithinMs)]);
  // A thread that hangs in a driver cannot be ended, and is not waited for.
  await Promise.race([worker.terminate(), patience(closeWithinMs)]);
}

function patience(milliseconds: number): Promise<void> {
  return new Promise((late) => setTimeout(late, milliseconds).unref());
}
