/**
 * Kind ↔ Thing: the generation in service seen with another whitening strength, without a new index. Every photo is
 * compared from the vectors that are stored; where HNSW answers, more is asked of it than is wanted, and that is scored
 * again.
 */
import { scaleToUnit } from '../descriptor/index.ts';
import type { Hit } from '../search/index.ts';
import type { QuerySpace } from './query-space.ts';
import type { Serving } from './serving.ts';

export class RewhitenedSpace implements QuerySpace {
  readonly #serving: Serving;
  /** Of `rewhiteningFactors`. */
  readonly #factors: Float32Array;

  constructor(serving: Serving, factors: Float32Array) {
    this.#serving = serving;
    this.#factors = factors;
  }

  get size(): number {
    return this.#serving.size;
  }

  get dimension(): number {
    return this.#serving.dimension;
  }

  place(descriptor: Float32Array): Float32Array {
    return scaleToUnit(descriptor.map((value, i) => value * this.#factors[i]));
  }

  search(
    query: Float32Array,
    top: number,
    allowed?: readonly number[],
  ): Promise<{ hits: Hit[]; tier: 'exact' | 'hnsw' }> {
    return this.#serving.search(query, top, allowed, this.#factors);
  }

  scored(ids: Iterable<number>, query: Float32Array): Hit[] {
    return this.#serving.index.scored(ids, query, this.#factors);
  }

  vector(id: number): Float32Array | undefined {
    const stored = this.#serving.vector(id);
    return stored && this.place(stored);
  }
}
