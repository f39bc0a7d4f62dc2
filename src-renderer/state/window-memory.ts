/** What the window shows, remembered from one time to the next. */
import type { RememberedView } from '../../src-main/contract/index.ts';
import type { Client } from '../client.ts';
import { equal } from '../equal.ts';

export class WindowMemory {
  readonly #client: Client;
  #restoring: Promise<RememberedView | null> | null = null;
  #isRestored = false;
  #kept: RememberedView | null = null;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * What was shown last; null where nothing was, and after the first answer, since what is shown then is what counts.
   * Rejects with a `SemblanceError` while the library cannot be asked.
   */
  async restore(): Promise<RememberedView | null> {
    if (this.#isRestored) return null;
    const asked = (this.#restoring ??= this.#client.call('rememberedView', {}));
    try {
      const remembered = await asked;
      if (this.#isRestored) return null;
      this.#isRestored = true;
      this.#kept = remembered;
      return remembered;
    } finally {
      this.#restoring = null;
    }
  }

  /** Keeps what is shown, unless it is what was kept last. What could not be kept is of no interest to anybody. */
  keep(shown: RememberedView): void {
    if (!this.#isRestored || equal(shown, this.#kept)) return;
    this.#kept = shown;
    this.#client.call('rememberView', shown).catch(() => {
      this.#kept = null;
    });
  }
}
