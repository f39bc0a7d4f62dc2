/**
 * Worker thread that holds the HNSW index, because adding is slow and synchronous.
 * Malkov & Yashunin, Efficient and robust approximate nearest neighbor search using HNSW graphs, TPAMI 2020.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { HierarchicalNSW } from 'hnswlib-node';
import type { HnswAnswers, HnswReply, HnswRequest, HnswSetup } from './hnsw-messages.ts';
import { hnswlib } from './hnswlib.ts';
import { indexFile, isUsable, putInPlace } from './index-file.ts';
import { compareHits, type Hit } from './top-hits.ts';

/** Links of a node, and candidates weighed when it is added. */
const links = 16;
const constructionEffort = 200;
const leastSearchEffort = 64;
/** Fixed, so that the same photos give the same index. */
const seed = 100;

const { folder, identity } = workerData as HnswSetup;

class HnswIndex {
  readonly #index: HierarchicalNSW;
  readonly #ids: Set<number>;
  /** How many answer; what was deleted stays in the graph as a way to others. */
  #live: number;

  private constructor(index: HierarchicalNSW, live: number) {
    this.#index = index;
    this.#ids = new Set(index.getIdsList());
    this.#live = live;
  }

  /** Loads the file if it is to be believed, else begins an empty index. */
  static async open(): Promise<{ index: HnswIndex; loaded: boolean }> {
    const { library, reason } = hnswlib();
    if (!library) throw new Error(reason ?? 'hnswlib is not available');
    const index = new library.HierarchicalNSW('ip', identity.dimension);
    const loaded = await isUsable(folder, identity);
    if (loaded) index.readIndexSync(indexFile(folder));
    else index.initIndex(Math.max(1024, identity.count), links, constructionEffort, seed);
    return { index: new HnswIndex(index, loaded ? identity.count : 0), loaded };
  }

  add(vectors: { id: number; vector: Float32Array }[]): void {
    for (const { id, vector } of vectors) {
      const capacity = this.#index.getMaxElements();
      if (this.#index.getCurrentCount() === capacity) this.#index.resizeIndex(2 * capacity);
      this.#index.addPoint(Array.from(vector), id);
      // A known id is updated in place, and a deleted one comes back.
      if (!this.#ids.has(id)) this.#live += 1;
      this.#ids.add(id);
    }
  }

  /** An id that is not there is passed over: it went while the index was being opened. */
  delete(id: number): void {
    if (!this.#ids.delete(id)) return;
    this.#index.markDelete(id);
    this.#live -= 1;
  }

  search(query: Float32Array, candidates: number): Hit[] {
    const wanted = Math.min(candidates, this.#live);
    if (wanted === 0) return [];
    this.#index.setEf(Math.max(leastSearchEffort, 2 * wanted));
    const { neighbors, distances } = this.#index.searchKnn(Array.from(query), wanted);
    // The library's distance is 1 − inner product.
    return neighbors.map((id, i) => ({ id, score: 1 - distances[i] })).sort(compareHits);
  }

  async save(databaseStamp: string): Promise<void> {
    const temporary = `${indexFile(folder)}.${process.pid}.tmp`;
    this.#index.writeIndexSync(temporary);
    await putInPlace(folder, temporary, { ...identity, count: this.#live, databaseStamp });
  }
}

const opened = HnswIndex.open();

async function answer(request: HnswRequest): Promise<HnswAnswers[HnswRequest['kind']]> {
  const { index, loaded } = await opened;
  switch (request.kind) {
    case 'open':
      return loaded;
    case 'add':
      index.add(request.vectors);
      return undefined;
    case 'delete':
      index.delete(request.id);
      return undefined;
    case 'search':
      return index.search(request.query, request.candidates);
    case 'save':
      await index.save(request.databaseStamp);
      return undefined;
  }
}

function reply(message: HnswReply): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', ({ id, request }: { id: number; request: HnswRequest }) => {
  answer(request).then(
    (value) => reply({ id, value }),
    (error: unknown) => reply({ id, error: error instanceof Error ? error.message : String(error) }),
  );
});
