/**
 * The graph of nearest neighbours: a list of the most similar pictures for each. Lists of new pictures are found by blocks
 * of products, which also tell whose lists they belong into, so that a graph that grew equals one that was made at once.
 */
import { type MatrixProduct, rowAt, type Rows } from '../descriptor/index.ts';
import type { NeighbourList, StoredNeighbours } from '../library/index.ts';
import { blockSize, keepNearest, nothingNear } from './nearest-neighbours.ts';

/** Neighbours of each picture: 256 bytes. Diffusion takes fewer; groups of duplicates are seldom larger. */
export const neighbourCount = 32;

/** Lists that are found at a time, which whoever stores them writes in some milliseconds. */
const mostRows = 1000;

/** Pictures in ascending order of their ids, with their descriptors. */
export interface DescribedPictures {
  ids: Uint32Array;
  rows: Rows;
}

export interface NeighbourBlock {
  /**
   * Those of others that got longer, and then those of the block's own pictures: where only some of them are kept, the
   * rest is found another time.
   */
  lists: StoredNeighbours[];
  /** Pictures whose neighbours were looked for. */
  found: number;
}

/**
 * Looks for the neighbours of all pictures that have no list.
 * @param known lists by picture; new and changed ones are put there too
 */
export async function* missingNeighbours(
  { ids, rows }: DescribedPictures,
  known: Map<number, NeighbourList>,
  product: MatrixProduct,
): AsyncGenerator<NeighbourBlock> {
  const count = Math.min(neighbourCount, ids.length - 1);
  if (count < 1) return;
  const missing = [...ids.keys()].filter((place) => !known.has(ids[place]));
  const thresholds = Float32Array.from(ids, (id) => thresholdOf(known.get(id)));
  const blockRows = Math.min(mostRows, Math.max(1, Math.floor(blockSize / ids.length)));
  for (let first = 0; first < missing.length; first += blockRows) {
    const places = missing.slice(first, first + blockRows);
    const values = new Float32Array(places.length * rows.columns);
    places.forEach((place, row) => values.set(rowAt(rows, place), row * rows.columns));
    const scores = await product({ rows: places.length, columns: rows.columns, values }, rows, {
      transposeB: true,
    });
    const found = nothingNear(places.length, count);
    const insertions = new Map<number, NeighbourEntry[]>();
    places.forEach((place, row) => {
      const similarities = rowAt(scores, row);
      keepNearest(found, row, similarities, place);
      for (let other = 0; other < similarities.length; other++) {
        if (similarities[other] < thresholds[other]) continue;
        const entries = insertions.get(ids[other]) ?? [];
        if (entries.length === 0) insertions.set(ids[other], entries);
        entries.push({ id: ids[place], similarity: similarities[other] });
      }
    });
    const own = places.map((place, row) => ({
      contentId: ids[place],
      ids: Uint32Array.from(found.places.subarray(row * count, (row + 1) * count), (other) => ids[other]),
      similarities: found.similarities.slice(row * count, (row + 1) * count),
    }));
    yield { lists: [...withInserted(known, insertions), ...own], found: own.length };
    for (const { contentId, ...list } of own) known.set(contentId, list);
  }
}

export interface NeighbourEntry {
  id: number;
  similarity: number;
}

/** From which similarity on another picture belongs into a list; none does where there is no list yet. */
function thresholdOf(list: NeighbourList | undefined): number {
  if (!list) return Infinity;
  return list.ids.length < neighbourCount ? -Infinity : list.similarities[list.similarities.length - 1];
}

function withInserted(
  known: Map<number, NeighbourList>,
  insertions: Map<number, NeighbourEntry[]>,
): StoredNeighbours[] {
  const changed: StoredNeighbours[] = [];
  for (const [contentId, entries] of insertions) {
    const list = known.get(contentId);
    const longer =
      list &&
      insertedInto(
        list,
        entries.filter(({ id }) => id !== contentId),
      );
    if (!longer) continue;
    known.set(contentId, longer);
    changed.push({ contentId, ...longer });
  }
  return changed;
}

/** The list with further entries, as long as it may be; null where all of them are there already. */
export function insertedInto(list: NeighbourList, entries: readonly NeighbourEntry[]): NeighbourList | null {
  const there = new Set(list.ids);
  const fresh = entries.filter(({ id }) => !there.has(id));
  if (fresh.length === 0) return null;
  const old = Array.from(list.ids, (id, i): NeighbourEntry => ({ id, similarity: list.similarities[i] }));
  const best = [...old, ...fresh]
    .sort((a, b) => b.similarity - a.similarity || a.id - b.id)
    .slice(0, neighbourCount);
  return {
    ids: Uint32Array.from(best, ({ id }) => id),
    similarities: Float32Array.from(best, ({ similarity }) => similarity),
  };
}

/** The least share of a list that is still there; below it the list is looked for anew. */
const leastThere = 0.75;

/** Whether too many pictures of a list have gone. */
export function isDepleted(ids: Uint32Array, isThere: (id: number) => boolean): boolean {
  let left = 0;
  for (const id of ids) left += Number(isThere(id));
  return left < leastThere * ids.length;
}

/** Forgets the depleted ones of known lists. */
export function forgetDepleted(ids: Uint32Array, known: Map<number, NeighbourList>): void {
  const there = new Set(ids);
  for (const [contentId, list] of known) {
    if (isDepleted(list.ids, (id) => there.has(id))) known.delete(contentId);
  }
}
