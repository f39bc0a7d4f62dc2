/** Why a result was found, asked for one result at a time. */
import { type Explanation, messageOf } from '../../src-main/contract/index.ts';

export class Reasons {
  explanation = $state.raw<Explanation | null>(null);
  error = $state<string | null>(null);
  readonly #explain: (photoId: number) => Promise<Explanation>;
  /** Grows with each question, so that only the latest one's answer is shown. */
  #question = 0;

  constructor(explain: (photoId: number) => Promise<Explanation>) {
    this.#explain = explain;
  }

  async of(photo: { id: number }): Promise<void> {
    const question = ++this.#question;
    this.explanation = null;
    this.error = null;
    try {
      const explanation = await this.#explain(photo.id);
      if (question === this.#question) this.explanation = explanation;
    } catch (error) {
      if (question === this.#question) this.error = messageOf(error);
    }
  }
}
