/** Where descriptors are compared: as they are stored, or with their components weighed anew for one search. */
import type { Hit } from '../search/index.ts';

export interface QuerySpace {
  /** Pictures in it. */
  readonly size: number;
  readonly dimension: number;
  /**
   * Brings a descriptor of the recipe in service into this space.
   * @returns of unit length
   */
  place(descriptor: Float32Array): Float32Array;
  /**
   * The pictures most similar to a unit vector of this space, best first.
   * @param allowed pictures that count; all by default
   */
  search(
    query: Float32Array,
    top: number,
    allowed?: readonly number[],
  ): Promise<{ hits: Hit[]; tier: 'exact' | 'hnsw' }>;
  /** Those of the given pictures that are there, with their similarity to a unit vector of this space, best first. */
  scored(ids: Iterable<number>, query: Float32Array): Hit[];
  /** A picture's descriptor in this space, of unit length. */
  vector(id: number): Float32Array | undefined;
}
