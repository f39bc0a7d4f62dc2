/** A form in a dialog on its way to the engine: whether it is being sent, and why it was refused. */
import { messageOf } from '../../src-main/contract/index.ts';

export class Submission {
  busy = $state(false);
  error = $state<string | null>(null);

  /** Sends the form instead of leaving the page for it; what `send` throws is told by `error`. */
  async submit(event: SubmitEvent, send: () => Promise<void>): Promise<void> {
    event.preventDefault();
    this.busy = true;
    this.error = null;
    try {
      await send();
    } catch (thrown) {
      this.error = messageOf(thrown);
    } finally {
      this.busy = false;
    }
  }
}
