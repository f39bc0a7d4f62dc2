/** What the window shows, remembered from one time to the next. */
import type { RememberedView } from '../../src-main/contract/index.ts';
import type { Client } from '../client.ts';
import { equal } from '../equal.ts';

export class WindowMemory {
  readonly #client: Client;
  #restoring: Promise<void> | null = null;
  #isRestored = false;
  #kept: RememberedView | null = null;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * Has what was shown last shown again, if anything was; once, however often it is asked for. Rejects with a
   * `SemblanceError` while the library cannot be asked.
   */
  restore(show: (remembered: RememberedView) => void): Promise<void> {
    this.#restoring ??= this.#ask(show).catch((error: unknown) => {
      this.#restoring = null;
      throw error;
    });
    return this.#restoring;
  }

  async #ask(show: (remembered: RememberedView) => void): Promise<void> {
    const remembered = await this.#client.call('rememberedView', {});
    this.#kept = remembered;
    this.#isRestored = true;
    if (remembered) show(remembered);
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
