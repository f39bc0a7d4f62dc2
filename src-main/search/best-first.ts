/** A queue that gives the best first: a binary heap. */
export class BestFirst<Item> {
  readonly #compare: (one: Item, other: Item) => number;
  readonly #heap: Item[] = [];

  /** @param compare negative where the first of two comes first */
  constructor(compare: (one: Item, other: Item) => number) {
    this.#compare = compare;
  }

  get first(): Item | undefined {
    return this.#heap.at(0);
  }

  add(item: Item): void {
    const heap = this.#heap;
    let child = heap.push(item) - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (this.#compare(heap[parent], item) <= 0) break;
      heap[child] = heap[parent];
      child = parent;
    }
    heap[child] = item;
  }

  take(): Item | undefined {
    const heap = this.#heap;
    const best = heap.at(0);
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return best;
    let parent = 0;
    for (;;) {
      let child = 2 * parent + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#compare(heap[child + 1], heap[child]) < 0) child += 1;
      if (this.#compare(last, heap[child]) <= 0) break;
      heap[parent] = heap[child];
      parent = child;
    }
    heap[parent] = last;
    return best;
  }
}
