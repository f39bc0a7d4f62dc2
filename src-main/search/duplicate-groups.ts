/**
 * Similar pairs become groups of duplicates. Joining whatever is linked would let a chain of small steps bring pictures
 * together that have nothing in common, and asking that all are alike would part a picture's crops from each other. So
 * every group has a centre that each of its members resembles by the threshold: minimax linkage (Bien and Tibshirani,
 * Hierarchical Clustering With Prototypes via Minimax Linkage, JASA 2011). Its groups at a lower threshold are unions of
 * those at a higher one, so that all thresholds follow from one list of joinings.
 *
 * That linkage takes the best centre among all members, which costs the product of both groups' sizes each time that two of
 * them are compared. Above `exactUpTo` members only the two centres that the groups have are tried for the joined one. All
 * that is said above still holds of such groups, and heights are exact for their centres; but another member might have
 * been a better centre, so that a large group may fall into parts at a threshold where it need not.
 */
import { Clustering } from './minimax-clustering.ts';

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
  /** Members up to which a group's centre is the best that there is; see above. */
  exactUpTo?: number;
}

/** What every two of are compared when two groups become one: some thousand comparisons. */
const usualExactUpTo = 100;

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
export function joiningsOf(pairs: Iterable<ScoredPair>, options: GroupOptions): Joining[] {
  return resultOf(joiningSteps(pairs, options));
}

function resultOf<Result>(steps: Generator<undefined, Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same in steps of some milliseconds, between which others can be served: of many photos it takes seconds. */
export function* joiningSteps(
  pairs: Iterable<ScoredPair>,
  { threshold, apart = [], similarity, exactUpTo = usualExactUpTo }: GroupOptions,
): Generator<undefined, Joining[]> {
  const clustering = new Clustering({ least: threshold, apart, similarity, exactUpTo });
  yield* clustering.read(pairs);
  return yield* clustering.joinings();
}

/** The groups that there are at a threshold, of joinings down to it or lower. */
export function groupsAt(joinings: readonly Joining[], threshold: number): DuplicateGroup[] {
  return resultOf(groupSteps(joinings, threshold));
}

/** Joinings or groups that are gone through in a step. */
const joiningsAtATime = 500;

/** The same in steps of some milliseconds. */
export function* groupSteps(
  joinings: readonly Joining[],
  threshold: number,
): Generator<undefined, DuplicateGroup[]> {
  const groupOf = new Map<number, DuplicateGroup>();
  const group = (id: number): DuplicateGroup => groupOf.get(id) ?? { members: [id], centre: id, least: 1 };
  for (const [place, { a, b, centre, height }] of joinings.entries()) {
    if (height < threshold) break;
    if (place % joiningsAtATime === 0) yield;
    const [one, other] = [group(a), group(b)];
    // Where one picture after the other joins a large group, nobody else is moved.
    const [large, small] = one.members.length >= other.members.length ? [one, other] : [other, one];
    Object.assign(large, { centre, least: height });
    for (const member of small.members) large.members.push(member);
    for (const member of large.members.length === 2 ? large.members : small.members)
      groupOf.set(member, large);
  }
  const groups = [...new Set(groupOf.values())];
  for (const [place, { members }] of groups.entries()) {
    if (place % joiningsAtATime === 0) yield;
    members.sort((one, other) => one - other);
  }
  return groups.sort((one, other) => one.members[0] - other.members[0]);
}

/**
 * How many groups there are at each of some thresholds, and how many photos are in them.
 * @param filesOf how many photos hold a picture, where it is more than one: such a picture is a group by itself
 */
export function groupCounts(
  joinings: readonly Joining[],
  thresholds: readonly number[],
  filesOf: ReadonlyMap<number, number> = new Map(),
): { threshold: number; groups: number; members: number }[] {
  const counts = new Map<number, { groups: number; members: number }>();
  const joined = new Set(filesOf.keys());
  /** Photos beyond the first of each picture. */
  const further = [...filesOf.values()].reduce((sum, files) => sum + files - 1, 0);
  let groups = joined.size;
  let next = 0;
  for (const threshold of [...new Set(thresholds)].sort((one, other) => other - one)) {
    for (; next < joinings.length && joinings[next].height >= threshold; next++) {
      // Two singles are a new group, a single and a group stay one, and two groups become one.
      const { a, b } = joinings[next];
      groups += 1 - Number(joined.has(a)) - Number(joined.has(b));
      joined.add(a).add(b);
    }
    counts.set(threshold, { groups, members: joined.size + further });
  }
  return thresholds.map((threshold) => ({
    threshold,
    ...(counts.get(threshold) ?? { groups: 0, members: 0 }),
  }));
}
