/** What a log says of commands: those that took long, and those that failed. */
import { type CommandName, messageOf, SemblanceError } from '../contract/index.ts';
import type { Log } from './log.ts';

/** An answer that takes longer is worth an entry. */
const slowMs = 1000;
/** A page asks the same again and again while nothing changes; once in this time is told. */
const quietMs = 60_000;

export class CommandLog {
  readonly #log: Log;
  /** When a failure was last told, by command and code. */
  readonly #told = new Map<string, number>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Waits for the answer to a command, which is passed on as it is. */
  async watch<Answer>(command: CommandName, answer: () => Promise<Answer>): Promise<Answer> {
    const startedMs = performance.now();
    try {
      const value = await answer();
      const milliseconds = Math.round(performance.now() - startedMs);
      if (milliseconds > slowMs) this.#log.info('command-slow', { command, milliseconds });
      else this.#log.debug('command', () => ({ command, milliseconds }));
      return value;
    } catch (error) {
      this.#failed(command, error);
      throw error;
    }
  }

  #failed(command: CommandName, error: unknown): void {
    // Whoever asks anew no longer wants the old answer.
    if (error instanceof SemblanceError && error.code === 'cancelled') return;
    const key = `${command} ${error instanceof SemblanceError ? error.code : messageOf(error)}`;
    const now = performance.now();
    if (now - (this.#told.get(key) ?? -Infinity) < quietMs) return;
    this.#told.set(key, now);
    this.#log.error('command-failed', error, { command });
  }
}
