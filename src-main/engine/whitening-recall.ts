/**
 * How much of what comparing every photo finds HNSW finds too, with another whitening strength than it was built for:
 * measured on the library's own photos, in the background and once for each strength.
 */
import type { AllowedIds, Hit } from '../search/index.ts';
import { measureRecall } from './hnsw-recall.ts';
import type { QuerySpace } from './query-space.ts';

/** Photos that are searched with, and how many of the most similar ones are looked for. */
const questions = 24;
const depth = 10;

export type ExactSearch = (query: Float32Array, top: number) => Hit[];

export class WhiteningRecall {
  readonly #known = new Map<number, number>();
  #isMeasuring = false;

  /**
   * What was measured for a strength, 0 … 1. Before that it is null, and measured now unless another one is.
   * @param ids photos that can be searched with
   * @param space with that strength
   */
  of(epsilon: number, ids: AllowedIds, space: QuerySpace, exact: ExactSearch): number | null {
    const known = this.#known.get(epsilon);
    if (known !== undefined) return known;
    if (!this.#isMeasuring) {
      this.#isMeasuring = true;
      void measure(ids, space, exact)
        .then((recall) => {
          if (recall !== null) this.#known.set(epsilon, recall);
        })
        // A generation that went out of service meanwhile has no use for it.
        .catch(() => undefined)
        .finally(() => (this.#isMeasuring = false));
    }
    return null;
  }
}

/** @returns null when every photo is compared meanwhile */
async function measure(ids: AllowedIds, space: QuerySpace, exact: ExactSearch): Promise<number | null> {
  const { tier, recall } = await measureRecall({ ids, space, exact, questions, depth });
  return tier === 'hnsw' ? recall : null;
}
