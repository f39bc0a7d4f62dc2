/** Keeps the preview worker while somebody tunes, and lets it go afterwards. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { endWorker } from '../contract/end-worker.ts';
import { type ErrorReport, SemblanceError, sibling } from '../contract/index.ts';
import type { PreviewReply, PreviewRequest } from './preview-session.ts';

export interface PreviewQuestion {
  id: number;
  request: PreviewRequest;
}

export type PreviewAnswer = { id: number; reply: PreviewReply } | { id: number; error: ErrorReport };

interface Pending {
  resolve: (reply: PreviewReply) => void;
  reject: (error: Error) => void;
}

/** The sample takes a hundred megabytes, so it goes when nobody has asked for this long. */
const idleMs = 5 * 60_000;

export class Previews {
  #worker: Worker | null = null;
  #idle: NodeJS.Timeout | null = null;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;

  ask(request: PreviewRequest): Promise<PreviewReply> {
    const worker = (this.#worker ??= this.#start());
    const id = this.#nextId++;
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.close(), idleMs).unref();
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      // Only a question that is open keeps the process alive.
      worker.ref();
      worker.postMessage({ id, request } satisfies PreviewQuestion);
    });
  }

  #start(): Worker {
    const worker = new Worker(fileURLToPath(sibling(import.meta.url, 'preview-worker')));
    worker.on('message', (answer: PreviewAnswer) => {
      const pending = this.#pending.get(answer.id);
      this.#pending.delete(answer.id);
      if (this.#pending.size === 0) worker.unref();
      if ('reply' in answer) pending?.resolve(answer.reply);
      else pending?.reject(SemblanceError.fromReport(answer.error));
    });
    const lost = (): void => {
      if (this.#worker === worker) this.#worker = null;
      for (const { reject } of this.#pending.values()) {
        reject(new SemblanceError('internal', 'The preview stopped. Try again.', { retryable: true }));
      }
      this.#pending.clear();
    };
    worker.on('error', lost);
    worker.on('exit', lost);
    worker.unref();
    return worker;
  }

  async close(): Promise<void> {
    if (this.#idle) clearTimeout(this.#idle);
    if (this.#worker) await endWorker(this.#worker);
  }
}
