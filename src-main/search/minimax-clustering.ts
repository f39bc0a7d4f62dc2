/** Joins clusters with centres, the most alike first; `duplicate-groups.ts` says by what rule. */
import { BestFirst } from './best-first.ts';
import type { Joining, ScoredPair } from './duplicate-groups.ts';

export interface ClusteringOptions {
  least: number;
  apart: Iterable<readonly [number, number]>;
  similarity: ((a: number, b: number) => number) | undefined;
  exactUpTo: number;
}

interface Cluster {
  /** They only get more. */
  members: number[];
  /** The least member, by which a cluster is told from others. */
  first: number;
  centre: number;
  /** How much the centre resembles the member that it resembles least. */
  radius: number;
  /** The same for each member as if it were the centre; null for a cluster that is too large for that. */
  reach: number[] | null;
  /** Members that are marked as no duplicates of others. */
  marked: number[];
  /** How much it resembles clusters of later first members that it was compared with. */
  compared: Map<Cluster, Compared>;
  /** How much centres of others resemble the member that they resemble least. */
  lowest: Map<number, Lowest>;
}

/** How alike two clusters are: the centre of both that resembles all of them best, and how much at least. */
interface Linkage {
  height: number;
  centre: number;
}

/** Holds while neither has more members. */
interface Compared extends Linkage {
  members: number;
  otherMembers: number;
}

/** Among the first so many members. */
interface Lowest {
  score: number;
  members: number;
}

/** Two clusters that may become one, at no more than `bound`. */
interface Candidate {
  a: number;
  b: number;
  bound: number;
}

/** Comparisons of two pictures, or what takes as long, in a step. */
const stepLength = 500;

function compareCandidates(one: Candidate, other: Candidate): number {
  return other.bound - one.bound || one.a - other.a || one.b - other.b;
}

export class Clustering {
  readonly #scores = new Map<number, Map<number, number>>();
  readonly #apart = new Map<number, Set<number>>();
  readonly #clusterOf = new Map<number, Cluster>();
  readonly #options: ClusteringOptions;
  readonly #candidates = new BestFirst<Candidate>(compareCandidates);
  /** Since the last step. */
  #work = 0;

