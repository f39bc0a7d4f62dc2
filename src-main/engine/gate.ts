/** Lets a worker go on step by step: it waits, asleep, until the main thread lets it through, once for each `open`. */

export class Gate {
  /** What the worker is given. */
  readonly shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  readonly #passes = new Int32Array(this.shared);

  open(): void {
    Atomics.add(this.#passes, 0, 1);
    Atomics.notify(this.#passes, 0);
  }
}

/** In the worker. */
export function passGate(shared: SharedArrayBuffer): void {
  const passes = new Int32Array(shared);
  Atomics.wait(passes, 0, 0);
  Atomics.sub(passes, 0, 1);
}
