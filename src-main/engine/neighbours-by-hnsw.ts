/**
 * Looks for nearest neighbours through the HNSW index, which of a million photos takes minutes where comparing every two
 * takes hours. It finds nearly all of them (`npm run bench:switches` tells how many), and holds no copy of the
 * descriptors.
 */
import { setImmediate } from 'node:timers/promises';
import type { NeighbourList, StoredNeighbours } from '../library/index.ts';
import {
  type Hit,
  type HnswTier,
  insertedInto,
  isDepleted,
  type NeighbourEntry,
  neighbourCount,
} from '../search/index.ts';
import type { NeighbourSearch } from './neighbours-job.ts';

/** Photos that are looked for at a time. A person's search waits for two times these at most, 40 ms among a million. */
const batchSize = 8;
/** Lists that are looked through between two turns of others. */
const listsAtOnce = 500;

/** Pictures, and what is most similar to each: itself, as a rule, and others. */
interface Batch {
  ids: number[];
  hits: Hit[][];
}

/** @returns whether it came to its end, and did not make way for a job that computes or for another recipe */
export async function findNeighboursByHnsw(search: NeighbourSearch, hnsw: HnswTier): Promise<boolean> {
  const { engine, serving, control, onFound } = search;
  const { library, jobs } = engine;
  const { index, generation } = serving;
  await forgetDepleted(search);
  const findAfter = async (contentId: number): Promise<Batch & { last: number | null }> => {
    const missing = library.neighbours.missingAfter(generation.id, contentId, batchSize);
    const ids = missing.filter((id) => index.has(id));
    const vectors = ids.flatMap((id) => index.vector(id) ?? []);
    const hits = ids.length > 0 ? await hnsw.searchAll(vectors, neighbourCount + 1) : [];
    return { ids, hits, last: missing.at(-1) ?? null };
  };
  /** Pictures that were looked for in all that is there now; whatever comes later begins another search. */
  const complete = new Set<number>();
  let next = findAfter(0);
  for (;;) {
    const { last, ...batch } = await next;
    if (last === null) return true;
    await control.checkpoint();
    // An index that is built anew meanwhile has found too little.
    if (!hnsw.isReady || jobs.isComputing || engine.serving !== serving) return false;
    // The workers look for the next ones while these are written.
    next = findAfter(last);
    next.catch(() => undefined);
    for (const id of batch.ids) complete.add(id);
    const listToGrow = (id: number): NeighbourList | undefined =>
      complete.has(id) ? undefined : library.neighbours.get(generation.id, id);
    library.change(() => {
      for (const list of listsOf(batch, listToGrow)) {
        // A photo may have gone since it was looked for.
        if (index.has(list.contentId)) library.neighbours.set(generation.id, list);
      }
    });
    onFound(batch.ids.length);
  }
}

/** Lists of a batch's own pictures, and those of others that it belongs into. */
function listsOf(
  { ids, hits }: Batch,
  listToGrow: (id: number) => NeighbourList | undefined,
): StoredNeighbours[] {
  const entries = new Map<number, NeighbourEntry[]>();
  const lists = ids.map((contentId, row): StoredNeighbours => {
    const others = hits[row].filter(({ id }) => id !== contentId).slice(0, neighbourCount);
    for (const { id, score } of others) {
      entries.set(id, [...(entries.get(id) ?? []), { id: contentId, similarity: score }]);
    }
    return {
      contentId,
      ids: Uint32Array.from(others, ({ id }) => id),
      similarities: Float32Array.from(others, ({ score }) => score),
    };
  });
  for (const [contentId, added] of entries) {
    const list = listToGrow(contentId);
    const grown = list && insertedInto(list, added);
    if (grown) lists.push({ contentId, ...grown });
  }
  return lists;
}

/** Lists that have lost too many of their pictures are looked for anew. */
async function forgetDepleted({ engine: { library }, serving, control }: NeighbourSearch): Promise<void> {
  const { id: generationId } = serving.generation;
  let seen = 0;
  for (const { contentId, ids } of library.neighbours.lists(generationId)) {
    if (isDepleted(ids, (id) => serving.index.has(id))) {
      library.change(() => library.neighbours.delete(generationId, contentId));
    }
    if (++seen % listsAtOnce !== 0) continue;
    await setImmediate();
    await control.checkpoint();
  }
}
