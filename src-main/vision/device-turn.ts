/**
 * A device computes for one thread at a time: the runtime has one context of a graphics processor for all sessions of a
 * process, and two threads in it at once end the process (onnxruntime 1.30 with WebGPU, seen on an NVIDIA H200).
 */
import { threadId } from 'node:worker_threads';

/** All threads of this process take turns by it; a worker thread is handed it. */
export const sharedTurn = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);

const free = 0;
/** The main thread's id is 0, which stands for nobody here. */
const holderOf = (thread: number): number => thread + 1;

export class DeviceTurn {
  readonly #holder: Int32Array<SharedArrayBuffer>;

  constructor(shared: SharedArrayBuffer) {
    this.#holder = new Int32Array(shared);
  }

  /** Runs an action as soon as nobody else is at the device. */
  async within<Result>(action: () => Promise<Result>): Promise<Result> {
    await this.#take();
    try {
      return await action();
    } finally {
      this.giveBack(threadId);
    }
  }

  /** Ends the turn of a thread that was ended itself; nothing happens where it was not its turn. */
  giveBack(thread: number): void {
    Atomics.compareExchange(this.#holder, 0, holderOf(thread), free);
    Atomics.notify(this.#holder, 0);
  }

  async #take(): Promise<void> {
    for (;;) {
      const holder = Atomics.compareExchange(this.#holder, 0, free, holderOf(threadId));
      if (holder === free) return;
      await Atomics.waitAsync(this.#holder, 0, holder).value;
    }
  }
}
