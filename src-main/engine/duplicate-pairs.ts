/** Similar pairs, joined step by step, kept until the library or what is decided of it changes. */
import { setImmediate } from 'node:timers/promises';
import { type Joining, joiningSteps, type ScoredPair } from '../search/index.ts';
import type { Engine } from './engine.ts';
import { neighbourGraph } from './neighbours.ts';

/** Pairs below this are never looked at, unless a lower threshold is asked for. */
const usualLeast = 0.5;
/** With more pairs the least similarity is raised: joining them would take many seconds. */
const mostPairs = 300_000;

export class DuplicatePairs {
  readonly #engine: Engine;
  /** What is kept was made of this. */
  #stamp = '';
  #joinings: { least: number; joinings: Promise<Joining[]> } | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Changes with the photos, what is known of their neighbours, and what is marked as no duplicates. */
  stamp(): string {
    const { library, serving } = this.#engine;
    const id = serving?.generation.id;
    if (id === undefined) return '';
    const apart = JSON.stringify(library.decisions.apart());
    return `${library.generations.stamp(id)} ${library.neighbours.missing(id)} ${apart}`;
  }

  /** Whether every photo's neighbours are known. */
  get isComplete(): boolean {
    return neighbourGraph(this.#engine).complete;
  }

  /** All pairs with at least a similarity. */
  *pairs(threshold: number): Generator<ScoredPair> {
    yield* neighbourGraph(this.#engine).pairs(threshold);
  }

  /** How many photos resemble their nearest one how much: 100 bins from 0 to 1. */
  nearest(bins: number): number[] {
    return neighbourGraph(this.#engine).nearestHistogram(bins);
  }

  /** Joinings of all pairs that reach down to a threshold, or as far as is usual. */
  async joinings(threshold = 1): Promise<{ joinings: Joining[]; least: number }> {
    const stamp = this.stamp();
    if (stamp !== this.#stamp) {
      this.#stamp = stamp;
      this.#joinings = null;
    }
    if (!this.#joinings || this.#joinings.least > threshold) {
      const least = Math.min(threshold, this.#joinings?.least ?? this.#usualLeast());
      // Lists of neighbours end somewhere, and in a large group not every two are in each other's.
      const joinings = this.join(this.pairs(least), least, (a, b) => this.similarity(a, b));
      this.#joinings = { least, joinings };
      joinings.catch(() => (this.#joinings = null));
    }
    const { least, joinings } = this.#joinings;
    return { least, joinings: await joinings };
  }

  /** @param similarity of pairs that are not given; they count as unlike by default */
  async join(
    pairs: Iterable<ScoredPair>,
    threshold: number,
    similarity?: (a: number, b: number) => number,
  ): Promise<Joining[]> {
    const apart = this.#engine.library.decisions.apart();
    const steps = joiningSteps(pairs, { threshold, apart, ...(similarity && { similarity }) });
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      // Others are served between two steps.
      await setImmediate();
    }
  }

  /** Cosine similarity of two pictures; −1 for one that is not there. */
  similarity(a: number, b: number): number {
    const index = this.#engine.serving?.index;
    const query = index?.vector(a);
    return (query && index?.scored([b], query).at(0)?.score) ?? -1;
  }

  #usualLeast(): number {
    const counts = new Array<number>(51).fill(0);
    for (const { score } of this.pairs(usualLeast)) {
      counts[Math.min(50, Math.floor((score - usualLeast) * 100))] += 1;
    }
    let left = counts.reduce((sum, count) => sum + count, 0);
    let step = 0;
    for (; step < counts.length - 1 && left > mostPairs; step++) left -= counts[step];
    return usualLeast + step / 100;
  }
}
