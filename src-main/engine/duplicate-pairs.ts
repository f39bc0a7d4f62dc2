/** Similar pairs, joined step by step, kept until the library or what is decided of it changes. */
import { setImmediate } from 'node:timers/promises';
import { type Joining, joiningSteps, type ScoredPair } from '../search/index.ts';
import type { Engine } from './engine.ts';
import { inTurns } from './in-turns.ts';
import { neighbourGraph } from './neighbours.ts';

/** Pairs below this are never looked at, unless a lower threshold is asked for. */
const usualLeast = 0.5;
/** With more pairs the least similarity is raised: joining them would take many seconds. */
const mostPairs = 300_000;
/** Vectors that are kept while groups are joined, some tens of megabytes. */
const mostVectors = 20_000;

export class DuplicatePairs {
  readonly #engine: Engine;
  /** What is kept was made of this. */
  #stamp = '';
  #counted = { written: '', stamp: '' };
  #usual: Promise<number> | null = null;
  #joinings: { least: number; joinings: Promise<Joining[]> } | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Changes with the photos, what is known of their neighbours, and what is marked as no duplicates. */
  async stamp(): Promise<string> {
    const { library, serving } = this.#engine;
    const id = serving?.generation.id;
    if (id === undefined) return '';
    // To count takes a while in a large library, and is needless while nobody has written anything.
    const written = `${id} ${library.changeStamp()}`;
    if (written === this.#counted.written) return this.#counted.stamp;
    const parts: string[] = [];
    const counts = [
      () => library.generations.stamp(id),
      () => String(library.neighbours.missing(id)),
      () => JSON.stringify(library.decisions.apart()),
    ];
    for (const count of counts) {
      await setImmediate();
      parts.push(count());
    }
    this.#counted = { written, stamp: parts.join(' ') };
    return this.#counted.stamp;
  }

  /** Whether every photo's neighbours are known. */
  get isComplete(): boolean {
    return neighbourGraph(this.#engine).complete;
  }

  /**
   * Goes through all pairs with at least a similarity, in turns with others.
   * @throws SemblanceError `cancelled`
   */
  async forEach(threshold: number, take: (pair: ScoredPair) => void, signal?: AbortSignal): Promise<void> {
    const takeAll = (pairs: readonly ScoredPair[]): void => pairs.forEach(take);
    await inTurns(neighbourGraph(this.#engine).pairs(threshold), takeAll, signal);
  }

  /** How many photos resemble their nearest one how much: so many bins from 0 to 1. */
  nearest(bins: number): Promise<number[]> {
    return neighbourGraph(this.#engine).nearestHistogram(bins);
  }

  /** Joinings of all pairs that reach down to a threshold, or as far as is usual. */
  async joinings(threshold = 1): Promise<{ joinings: Joining[]; least: number }> {
    const stamp = await this.stamp();
    if (stamp !== this.#stamp) {
      this.#stamp = stamp;
      this.#usual = null;
      this.#joinings = null;
    }
    this.#usual ??= this.#usualLeast();
    const usual = await this.#usual.catch((error: unknown) => {
      this.#usual = null;
      throw error;
    });
    if (stamp !== this.#stamp) return this.joinings(threshold);
    if (!this.#joinings || this.#joinings.least > threshold) {
      const least = Math.min(threshold, usual);
      const known = { least, joinings: this.#joinAll(least) };
      this.#joinings = known;
      known.joinings.catch(() => {
        if (this.#joinings === known) this.#joinings = null;
      });
    }
    const { least, joinings } = this.#joinings;
    return { least, joinings: await joinings };
  }

  async #joinAll(least: number): Promise<Joining[]> {
    const pairs: ScoredPair[] = [];
    await this.forEach(least, (pair) => pairs.push(pair));
    // Lists of neighbours end somewhere, and in a large group not every two are in each other's.
    return this.join(pairs, least, this.#similarities());
  }

  /** @param similarity of pairs that are not given; they count as unlike by default */
  join(
    pairs: Iterable<ScoredPair>,
    threshold: number,
    similarity?: (a: number, b: number) => number,
  ): Promise<Joining[]> {
    const apart = this.#engine.library.decisions.apart();
    return inTurns(
      joiningSteps(pairs, { threshold, apart, ...(similarity && { similarity }) }),
      () => undefined,
    );
  }

  /** Cosine similarity of two pictures; −1 for one that is not there. */
  similarity(a: number, b: number): number {
    const index = this.#engine.serving?.index;
    const query = index?.vector(a);
    return (query && index?.scored([b], query).at(0)?.score) ?? -1;
  }

  /** The same for many: vectors that are asked for again and again are read from the index once. */
  #similarities(): (a: number, b: number) => number {
    const vectors = new Map<number, Float32Array | undefined>();
    const vectorOf = (id: number): Float32Array | undefined => {
      const known = vectors.get(id);
      if (known) return known;
      if (vectors.size >= mostVectors) vectors.clear();
      const vector = this.#engine.serving?.index.vector(id);
      vectors.set(id, vector);
      return vector;
    };
    return (a, b) => {
      const [one, other] = [vectorOf(a), vectorOf(b)];
      if (one?.length !== other?.length || !one || !other) return -1;
      let sum = 0;
      for (let i = 0; i < one.length; i++) sum += one[i] * other[i];
      return sum;
    };
  }

  async #usualLeast(): Promise<number> {
    const counts = new Array<number>(51).fill(0);
    await this.forEach(usualLeast, ({ score }) => {
      counts[Math.min(50, Math.floor((score - usualLeast) * 100))] += 1;
    });
    let left = counts.reduce((sum, count) => sum + count, 0);
    let step = 0;
    for (; step < counts.length - 1 && left > mostPairs; step++) left -= counts[step];
    return usualLeast + step / 100;
  }
}
