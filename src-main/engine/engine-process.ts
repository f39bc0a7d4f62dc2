/** Entry of the engine process: answers commands that its parent sends over fork-IPC (contract/messages.ts). */
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import {
  type Diagnostics,
  type ErrorReport,
  type Message,
  parseCommand,
  type Reply,
  requestSchema,
  SemblanceError,
  toErrorReport,
} from '../contract/index.ts';
import { gatherDiagnostics } from './diagnostics.ts';
import { Engine } from './engine.ts';
import { type Log, openProcessLog } from './log.ts';

function send(message: Message): void {
  // A parent that goes away meanwhile is noticed by 'disconnect'.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** While another process writes to the library, this often is looked whether it has finished. */
const retryMs = 250;

/** The engine, once the library can be opened; until then, why not. */
class Opening {
  readonly #libraryPath: string;
  readonly #program: 'window' | 'server';
  readonly #log: Log;
  #engine: Engine | null = null;
  #error: ErrorReport | null = null;
  #retry: NodeJS.Timeout | null = null;

  constructor(libraryPath: string, program: 'window' | 'server', log: Log) {
    this.#libraryPath = libraryPath;
    this.#program = program;
    this.#log = log;
    this.#open();
  }

  /** @throws SemblanceError the reason why there is no engine, so that the interface can show it */
  get engine(): Engine {
    if (this.#engine) return this.#engine;
    throw SemblanceError.fromReport(this.#error ?? toErrorReport('not open'));
  }

  #open(): void {
    try {
      this.#engine = Engine.open({
        libraryPath: this.#libraryPath,
        access: 'write',
        program: this.#program,
        watch: true,
        log: this.#log,
      });
    } catch (error) {
      const before = this.#error?.code;
      this.#error = toErrorReport(error);
      if (this.#error.code !== before) this.#log.error('library-not-opened', error);
      if (this.#error.retryable) this.#retry = setTimeout(() => this.#open(), retryMs);
      return;
    }
    this.#engine.subscribe(send);
    this.#log.info('library-opened', {
      ...this.#engine.contents(),
      problems: this.#engine.library.photos.counts().problems,
    });
    if (!this.#error) return;
    // Whoever was told that the library is in use hears that it no longer is.
    this.#error = null;
    send({ event: 'libraryChanged', data: this.#engine.contents() });
  }

  /** What there is to tell somebody who helps, and most where the library cannot be opened. */
  diagnostics(versions: Record<string, string>): Promise<Diagnostics> {
    const libraryPath = this.#libraryPath;
    return gatherDiagnostics({
      libraryPath,
      engine: this.#engine,
      problem: this.#error,
      log: this.#log,
      versions,
    });
  }

  async close(): Promise<void> {
    if (this.#retry) clearTimeout(this.#retry);
    await this.#engine?.close();
  }
}

/** @returns null to what is no request, which nobody waits for an answer to */
async function answer(opening: Opening, message: unknown): Promise<Reply | null> {
  const parsed = v.safeParse(requestSchema, message);
  if (!parsed.success) return null;
  const request = parsed.output;
  try {
    const args = parseCommand(request.command, request.args);
    const value =
      request.command === 'diagnostics'
        ? await opening.diagnostics(parseCommand('diagnostics', request.args).interface)
        : await opening.engine.call(request.command as never, args as never);
    return { id: request.id, ok: true, value };
  } catch (error) {
    return { id: request.id, ok: false, error: toErrorReport(error) };
  }
}

function start(libraryPath: string, program: 'window' | 'server'): void {
  let closing = false;
  const log = openProcessLog(libraryPath, `engine-of-${program}`);
  const opening = new Opening(libraryPath, program, log);
  process.on('message', (message) => {
    void answer(opening, message).then((reply) => reply && send(reply));
  });
  const close = (): void => {
    if (closing) return;
    closing = true;
    void opening
      .close()
      .catch((error: unknown) => log.error('not-closed', error))
      .then(() => {
        log.info('ended');
        return log.close();
      })
      .finally(() => process.exit(0));
  };
  // Never outlive the shell, and leave nothing half written when asked to stop.
  process.on('disconnect', close);
  process.on('SIGTERM', close);
  process.on('SIGINT', close);
  // The parent may have gone before anybody listened to 'disconnect'.
  if (!process.connected) close();
  send({ event: 'engineState', data: { state: 'ready' } });
}

const { values } = parseArgs({
  options: { library: { type: 'string' }, program: { type: 'string' } },
});
if (values.library === undefined) throw new Error('The engine needs --library DIR.');
start(values.library, values.program === 'server' ? 'server' : 'window');
