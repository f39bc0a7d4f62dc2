/**
 * Ends threads without harm. A thread that is ended from outside while native code loads or runs in it takes its whole
 * process with it: the code asks JavaScript for something, gets nothing, and gives up ("terminate called after throwing an
 * instance of 'Napi::Error'", "FATAL ERROR: Error::New napi_get_last_error_info"; onnxruntime-node 1.30, hnswlib-node 3 and
 * better-sqlite3 13 on Node 24, mostly within the first twenty tries). So a thread says when it is in native code, and is
 * ended between two such times.
 */
import {
  getEnvironmentData,
  isMainThread,
  setEnvironmentData,
  threadId,
  type Worker,
} from 'node:worker_threads';

/** Threads inherit what is under it, and share it. */
const key = 'semblance:threads';
/** Threads that are there at a time have different ones: their numbers follow each other. */
const places = 1024;
/** One that has not come back by then hangs in native code. */
const patienceMs = 30_000;

/** In JavaScript, where it can be ended. Before a thread has said anything, it loads. */
const free = 1;
const native = 2;
const ending = 3;

/** What a thread does, together with its number, and the thread that is to end. One each for every place. */
const { states, wanted } = sharedMemory();

function sharedMemory(): Record<'states' | 'wanted', Int32Array<SharedArrayBuffer>> {
  const known = getEnvironmentData(key);
  const shared =
    known instanceof SharedArrayBuffer
      ? known
      : new SharedArrayBuffer(2 * places * Int32Array.BYTES_PER_ELEMENT);
  // Before any thread is started.
  if (shared !== known) setEnvironmentData(key, shared);
  return {
    states: new Int32Array(shared, 0, places),
    wanted: new Int32Array(shared, places * Int32Array.BYTES_PER_ELEMENT, places),
  };
}

const stateOf = (thread: number, state: number): number => 4 * thread + state;

const place = threadId % places;
let depth = 0;

/** Said by a thread of itself: the native code that it needs is loaded. */
export function sayLoaded(): void {
  if (!isMainThread) comeBack();
}

/** Runs what calls native code, now or later, so that the thread is ended before it or after it and not meanwhile. */
export async function uninterrupted<Result>(action: () => Result | Promise<Result>): Promise<Result> {
  if (isMainThread) return action();
  depth += 1;
  if (depth === 1) goNative();
  try {
    return await action();
  } finally {
    depth -= 1;
    if (depth === 0) comeBack();
  }
}

function goNative(): void {
  const [isFree, isNative] = [stateOf(threadId, free), stateOf(threadId, native)];
  const before = Atomics.compareExchange(states, place, isFree, isNative);
  // Whoever ends it has begun to.
  if (before === stateOf(threadId, ending)) process.exit();
  // It has not said that it has loaded.
  if (before !== isFree) Atomics.store(states, place, isNative);
}

function comeBack(): void {
  if (Atomics.load(wanted, place) === threadId) process.exit();
  Atomics.store(states, place, stateOf(threadId, free));
  Atomics.notify(states, place);
}

/** Ends a thread that says when it has loaded, and when it is in native code; also one that is over already. */
export async function endWorker(worker: Worker): Promise<void> {
  const thread = worker.threadId;
  const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  // A thread that is over has no number any more.
  if (thread >= 0) await Promise.race([gone, canEnd(thread)]);
  await worker.terminate();
}

/** Until nothing native will run in a thread any more. It may end by itself meanwhile. */
async function canEnd(thread: number): Promise<void> {
  const its = thread % places;
  Atomics.store(wanted, its, thread);
  const isFree = stateOf(thread, free);
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    const seen = Atomics.compareExchange(states, its, isFree, stateOf(thread, ending));
    const leftMs = untilMs - performance.now();
    if (seen === isFree || seen === stateOf(thread, ending) || leftMs <= 0) return;
    await Atomics.waitAsync(states, its, seen, leftMs).value;
  }
}
