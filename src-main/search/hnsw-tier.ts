/** Approximate search for large libraries: an HNSW index in a worker thread, kept on disk as a cache. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { SemblanceError, sibling } from '../contract/index.ts';
import type { HnswAnswers, HnswReply, HnswRequest, HnswSetup } from './hnsw-messages.ts';
import { hnswlib } from './hnswlib.ts';
import type { IndexIdentity } from './index-file.ts';
import type { Hit } from './top-hits.ts';

/** Vectors handed to the worker at a time while building. */
const batchSize = 500;

export interface HnswOptions extends IndexIdentity {
  /** Where the index file lies. */
  folder: string;
  /** All vectors, for when the file cannot be used. */
  vectors: () => Iterable<{ id: number; vector: Float32Array }>;
}

type Waiting = { resolve: (value: HnswAnswers[HnswRequest['kind']]) => void; reject: (error: Error) => void };

export class HnswTier {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  /** Why the worker is gone; it answers nothing after that. */
  #ended: SemblanceError | null = null;
  /** Whether the index came from its file. */
  loaded = false;

  private constructor(setup: HnswSetup) {
    this.#worker = new Worker(fileURLToPath(sibling(import.meta.url, 'hnsw-worker')), { workerData: setup });
    this.#worker.on('message', (reply: HnswReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#fail(error as Error));
    this.#worker.on('exit', () => this.#fail(new Error('the index worker ended')));
  }

  static available(): { available: boolean; reason: string | null } {
    const { library, reason } = hnswlib();
    return { available: library !== null, reason };
  }

  /**
   * Loads the index if its file is whole and belongs to this state of the database, else builds it.
   * @throws SemblanceError `not-available` where hnswlib cannot be had
   */
  static async open({ folder, vectors, ...identity }: HnswOptions): Promise<HnswTier> {
    const tier = new HnswTier({ folder, identity });
    try {
      tier.loaded = await tier.#ask({ kind: 'open' });
      if (!tier.loaded) await tier.#build(vectors(), identity.databaseStamp);
      return tier;
    } catch (error) {
      await tier.close();
      throw error;
    }
  }

  async #build(
    vectors: Iterable<{ id: number; vector: Float32Array }>,
    databaseStamp: string,
  ): Promise<void> {
    // Taken at once: later changes of the library arrive through add and delete.
    const all = Array.from(vectors, ({ id, vector }) => ({ id, vector: vector.slice() }));
    for (let at = 0; at < all.length; at += batchSize) {
      await this.#ask({ kind: 'add', vectors: all.slice(at, at + batchSize) });
    }
    await this.save(databaseStamp);
  }

  search(query: Float32Array, candidates: number): Promise<Hit[]> {
    return this.#ask({ kind: 'search', query, candidates });
  }

  add(id: number, vector: Float32Array): Promise<void> {
    return this.#ask({ kind: 'add', vectors: [{ id, vector }] });
  }

  delete(id: number): Promise<void> {
    return this.#ask({ kind: 'delete', id });
  }

  /** Writes the index for a later start. */
  save(databaseStamp: string): Promise<void> {
    return this.#ask({ kind: 'save', databaseStamp });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask<Request extends HnswRequest>(request: Request): Promise<HnswAnswers[Request['kind']]> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      this.#worker.postMessage({ id, request });
    });
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
