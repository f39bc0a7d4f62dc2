/** Similar pairs, joined step by step, kept until the library or what is decided of it changes. */
import { setImmediate } from 'node:timers/promises';
import type { PhotoFilter } from '../contract/index.ts';
import { isFiltering } from '../library/index.ts';
import { type DuplicateGroup, groupsAt, type Joining, joiningSteps } from '../search/index.ts';
import type { Engine } from './engine.ts';
import { type NeighbourGraph, neighbourGraph } from './exact-neighbours.ts';

/** Pairs below this are never looked at, unless a lower threshold is asked for. */
const usualLeast = 0.5;
/** With more pairs the least similarity is raised: joining them would take many seconds. */
const mostPairs = 300_000;
/** Filters whose joinings are kept. */
const mostKept = 4;

export interface JoinedPairs {
  joinings: readonly Joining[];
  /** How far down they reach. */
  least: number;
  graph: NeighbourGraph;
  /** Pictures that count; all where undefined. */
  allowed: ReadonlySet<number> | undefined;
}

export class DuplicatePairs {
  readonly #engine: Engine;
  /** What the joinings were made of. */
  #stamp = '';
  #graph: NeighbourGraph | null = null;
  readonly #joined = new Map<string, { least: number; pairs: Promise<JoinedPairs> }>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Joinings that reach down to a threshold, or as far as is usual. */
  async at(filter: PhotoFilter | undefined, threshold = 1): Promise<JoinedPairs> {
    const { library, serving } = this.#engine;
    const apart = library.decisions.apart();
    const stamp = `${serving ? library.generations.stamp(serving.generation.id) : ''} ${JSON.stringify(apart)}`;
    if (stamp !== this.#stamp) {
      this.#stamp = stamp;
      this.#graph = null;
      this.#joined.clear();
    }
    this.#graph ??= neighbourGraph(this.#engine);
    const allowed = isFiltering(filter) ? new Set(library.photos.contentsMatching(filter)) : undefined;
    const key = allowed ? `${JSON.stringify(filter)} ${library.changeStamp()}` : '';
    const known = this.#joined.get(key);
    if (known && known.least <= threshold) return known.pairs;
    const least = Math.min(threshold, known ? threshold : this.#usualLeast(this.#graph));
    const joined = { least, pairs: this.#join(this.#graph, least, apart, allowed) };
    this.#joined.set(key, joined);
    if (this.#joined.size > mostKept) this.#joined.delete([...this.#joined.keys()][0]);
    joined.pairs.catch(() => this.#joined.delete(key));
    return joined.pairs;
  }

  /** Groups at a threshold, the surest first. */
  async groups(filter: PhotoFilter | undefined, threshold: number): Promise<DuplicateGroup[]> {
    const { joinings } = await this.at(filter, threshold);
    return groupsAt(joinings, threshold).sort((a, b) => b.least - a.least || a.centre - b.centre);
  }

  #usualLeast(graph: NeighbourGraph): number {
    const counts = new Array<number>(51).fill(0);
    for (const { score } of graph.pairs(usualLeast)) counts[Math.floor((score - usualLeast) * 100)] += 1;
    let left = counts.reduce((sum, count) => sum + count, 0);
    let step = 0;
    for (; step < counts.length - 1 && left > mostPairs; step++) left -= counts[step];
    return usualLeast + step / 100;
  }

  async #join(
    graph: NeighbourGraph,
    least: number,
    apart: [number, number][],
    allowed: ReadonlySet<number> | undefined,
  ): Promise<JoinedPairs> {
    const pairs = [...graph.pairs(least)].filter(
      ({ a, b }) => !allowed || (allowed.has(a) && allowed.has(b)),
    );
    const steps = joiningSteps(pairs, {
      threshold: least,
      apart,
      similarity: (a, b) => this.similarity(a, b),
    });
    for (;;) {
      const { done, value } = steps.next();
      if (done) return { joinings: value, least, graph, allowed };
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
}
