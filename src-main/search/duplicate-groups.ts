/**
 * Similar pairs become groups of duplicates. Joining whatever is linked would let a chain of small steps bring pictures
 * together that have nothing in common, and asking that all are alike would part a picture's crops from each other. So
 * every group has a centre that each of its members resembles by the threshold: minimax linkage (Bien and Tibshirani,
 * Hierarchical Clustering With Prototypes via Minimax Linkage, JASA 2011). Its groups at a lower threshold are unions of
 * those at a higher one, so that all thresholds follow from one list of joinings.
 */
import { BestFirst } from './best-first.ts';

export interface ScoredPair {
  a: number;
  b: number;
  /** Similarity, higher for more alike. */
  score: number;
}

export interface GroupOptions {
  /** Each member resembles its group's centre at least so much. */
  threshold: number;
  /** Pairs that never come into one group, whatever lies between them. */
  apart?: Iterable<readonly [number, number]>;
  /** Similarity of a pair that is not among the given ones, where some were left out; such a pair counts as unlike by default. */
  similarity?: (a: number, b: number) => number;
}

export interface DuplicateGroup {
  /** Two or more, in ascending order. */
  members: number[];
  centre: number;
  /** Similarity of the member that resembles the centre least. */
  least: number;
}

/** Two groups become one at a similarity. */
export interface Joining {
  /** A member of each. */
  a: number;
  b: number;
  centre: number;
  /** The threshold up to which they are one group; never rises from one joining to the next. */
  height: number;
}

/** Groups of two and more, in the order of their first members. Neither the pairs' order nor their direction counts. */
export function groupsOf(pairs: Iterable<ScoredPair>, options: GroupOptions): DuplicateGroup[] {
  return groupsAt(joiningsOf(pairs, options), options.threshold);
}

