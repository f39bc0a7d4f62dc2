/** The graph of nearest neighbours of what is in service, for whoever reads it. */
import type { NeighbourList } from '../library/index.ts';
import type { Hit } from '../search/index.ts';
import type { Engine } from './engine.ts';
import { inTurns } from './in-turns.ts';

/** Who is similar to whom, as far as that was looked for. */
export interface NeighbourGraph {
  /** Whether all photos have been looked at. */
  readonly complete: boolean;
  /**
   * The pictures most similar to one, best first; undefined while they have not been looked for.
   * @param most of them; all that are known by default
   */
  of(contentId: number, most?: number): Hit[] | undefined;
  /**
   * Each two pictures with at least a similarity, once, as far as one is among the nearest of the other. It reads the
   * whole graph; whoever goes through it is given what each picture adds, which may be nothing, and may pause in between.
   */
  pairs(threshold: number): Generator<{ a: number; b: number; score: number }[]>;
  /**
   * How many pictures have their nearest neighbour at which similarity: bin i of n holds similarities from i/n to
   * (i + 1)/n; those below 0 are in the first.
   */
  nearestHistogram(bins: number): Promise<number[]>;
}

/** The graph of what is in service; empty without. */
export function neighbourGraph({ library: { neighbours }, serving }: Engine): NeighbourGraph {
  const id = serving?.generation.id ?? 0;
  /** Lists keep the names of pictures that went; those are left out here. */
  const hitsOf = ({ ids, similarities }: NeighbourList, most = Infinity): Hit[] => {
    const hits: Hit[] = [];
    for (let i = 0; i < ids.length && hits.length < most; i++) {
      if (serving?.index.has(ids[i])) hits.push({ id: ids[i], score: similarities[i] });
    }
    return hits;
  };
  const lists = function* (): Generator<{ contentId: number; hits: Hit[] }> {
    for (const { contentId, ...list } of neighbours.lists(id)) {
      if (serving?.index.has(contentId)) yield { contentId, hits: hitsOf(list) };
    }
  };
  const of = (contentId: number, most?: number): Hit[] | undefined => {
    const list = neighbours.get(id, contentId);
    return list && hitsOf(list, most);
  };
  return {
    get complete() {
      return serving !== null && neighbours.missing(id) === 0;
    },
    of,
    *pairs(threshold) {
      /** Of pictures that are yet to come, those that told of them. */
      const tellers = new Map<number, Set<number>>();
      for (const { contentId, hits } of lists()) {
        const told = tellers.get(contentId);
        tellers.delete(contentId);
        const fresh = hits.filter(({ id, score }) => score >= threshold && !told?.has(id));
        for (const { id } of fresh) {
          if (id > contentId) tellers.set(id, (tellers.get(id) ?? new Set<number>()).add(contentId));
        }
        yield fresh.map(({ id, score }) => ({
          a: Math.min(contentId, id),
          b: Math.max(contentId, id),
          score,
        }));
      }
    },
    async nearestHistogram(bins) {
      const counts = Array.from({ length: bins }, () => 0);
      await inTurns(lists(), ({ hits }) => {
        if (hits.length === 0) return;
        counts[Math.min(bins - 1, Math.max(0, Math.floor(bins * hits[0].score)))] += 1;
      });
      return counts;
    },
  };
}
