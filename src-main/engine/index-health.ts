/** What the search index misses, and how old the fit is that its descriptors come from. */
import type { IndexHealth } from '../contract/index.ts';
import { HnswTier } from '../search/index.ts';
import type { Engine } from './engine.ts';
import { measureRecall } from './hnsw-recall.ts';
import type { JobControl } from './job-run.ts';
import { servingOf } from './query-descriptor.ts';

const questions = 100;
const depth = 10;

/** @throws SemblanceError `empty-library`, `cancelled` */
export async function indexHealth(engine: Engine, control: JobControl): Promise<IndexHealth> {
  const serving = servingOf(engine);
  // An index that nobody has asked yet is loaded first, or built.
  serving.openHnsw();
  control.report({ step: 'Waiting for the search index', done: 0, total: 0 });
  await Promise.race([serving.hnswReady(), abortOf(control.signal)]);
  const { tier, queries, recall, milliseconds } = await measureRecall({
    ids: serving.index.ids(),
    space: serving,
    exact: (query, top) => serving.index.search(query, top),
    questions,
    depth,
    onQuestion: async (done, total) => {
      control.report({ step: 'Comparing the index with every photo', done, total });
      await control.checkpoint();
    },
  });
  const { fit, fittedOn, createdAtMs } = serving.generation;
  return {
    tier,
    crossover: serving.crossover,
    hnswAvailable: HnswTier.available().available,
    note: serving.note ?? '',
    photos: serving.size,
    dimension: serving.dimension,
    recallAt10: tier === 'hnsw' ? { mean: recall, queries } : null,
    milliseconds: { hnsw: tier === 'hnsw' ? milliseconds.served : null, exact: milliseconds.exact },
    fit,
    fittedOn,
    createdAtMs,
    photosSince: engine.library.contents.addedAfter(createdAtMs),
  };
}

function abortOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
