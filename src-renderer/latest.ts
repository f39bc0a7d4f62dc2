/**
 * Questions that change faster than they are answered: each waits until nobody has changed it for a moment, one is
 * asked at a time, and only the answer to the latest counts.
 */
export interface LatestParts<Answer> {
  /** Pause after the last change before it is asked. */
  waitMs: number;
  ask: () => Promise<Answer>;
  onAnswer: (answer: Answer) => void;
  onError: (error: unknown) => void;
  /** Told when the first question comes, and when the latest has been answered. */
  onBusy: (busy: boolean) => void;
}

export class Latest<Answer> {
  readonly #parts: LatestParts<Answer>;
  #question = 0;
  #asking = false;
  #due = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: LatestParts<Answer>) {
    this.#parts = parts;
  }

  /** The question has changed. */
  want(waitMs = this.#parts.waitMs): void {
    this.#question += 1;
    this.#parts.onBusy(true);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#due = true;
      if (!this.#asking) void this.#ask();
    }, waitMs);
  }

  /** Whatever was asked no longer matters. */
  forget(): void {
    this.#question += 1;
    this.#due = false;
    clearTimeout(this.#timer);
    this.#parts.onBusy(false);
  }

  async #ask(): Promise<void> {
    const { ask, onAnswer, onError, onBusy } = this.#parts;
    this.#asking = true;
    while (this.#due) {
      this.#due = false;
      const question = this.#question;
      try {
        const answer = await ask();
        if (question === this.#question) onAnswer(answer);
      } catch (error) {
        if (question === this.#question) onError(error);
      }
      if (question === this.#question) onBusy(false);
    }
    this.#asking = false;
  }
}
