/** Of several questions by the same asker, only the latest is worth answering. */

/** Askers that are remembered; a window that was closed never asks again. */
const mostAskers = 100;

export class LatestOnly {
  readonly #running = new Map<string, AbortController>();

  /** Begins a question, and aborts the one before it. */
  begin(asker: string): AbortSignal {
    this.#running.get(asker)?.abort();
    const controller = new AbortController();
    // Who asked last stands last.
    this.#running.delete(asker);
    this.#running.set(asker, controller);
    if (this.#running.size > mostAskers) this.#running.delete([...this.#running.keys()][0]);
    return controller.signal;
  }
}