/** All joinings down to a threshold, the closest first. */
export function joiningsOf(
  pairs: Iterable<ScoredPair>,
  { threshold, apart = [], similarity }: GroupOptions,
): Joining[] {
  const steps = new Clustering(pairs, threshold, apart, similarity).joinings();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same in steps, between which others can be served: of many photos it takes seconds. */
export function joiningSteps(
  pairs: Iterable<ScoredPair>,
  { threshold, apart = [], similarity }: GroupOptions,
): Generator<undefined, Joining[]> {
  return new Clustering(pairs, threshold, apart, similarity).joinings();
}

/** Candidates that are looked at in a step. */
const stepLength = 2000;

/** The groups that there are at a threshold, of joinings down to it or lower. */
export function groupsAt(joinings: readonly Joining[], threshold: number): DuplicateGroup[] {
  const groupOf = new Map<number, DuplicateGroup>();
  for (const { a, b, centre, height } of joinings) {
    if (height < threshold) break;
    const members = [...(groupOf.get(a)?.members ?? [a]), ...(groupOf.get(b)?.members ?? [b])];
    const group = { members, centre, least: height };
    for (const member of members) groupOf.set(member, group);
  }
  return [...new Set(groupOf.values())]
    .map((group) => ({ ...group, members: group.members.sort((one, other) => one - other) }))
    .sort((one, other) => one.members[0] - other.members[0]);
}

/** How many groups there are at each of some thresholds, and how many pictures are in them. */
export function groupCounts(
  joinings: readonly Joining[],
  thresholds: readonly number[],
): { threshold: number; groups: number; members: number }[] {
  const counts = new Map<number, { groups: number; members: number }>();
  const joined = new Set<number>();
  let groups = 0;
  let next = 0;
  for (const threshold of [...new Set(thresholds)].sort((one, other) => other - one)) {
    for (; next < joinings.length && joinings[next].height >= threshold; next++) {
      // Two singles are a new group, a single and a group stay one, and two groups become one.
      const { a, b } = joinings[next];
      groups += 1 - Number(joined.has(a)) - Number(joined.has(b));
      joined.add(a).add(b);
    }
    counts.set(threshold, { groups, members: joined.size });
  }
  return thresholds.map((threshold) => ({
    threshold,
    ...(counts.get(threshold) ?? { groups: 0, members: 0 }),
  }));
}

interface Cluster {
  members: number[];
  /** Of each member, how much it resembles the one among the others that it resembles least. */
  reach: number[];
  /** The least member, by which a cluster is told from others. */
  first: number;
  /** How much it resembles those of later first members that it was compared with. */
  compared: Map<Cluster, Linkage>;
}

/** How alike two clusters are: the member of both that resembles all of them best, and how much at least. */
interface Linkage {
  height: number;
  centre: number;
}

/** Two clusters that may become one, at no more than `bound`. */
interface Candidate {
  a: number;
  b: number;
  bound: number;
}

function compareCandidates(one: Candidate, other: Candidate): number {
  return other.bound - one.bound || one.a - other.a || one.b - other.b;
}

class Clustering {
  readonly #scores = new Map<number, Map<number, number>>();
  readonly #apart = new Map<number, Set<number>>();
  readonly #clusterOf = new Map<number, Cluster>();
  readonly #similarity: ((a: number, b: number) => number) | undefined;
  readonly #least: number;

  constructor(
    pairs: Iterable<ScoredPair>,
    least: number,
    apart: Iterable<readonly [number, number]>,
    similarity: ((a: number, b: number) => number) | undefined,
  ) {
    this.#least = least;
    this.#similarity = similarity;
    for (const [a, b] of apart) {
      entry(this.#apart, a, () => new Set<number>()).add(b);
      entry(this.#apart, b, () => new Set<number>()).add(a);
    }
    for (const { a, b, score } of pairs) {
      if (a === b || score < least || this.#apart.get(a)?.has(b)) continue;
      this.#setScore(a, b, Math.max(score, this.#scores.get(a)?.get(b) ?? score));
    }
  }

  *joinings(): Generator<undefined, Joining[]> {
    const joinings: Joining[] = [];
    const listed = this.#candidates();
    const grown = new BestFirst<Candidate>(compareCandidates);
    for (let next = 0, looked = 1; next < listed.length || grown.first !== undefined; looked++) {
      if (looked % stepLength === 0) yield;
      const early = grown.first;
      const isListed = !early || (next < listed.length && compareCandidates(listed[next], early) <= 0);
      const candidate = isListed ? listed[next++] : grown.take();
      if (!candidate) break;
      const [one, other] = this.#clusters(candidate);
      if (one === other) continue;
      const known = one.compared.get(other);
      const { height, centre } = known ?? this.#compare(one, other);
      if (height >= candidate.bound) {
        joinings.push({ a: one.first, b: other.first, centre, height: candidate.bound });
        this.#join(one, other);
      } else if (!known && height >= this.#least) {
        // They have grown since the bound was found, and are less alike than it says.
        grown.add({ a: one.first, b: other.first, bound: height });
      }
    }
    return joinings;
  }

  /** All linked pairs, best first. */
  #candidates(): Candidate[] {
    const candidates: Candidate[] = [];
    for (const [a, scores] of this.#scores) {
      for (const [b, bound] of scores) if (a < b) candidates.push({ a, b, bound });
    }
    return candidates.sort(compareCandidates);
  }

  /** Where two pictures are now, in the order of the clusters' first members. */
  #clusters({ a, b }: Candidate): [Cluster, Cluster] {
    const [one, other] = [this.#cluster(a), this.#cluster(b)];
    return one.first <= other.first ? [one, other] : [other, one];
  }

  #cluster(id: number): Cluster {
    return entry(this.#clusterOf, id, () => ({
      members: [id],
      reach: [Infinity],
      first: id,
      compared: new Map<Cluster, Linkage>(),
    }));
  }

  #compare(one: Cluster, other: Cluster): Linkage {
    const linkage = this.#linkage(one, other);
    one.compared.set(other, linkage);
    return linkage;
  }

  #linkage(one: Cluster, other: Cluster): Linkage {
    let best = { height: -Infinity, centre: one.first };
    if (this.#isForbidden(one, other)) return best;
    for (const [here, there] of [
      [one, other],
      [other, one],
    ]) {
      for (const [place, centre] of here.members.entries()) {
        let height = here.reach[place];
        for (const member of there.members) {
          if (height < this.#least || height < best.height) break;
          height = Math.min(height, this.#score(centre, member));
        }
        const isBetter = height > best.height || (height === best.height && centre < best.centre);
        if (height >= this.#least && isBetter) best = { height, centre };
      }
    }
    return best;
  }

  #isForbidden(one: Cluster, other: Cluster): boolean {
    if (this.#apart.size === 0) return false;
    return one.members.some((member) => {
      const apart = this.#apart.get(member);
      return apart !== undefined && other.members.some((each) => apart.has(each));
    });
  }

  #join(one: Cluster, other: Cluster): void {
    const reachOf = ({ members, reach }: Cluster, others: Cluster): number[] =>
      members.map((member, place) =>
        others.members.reduce((least, each) => Math.min(least, this.#score(member, each)), reach[place]),
      );
    const joined = {
      members: [...one.members, ...other.members],
      reach: [...reachOf(one, other), ...reachOf(other, one)],
      first: Math.min(one.first, other.first),
      compared: new Map<Cluster, Linkage>(),
    };
    for (const member of joined.members) this.#clusterOf.set(member, joined);
  }

  #score(a: number, b: number): number {
    const known = this.#scores.get(a)?.get(b);
    if (known !== undefined) return known;
    const score = this.#apart.get(a)?.has(b) ? -Infinity : (this.#similarity?.(a, b) ?? -Infinity);
    if (this.#similarity) this.#setScore(a, b, score);
    return score;
  }

  #setScore(a: number, b: number, score: number): void {
    entry(this.#scores, a, () => new Map<number, number>()).set(b, score);
    entry(this.#scores, b, () => new Map<number, number>()).set(a, score);
  }
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
