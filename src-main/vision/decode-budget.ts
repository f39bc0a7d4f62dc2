/** Memory for decoding, shared by all threads that decode: large photos wait for each other instead of adding up. */

/** What decoding may take at a time; a photo that takes more is decoded while no other large one is. */
const budgetKilobytes = 256 * 1024;

/** Memory for a budget that several threads share. */
export function sharedBudget(): SharedArrayBuffer {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
}

export class DecodeBudget {
  /** Kilobytes that are taken. */
  readonly #taken: Int32Array<SharedArrayBuffer>;

  constructor(shared: SharedArrayBuffer) {
    this.#taken = new Int32Array(shared);
  }

  /** Runs what takes so many bytes as soon as there is room for it. */
  async within<Result>(bytes: number, action: () => Promise<Result>): Promise<Result> {
    const kilobytes = Math.ceil(bytes / 1024);
    await this.#take(kilobytes);
    try {
      return await action();
    } finally {
      Atomics.sub(this.#taken, 0, kilobytes);
      Atomics.notify(this.#taken, 0);
    }
  }

  async #take(kilobytes: number): Promise<void> {
    for (;;) {
      const taken = Atomics.load(this.#taken, 0);
      const hasRoom = kilobytes === 0 || taken === 0 || taken + kilobytes <= budgetKilobytes;
      if (!hasRoom) await Atomics.waitAsync(this.#taken, 0, taken).value;
      else if (Atomics.compareExchange(this.#taken, 0, taken, taken + kilobytes) === taken) return;
    }
  }
}
