/** The near side of a worker thread that holds one shard of the HNSW index. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { endWorker } from '../contract/end-worker.ts';
import { SemblanceError, sibling } from '../contract/index.ts';
import type { HnswAnswers, HnswReply, HnswRequest, ShardSetup } from './hnsw-messages.ts';

/** Vectors on their way to hnswlib are soon forgotten; room for few of them keeps the workers small. */
const youngMegabytes = 8;

type Waiting = { resolve: (value: HnswAnswers[HnswRequest['kind']]) => void; reject: (error: Error) => void };

export class HnswShard {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  /** Why the worker is gone; it answers nothing after that. */
  #ended: SemblanceError | null = null;

  constructor(setup: ShardSetup) {
    this.#worker = new Worker(fileURLToPath(sibling(import.meta.url, 'hnsw-worker')), {
      workerData: setup,
      resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes },
    });
    this.#worker.on('message', (reply: HnswReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#fail(error as Error));
    this.#worker.on('exit', () => this.#fail(new Error('the index worker ended')));
  }

  /** @throws SemblanceError `not-available` */
  ask<Request extends HnswRequest>(request: Request): Promise<HnswAnswers[Request['kind']]> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      this.#worker.postMessage(
        { id, request },
        request.kind === 'add' ? [request.vectors.buffer as ArrayBuffer] : [],
      );
    });
  }

  async close(): Promise<void> {
    await endWorker(this.#worker);
  }

  #settle(reply: HnswReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('error' in reply) waiting?.reject(notAvailable(reply.error));
    else waiting?.resolve(reply.value);
  }

  #fail(error: Error): void {
    this.#ended ??= notAvailable(error.message);
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

function notAvailable(reason: string): SemblanceError {
  return new SemblanceError('not-available', `The HNSW index cannot be used: ${reason}`);
}
