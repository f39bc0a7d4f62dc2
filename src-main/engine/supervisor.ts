/**
 * Runs the engine as a child process and starts it again when it dies. Loads without native modules, and on the
 * Node 18 inside an old Electron as well as on Node 24.
 */
import { type ChildProcess, fork } from 'node:child_process';
import {
  type AnyCommandName,
  type CallCommand,
  type EngineEvent,
  type EngineEventListener,
  type EngineState,
  type Message,
  SemblanceError,
} from '../contract/index.ts';
import { type Log, silentLog } from './log.ts';

export interface SupervisorOptions {
  /** The engine's entry file (engine/process.ts, or its bundle). */
  entry: string;
  /** Node 24 that runs it. */
  node: string;
  libraryPath: string;
  /** What others are told that has the library. */
  program: 'window' | 'server';
  log?: Log;
}

/** Wait before a new start; doubled with each death in quick succession. */
const firstDelayMs = 250;
const longestDelayMs = 10_000;
/** An engine that has lived this long died of something new. */
const settledMs = 30_000;
/** How long the engine may take to finish what is in flight before it is killed. */
const closingMs = 5_000;

/**
 * Makes the allocator of Linux give back what is free. Else it keeps what loading a network took for a moment: with
 * ResNet-50, 455 MB instead of 291 for each session (measured).
 */
export const thriftyAllocator: NodeJS.ProcessEnv =
  process.platform === 'linux' ? { MALLOC_TRIM_THRESHOLD_: '131072' } : {};

interface Pending {
  resolve: (value: never) => void;
  reject: (error: Error) => void;
}

export class EngineSupervisor {
  readonly #options: SupervisorOptions;
  readonly #log: Log;
  readonly #listeners = new Set<EngineEventListener>();
  readonly #pending = new Map<number, Pending>();
  /** Requests made while the engine starts. */
  #waiting: { id: number; command: AnyCommandName; args: unknown }[] = [];
  #child: ChildProcess | null = null;
  #state: EngineState = 'starting';
  #nextId = 1;
  #delayMs = firstDelayMs;
  #startedAtMs = 0;
  #restart: NodeJS.Timeout | null = null;
  #closing = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
  }

  get state(): EngineState {
    return this.#state;
  }

  start(): void {
    const { entry, node, libraryPath, program } = this.#options;
    const environment = { ...thriftyAllocator, ...process.env };
    delete environment['ELECTRON_RUN_AS_NODE'];
    this.#startedAtMs = Date.now();
    const child = fork(entry, ['--program', program, '--library', libraryPath], {
      execPath: node,
      execArgv: [],
      serialization: 'advanced',
      env: environment,
    });
    this.#child = child;
    child.on('message', (message) => this.#receive(message as Message));
    // 'exit' follows, or 'error' alone when the process could not be started.
    child.on('error', (error) => {
      this.#log.error('engine-not-started', error);
      this.#lost(child);
    });
    child.on('exit', (exitCode, signal) => {
      const livedSeconds = Math.round((Date.now() - this.#startedAtMs) / 1000);
      if (!this.#closing) this.#log.warn('engine-lost', { exitCode, signal, livedSeconds });
      this.#lost(child);
    });
  }

  readonly call: CallCommand = (command, args) => {
    if (this.#closing) return Promise.reject(lostError());
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      if (this.#state === 'ready') this.#send({ id, command, args });
      else this.#waiting.push({ id, command, args });
    });
  };

  subscribe(listener: EngineEventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  processId(): number | undefined {
    return this.#child?.pid;
  }

  /** Lets the engine finish what is in flight, then makes sure that it is gone. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#restart) clearTimeout(this.#restart);
    this.#rejectAll();
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const kill = setTimeout(() => child.kill('SIGKILL'), closingMs);
      child.once('exit', () => {
        clearTimeout(kill);
        resolve();
      });
      if (child.connected) child.disconnect();
    });
  }

  #send(request: { id: number; command: AnyCommandName; args: unknown }): void {
    // A message to a dying child is answered by its 'exit'.
    this.#child?.send(request, () => undefined);
  }

  #receive(message: Message): void {
    if ('event' in message) {
      if (message.event === 'engineState') this.#becomeReady();
      else this.#emit(message);
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.ok) pending?.resolve(message.value as never);
    else pending?.reject(SemblanceError.fromReport(message.error));
  }

  #becomeReady(): void {
    this.#setState('ready');
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const request of waiting) this.#send(request);
  }

  #lost(child: ChildProcess): void {
    if (child !== this.#child) return;
    this.#child = null;
    this.#waiting = [];
    this.#rejectAll();
    if (this.#closing) return;
    this.#setState('lost');
    const lived = Date.now() - this.#startedAtMs;
    this.#delayMs = lived > settledMs ? firstDelayMs : Math.min(longestDelayMs, this.#delayMs * 2);
    this.#restart = setTimeout(() => {
      this.#log.info('engine-restarts', { afterMs: this.#delayMs });
      this.start();
    }, this.#delayMs);
  }

  #rejectAll(): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(lostError());
  }

  #setState(state: EngineState): void {
    this.#state = state;
    this.#emit({ event: 'engineState', data: { state } });
  }

  #emit(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function lostError(): SemblanceError {
  return new SemblanceError('engine-lost', 'The engine stopped. It starts again by itself; try once more.', {
    retryable: true,
  });
}
