/** Decodes HEIC, one picture at a time, on a thread that is started when it is needed and ended when it is not. */
import { Worker } from 'node:worker_threads';
import { SemblanceError, sibling } from '../contract/index.ts';
import { type DecodeLimits, tooSlow } from './decode-limits.ts';
import type { HeifAnswer, HeifRequest } from './heif-messages.ts';

/** WebAssembly keeps the memory that it once took, so an idle decoder goes. */
const idleMs = 10_000;

/** What waits for the answer of a thread. */
interface Pending {
  id: number;
  resolve: (tiff: Uint8Array) => void;
  reject: (reason: Error) => void;
}

class HeifThread {
  readonly #worker = new Worker(sibling(import.meta.url, 'heif-worker'));
  #pending: Pending | null = null;
  #idle: NodeJS.Timeout | undefined;

  constructor() {
    this.#worker.on('message', (answer: HeifAnswer) => this.#receive(answer));
    this.#worker.on('error', (error: unknown) =>
      this.end(error instanceof Error ? error : new Error(String(error))),
    );
    this.#worker.on('exit', (code) => this.end(new Error(`the decoder ended with code ${code}`)));
  }

  decode(request: HeifRequest, timeoutMs: number): Promise<Uint8Array> {
    clearTimeout(this.#idle);
    this.#worker.ref();
    const timer = setTimeout(() => this.end(tooSlow(timeoutMs)), timeoutMs);
    return new Promise<Uint8Array>((resolve, reject) => {
      this.#pending = { id: request.id, resolve, reject };
      this.#worker.postMessage(request);
    }).finally(() => {
      clearTimeout(timer);
      // An idle thread keeps no process alive, and goes after a while.
      this.#worker.unref();
      this.#idle = setTimeout(() => this.end(new Error('the decoder is idle')), idleMs).unref();
    });
  }

  /** Whatever state the decoder is in, the next picture gets a new one. */
  end(reason: Error): void {
    if (current === this) current = null;
    clearTimeout(this.#idle);
    this.#pending?.reject(reason);
    this.#pending = null;
    void this.#worker.terminate();
  }

  #receive(answer: HeifAnswer): void {
    const pending = this.#pending;
    if (pending?.id !== answer.id) return;
    this.#pending = null;
    if ('tiff' in answer) pending.resolve(answer.tiff);
    else
      pending.reject('error' in answer ? SemblanceError.fromReport(answer.error) : new Error(answer.detail));
  }
}

let current: HeifThread | null = null;
let nextId = 1;
let last: Promise<unknown> = Promise.resolve();

/**
 * The picture as seen, as an uncompressed TIFF.
 * @param profile ICC profile of its colours
 * @throws SemblanceError `too-large` or `too-slow`, and Error with what the decoder says of a damaged file
 */
export function decodeHeif(
  bytes: Uint8Array,
  profile: Uint8Array | null,
  { maxPixels, timeoutMs }: DecodeLimits,
): Promise<Uint8Array> {
  const result = last.then(() => {
    current ??= new HeifThread();
    return current.decode({ id: nextId++, bytes, profile, maxPixels }, timeoutMs);
  });
  last = result.catch(() => undefined);
  return result;
}
