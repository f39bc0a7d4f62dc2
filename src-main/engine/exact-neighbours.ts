/** The neighbour graph as long as there is none: every two pictures are compared. */
import type { Hit, ScoredPair } from '../search/index.ts';
import type { Engine } from './engine.ts';

/** The pictures most similar to each, of the generation in service. */
export interface NeighbourGraph {
  /** Whether all pictures are in it. */
  complete: boolean;
  /** Best first. */
  of: (contentId: number) => readonly Hit[];
  /** All that are known with a similarity of at least so much, each once. */
  pairs: (threshold: number) => Iterable<ScoredPair>;
}

export function neighbourGraph({ serving }: Engine): NeighbourGraph {
  const index = serving?.index;
  const neighbours = new Map<number, readonly Hit[]>();
  for (const id of index?.ids() ?? []) {
    const vector = index?.vector(id);
    if (vector && index)
      neighbours.set(
        id,
        index.search(vector, 33).filter((hit) => hit.id !== id),
      );
  }
  return {
    complete: true,
    of: (id) => neighbours.get(id) ?? [],
    *pairs(threshold) {
      for (const [a, hits] of neighbours) {
        for (const { id: b, score } of hits) if (score >= threshold && a < b) yield { a, b, score };
      }
    },
  };
}
