/** The photo reader that indexing and queries share: it starts with the first photo, and goes when it has long been idle. */
import { type Extraction, extractionKey } from '../descriptor/index.ts';
import type { Vision } from '../vision/index.ts';

/** A network in memory takes hundreds of megabytes, and is loaded again in less than a second. */
const usualIdleMs = 120_000;

export interface SharedVisionParts {
  start: (extraction: Extraction) => Promise<Vision>;
  /** Whether something may hold on to the reader. */
  isBusy: () => boolean;
  idleMs?: number;
}

export class SharedVision {
  readonly #parts: SharedVisionParts;
  #current: { key: string; started: Promise<Vision> } | null = null;
  #idle: NodeJS.Timeout | null = null;

  constructor(parts: SharedVisionParts) {
    this.#parts = parts;
  }

  /** The reader for an extraction; one for another is let go of. Rejects as `start` does. */
  async for(extraction: Extraction): Promise<Vision> {
    this.#awaitIdleness();
    const key = extractionKey(extraction);
    if (this.#current?.key === key) return this.#current.started;
    const before = this.#current?.started;
    const started = this.#parts.start(extraction);
    this.#current = { key, started };
    started.catch(() => {
      if (this.#current?.started === started) this.#current = null;
    });
    await (await before?.catch(() => null))?.finish();
    return started;
  }

  /**
   * Lets go of the reader once it has answered what it was asked, so that its memory is free and the next photo is read as
   * things are then.
   */
  async release(): Promise<void> {
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = null;
    const before = this.#current?.started;
    this.#current = null;
    await (await before?.catch(() => null))?.finish();
  }

  #awaitIdleness(): void {
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (this.#parts.isBusy()) this.#awaitIdleness();
      else void this.release();
    }, this.#parts.idleMs ?? usualIdleMs);
    this.#idle.unref();
  }
}