  constructor(options: ClusteringOptions) {
    this.#options = options;
    for (const [a, b] of options.apart) {
      entry(this.#apart, a, () => new Set<number>()).add(b);
      entry(this.#apart, b, () => new Set<number>()).add(a);
    }
  }

  /** Takes pairs, in steps. */
  *read(pairs: Iterable<ScoredPair>): Generator<undefined, void> {
    for (const { a, b, score } of pairs) {
      if (this.#isStepOver()) yield;
      if (a === b || score < this.#options.least || this.#apart.get(a)?.has(b)) continue;
      const known = this.#scores.get(a)?.get(b) ?? -Infinity;
      if (score <= known) continue;
      entry(this.#scores, a, () => new Map<number, number>()).set(b, score);
      entry(this.#scores, b, () => new Map<number, number>()).set(a, score);
      this.#candidates.add({ a: Math.min(a, b), b: Math.max(a, b), bound: score });
    }
  }

  *joinings(): Generator<undefined, Joining[]> {
    const joinings: Joining[] = [];
    for (let candidate = this.#candidates.take(); candidate; candidate = this.#candidates.take()) {
      if (this.#isStepOver()) yield;
      const [one, other] = this.#clusters(candidate);
      if (one === other) continue;
      const known = knownLinkage(one, other);
      const { height, centre } = known ?? this.#compare(one, other);
      if (height >= candidate.bound) {
        joinings.push({ a: one.first, b: other.first, centre, height: candidate.bound });
        this.#join(one, other, { centre, height });
      } else if (!known && height >= this.#options.least) {
        // They have grown since the bound was found, and are less alike than it says.
        this.#candidates.add({ a: one.first, b: other.first, bound: height });
      }
    }
    return joinings;
  }

  #isStepOver(): boolean {
    this.#work += 1;
    if (this.#work < stepLength) return false;
    this.#work = 0;
    return true;
  }

  /** Where two pictures are now, in the order of the clusters' first members. */
  #clusters({ a, b }: Candidate): [Cluster, Cluster] {
    const [one, other] = [this.#cluster(a), this.#cluster(b)];
    return one.first <= other.first ? [one, other] : [other, one];
  }

  #cluster(id: number): Cluster {
    return entry(this.#clusterOf, id, () => ({
      members: [id],
      first: id,
      centre: id,
      radius: Infinity,
      reach: [Infinity],
      marked: this.#apart.has(id) ? [id] : [],
      compared: new Map<Cluster, Compared>(),
      lowest: new Map<number, Lowest>(),
    }));
  }

  #compare(one: Cluster, other: Cluster): Linkage {
    const linkage = this.#linkage(one, other);
    const [members, otherMembers] = [one.members.length, other.members.length];
    one.compared.set(other, { ...linkage, members, otherMembers });
    return linkage;
  }

  #linkage(one: Cluster, other: Cluster): Linkage {
    if (this.#isForbidden(one, other)) return { height: -Infinity, centre: one.first };
    const isSmall = one.members.length + other.members.length <= this.#options.exactUpTo;
    return isSmall ? this.#bestOfAll(one, other) : this.#betterOfCentres(one, other);
  }

  #bestOfAll(one: Cluster, other: Cluster): Linkage {
    const { least } = this.#options;
    let best = { height: -Infinity, centre: one.first };
    for (const [here, there] of [
      [one, other],
      [other, one],
    ]) {
      for (const [place, centre] of here.members.entries()) {
        let height = here.reach?.[place] ?? -Infinity;
        for (const member of there.members) {
          if (height < least || height < best.height) break;
          height = Math.min(height, this.#score(centre, member));
        }
        const isBetter = height > best.height || (height === best.height && centre < best.centre);
        if (height >= least && isBetter) best = { height, centre };
      }
    }
    return best;
  }

  /** The larger cluster's centre, unless the other's resembles all of both more. */
  #betterOfCentres(one: Cluster, other: Cluster): Linkage {
    const [large, small] = one.members.length >= other.members.length ? [one, other] : [other, one];
    const { least } = this.#options;
    const height = Math.min(large.radius, this.#lowest(large.centre, small, least));
    const between = this.#score(large.centre, small.centre);
    const best = { height, centre: large.centre };
    // It can be no better than it is with the other centre.
    if (Math.min(small.radius, between) > Math.max(height, least)) {
      const another = Math.min(small.radius, this.#lowest(small.centre, large, Math.max(height, least)));
      if (another > height) return { height: another, centre: small.centre };
    }
    return best;
  }

  /**
   * How much a picture resembles the member of a cluster that it resembles least. What was found is kept for when the
   * cluster has grown, so that each two are compared once.
   * @param enough some member's similarity below this is as good an answer
   */
  #lowest(id: number, cluster: Cluster, enough: number): number {
    const lowest = entry(cluster.lowest, id, () => ({ score: Infinity, members: 0 }));
    while (lowest.members < cluster.members.length && lowest.score >= enough) {
      lowest.score = Math.min(lowest.score, this.#score(id, cluster.members[lowest.members]));
      lowest.members += 1;
    }
    return lowest.score;
  }

  #isForbidden(one: Cluster, other: Cluster): boolean {
    const [few, there] = one.marked.length <= other.marked.length ? [one, other] : [other, one];
    return few.marked.some((member) =>
      [...(this.#apart.get(member) ?? [])].some((each) => this.#clusterOf.get(each) === there),
    );
  }

  /** The larger takes the members of the other. */
  #join(one: Cluster, other: Cluster, { centre, height }: Linkage): void {
    const [large, small] = one.members.length >= other.members.length ? [one, other] : [other, one];
    const isSmall = large.members.length + small.members.length <= this.#options.exactUpTo;
    large.reach = isSmall ? [...this.#reachWith(large, small), ...this.#reachWith(small, large)] : null;
    for (const member of small.members) {
      large.members.push(member);
      this.#clusterOf.set(member, large);
    }
    large.first = Math.min(large.first, small.first);
    large.centre = centre;
    large.radius = height;
    large.marked = [...large.marked, ...small.marked];
    large.compared.clear();
    large.lowest.delete(small.centre);
  }

  #reachWith({ members, reach }: Cluster, others: Cluster): number[] {
    return members.map((member, place) =>
      others.members.reduce(
        (least, each) => Math.min(least, this.#score(member, each)),
        reach?.[place] ?? -Infinity,
      ),
    );
  }

  /** What is not given is asked for each time: to keep it would take memory for every two of a group. */
  #score(a: number, b: number): number {
    this.#work += 1;
    const known = this.#scores.get(a)?.get(b);
    if (known !== undefined) return known;
    return this.#apart.get(a)?.has(b) ? -Infinity : (this.#options.similarity?.(a, b) ?? -Infinity);
  }
}

function knownLinkage(one: Cluster, other: Cluster): Linkage | undefined {
  const known = one.compared.get(other);
  const holds = known?.members === one.members.length && known.otherMembers === other.members.length;
  return holds ? known : undefined;
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
