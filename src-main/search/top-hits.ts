/** The best of many scores, kept in a bounded heap whose root is the worst of them. */

export interface Hit {
  id: number;
  /** Cosine similarity. */
  score: number;
}

/** Equal scores rank by id, so that the same search gives the same order. */
export function compareHits(a: Hit, b: Hit): number {
  return b.score - a.score || a.id - b.id;
}

export class TopHits {
  readonly #limit: number;
  readonly #heap: Hit[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(id: number, score: number): void {
    const heap = this.#heap;
    if (heap.length < this.#limit) {
      heap.push({ id, score });
      this.#rise(heap.length - 1);
    } else if (heap.length > 0 && compareHits({ id, score }, heap[0]) < 0) {
      heap[0] = { id, score };
      this.#sink(0);
    }
  }

  /** Below this score nothing can enter any more. */
  get threshold(): number {
    return this.#heap.length < this.#limit ? -Infinity : (this.#heap[0]?.score ?? Infinity);
  }

  /** Best first. */
  sorted(): Hit[] {
    return [...this.#heap].sort(compareHits);
  }

  #rise(position: number): void {
    const heap = this.#heap;
    for (let child = position; child > 0;) {
      const parent = (child - 1) >> 1;
      if (compareHits(heap[child], heap[parent]) <= 0) return;
      [heap[child], heap[parent]] = [heap[parent], heap[child]];
      child = parent;
    }
  }

  #sink(position: number): void {
    const heap = this.#heap;
    for (let parent = position; ;) {
      let worst = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < heap.length && compareHits(heap[child], heap[worst]) > 0) worst = child;
      }
      if (worst === parent) return;
      [heap[parent], heap[worst]] = [heap[worst], heap[parent]];
      parent = worst;
    }
  }
}
