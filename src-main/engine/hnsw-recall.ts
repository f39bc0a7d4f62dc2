/** How much of what comparing every photo finds HNSW finds too, measured with photos of the library. */
import { setImmediate } from 'node:timers/promises';
import type { AllowedIds, Hit } from '../search/index.ts';
import type { QuerySpace } from './query-space.ts';

export interface RecallTask {
  /** Photos that can be searched with. */
  ids: AllowedIds;
  space: Pick<QuerySpace, 'vector' | 'search'>;
  exact: (query: Float32Array, top: number) => Hit[];
  /** Photos that are searched with, spread evenly. */
  questions: number;
  /** How many of the most similar others are looked for. */
  depth: number;
  /** Told before each question; what it throws ends the measurement. */
  onQuestion?: (done: number, total: number) => Promise<void>;
}

export interface MeasuredRecall {
  /** Whether HNSW answered all of them. */
  tier: 'exact' | 'hnsw';
  /** Searches that were made. */
  queries: number;
  /** Share of the wanted photos that were found, 0 … 1; 1 where there were none to find. */
  recall: number;
  /** Mean time of a search as it is served, and of comparing every photo. */
  milliseconds: { served: number; exact: number };
}

export async function measureRecall({
  ids,
  space,
  exact,
  questions,
  depth,
  onQuestion,
}: RecallTask): Promise<MeasuredRecall> {
  const step = Math.max(1, Math.floor(ids.length / questions));
  // Photos may come and go between the questions.
  const asked = Array.from(ids)
    .filter((_, place) => place % step === 0)
    .slice(0, questions);
  const sums = { queries: 0, wanted: 0, found: 0, served: 0, exact: 0, byHnsw: 0 };
  for (const [done, id] of asked.entries()) {
    await onQuestion?.(done, asked.length);
    const query = space.vector(id);
    if (!query) continue;
    const startedMs = performance.now();
    const { hits, tier } = await space.search(query, depth + 1);
    const servedMs = performance.now();
    // What is searched with finds itself, which tells nothing.
    const best = new Set(exact(query, depth + 1).flatMap((hit) => (hit.id === id ? [] : [hit.id])));
    sums.exact += performance.now() - servedMs;
    sums.served += servedMs - startedMs;
    sums.queries += 1;
    sums.byHnsw += Number(tier === 'hnsw');
    sums.wanted += best.size;
    sums.found += hits.filter((hit) => best.has(hit.id)).length;
    // Searches of the person go first.
    await setImmediate();
  }
  const meanOf = (sum: number): number => (sums.queries === 0 ? 0 : sum / sums.queries);
  return {
    tier: sums.queries > 0 && sums.byHnsw === sums.queries ? 'hnsw' : 'exact',
    queries: sums.queries,
    recall: sums.wanted === 0 ? 1 : sums.found / sums.wanted,
    milliseconds: { served: meanOf(sums.served), exact: meanOf(sums.exact) },
  };
}
