/**
 * Worker thread that holds one shard of the HNSW index, because adding is slow and synchronous.
 * Malkov & Yashunin, Efficient and robust approximate nearest neighbor search using HNSW graphs, TPAMI 2020.
 */
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { HierarchicalNSW } from 'hnswlib-node';
import { sayLoaded, uninterrupted } from '../contract/end-worker.ts';
import { messageOf } from '../contract/index.ts';
import type { HnswAnswers, HnswReply, HnswRequest, PackedHits, ShardSetup } from './hnsw-messages.ts';
import { hnswlib } from './hnswlib.ts';
import { describeWritten, loadVerified } from './shard-file.ts';
import type { Hit } from './top-hits.ts';

/**
 * Links of a node, candidates weighed when it is added, and at the least when it is looked for. Measured on 100,000 × 256
 * in two shards (test/bench/search.ts): recall@10 is .9988; 200 candidates when adding take half as long again to build
 * and find no more, and 24 or 32 links take memory and find no more.
 */
const links = 16;
const constructionEffort = 100;
const leastSearchEffort = 150;
/** Fixed, so that the same photos give the same index. */
const seed = 100;
/** By how much a full graph grows. */
const growth = 1.25;

const { folder, dimension } = workerData as ShardSetup;

hnswlib();
sayLoaded();

function newIndex(): HierarchicalNSW {
  const { library, reason } = hnswlib();
  if (!library) throw new Error(reason ?? 'hnswlib is not available');
  return new library.HierarchicalNSW('ip', dimension);
}

/** Null until it was loaded or begun; what changes before that is part of what it is built from. */
let index: HierarchicalNSW | null = null;

function begin(capacity: number): void {
  // The same object frees the graph that it held, whereas another one would wait for the garbage collector.
  index ??= newIndex();
  index.initIndex(Math.max(1024, capacity), links, constructionEffort, seed);
}

function add(ids: number[], vectors: Float32Array): number {
  if (!index) return 0;
  for (const [row, id] of ids.entries()) {
    const capacity = index.getMaxElements();
    if (index.getCurrentCount() === capacity) index.resizeIndex(Math.ceil(growth * capacity));
    // A known id is updated in place, and a deleted one comes back.
    index.addPoint(Array.from(vectors.subarray(row * dimension, (row + 1) * dimension)), id);
  }
  return index.getCurrentCount();
}

function remove(id: number): void {
  try {
    index?.markDelete(id);
  } catch {
    // It is not there, or is deleted already.
  }
}

function search(query: Float32Array, top: number): Hit[] {
  const wanted = Math.min(top, index?.getCurrentCount() ?? 0);
  if (!index || wanted === 0) return [];
  index.setEf(Math.max(leastSearchEffort, 2 * wanted));
  const { neighbors, distances } = index.searchKnn(Array.from(query), wanted);
  // The library's distance is 1 − inner product.
  return neighbors.map((id, i) => ({ id, score: 1 - distances[i] }));
}

function searchAll(queries: Float32Array, top: number): PackedHits {
  const rows = queries.length / dimension;
  const found = { ids: new Uint32Array(rows * top), scores: new Float32Array(rows * top).fill(-Infinity) };
  for (let row = 0; row < rows; row++) {
    const hits = search(queries.subarray(row * dimension, (row + 1) * dimension), top);
    hits.forEach(({ id, score }, place) => {
      found.ids[row * top + place] = id;
      found.scores[row * top + place] = score;
    });
  }
  return found;
}

async function answer(request: HnswRequest): Promise<HnswAnswers[HnswRequest['kind']]> {
  switch (request.kind) {
    case 'load': {
      const loaded = newIndex();
      const problem = await loadVerified(folder, request.file, dimension, (path) =>
        loaded.readIndexSync(path),
      );
      if (problem === null) index = loaded;
      return problem;
    }
    case 'begin':
      begin(request.capacity);
      return undefined;
    case 'add':
      return add(request.ids, request.vectors);
    case 'delete':
      remove(request.id);
      return undefined;
    case 'search':
      return search(request.query, request.top);
    case 'search-all':
      return searchAll(request.queries, request.top);
    case 'save':
      if (!index) throw new Error('there is no index yet');
      index.writeIndexSync(join(folder, request.name));
      return describeWritten(folder, request.name, dimension, index.getCurrentCount());
  }
}

function reply(message: HnswReply): void {
  parentPort?.postMessage(message);
}

/** One after the other, in the order in which they came. */
let last: Promise<void> = Promise.resolve();

parentPort?.on('message', ({ id, request }: { id: number; request: HnswRequest }) => {
  last = last
    .then(() => uninterrupted(() => answer(request)))
    .then(
      (value) => reply({ id, value }),
      (error: unknown) => reply({ id, error: messageOf(error) }),
    );
});
