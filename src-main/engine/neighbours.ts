/** The graph of nearest neighbours of what is in service, for whoever reads it. */
import type { NeighbourList } from '../library/index.ts';
import type { Hit } from '../search/index.ts';
import type { Engine } from './engine.ts';

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
   * whole graph, and whoever goes through it may pause between two pairs.
   */
  pairs(threshold: number): Generator<{ a: number; b: number; score: number }>;
  /**
   * How many pictures have their nearest neighbour at which similarity: bin i of n holds similarities from i/n to
   * (i + 1)/n; those below 0 are in the first.
   */
  nearestHistogram(bins: number): number[];
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
      for (const { contentId, hits } of lists()) {
        for (const { id: other, score } of hits) {
          if (score < threshold) break;
          const isTold = other < contentId && of(other)?.some((hit) => hit.id === contentId);
          if (!isTold) yield { a: Math.min(contentId, other), b: Math.max(contentId, other), score };
        }
      }
    },
    nearestHistogram(bins) {
      const counts = Array.from({ length: bins }, () => 0);
      for (const { hits } of lists()) {
        if (hits.length === 0) continue;
        counts[Math.min(bins - 1, Math.max(0, Math.floor(bins * hits[0].score)))] += 1;
      }
      return counts;
    },
  };
}
