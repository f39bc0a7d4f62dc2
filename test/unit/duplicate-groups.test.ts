import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DuplicateGroup,
  groupCounts,
  groupsAt,
  groupsOf,
  joiningsOf,
  type ScoredPair,
} from '../../src-main/search/duplicate-groups.ts';

const most = 12;
const id = fc.integer({ min: 1, max: most });
const score = fc.integer({ min: 0, max: 20 }).map((step) => step / 20);
/** Every pair once, in either direction. */
const pairsArbitrary = fc
  .array(fc.record({ a: id, b: id, score }), { maxLength: 50 })
  .map((pairs) => [...new Map(pairs.map((pair) => [keyOf(pair.a, pair.b), pair])).values()])
  .map((pairs) => pairs.filter(({ a, b }) => a !== b));
const apartArbitrary = fc.array(fc.tuple(id, id), { maxLength: 6 });

function keyOf(a: number, b: number): string {
  return `${Math.min(a, b)} ${Math.max(a, b)}`;
}

function scoresOf(pairs: ScoredPair[]): (a: number, b: number) => number {
  const scores = new Map(pairs.map(({ a, b, score: value }) => [keyOf(a, b), value]));
  return (a, b) => scores.get(keyOf(a, b)) ?? -Infinity;
}

function members(groups: DuplicateGroup[]): number[][] {
  return groups.map((group) => group.members);
}

const pair = (a: number, b: number, value: number): ScoredPair => ({ a, b, score: value });

describe('groups of duplicates', () => {
  it('part the pictures: none is in two groups, and each group has at least two', () => {
    fc.assert(
      fc.property(pairsArbitrary, score, (pairs, threshold) => {
        const all = members(groupsOf(pairs, { threshold })).flat();
        expect(new Set(all).size).toBe(all.length);
        expect(groupsOf(pairs, { threshold }).every((group) => group.members.length >= 2)).toBe(true);
      }),
    );
  });

  it('have a centre that every member resembles by the threshold, and say how much at least', () => {
    fc.assert(
      fc.property(pairsArbitrary, score, (pairs, threshold) => {
        const scoreOf = scoresOf(pairs);
        for (const { members: all, centre, least } of groupsOf(pairs, { threshold })) {
          const others = all.filter((member) => member !== centre);
          expect(others).toHaveLength(all.length - 1);
          expect(Math.min(...others.map((member) => scoreOf(centre, member)))).toBe(least);
          expect(least).toBeGreaterThanOrEqual(threshold);
        }
      }),
    );
  });

  it('do not depend on the order of the pairs, nor on their direction', () => {
    fc.assert(
      fc.property(
        pairsArbitrary.chain((pairs) =>
          fc.tuple(fc.constant(pairs), fc.shuffledSubarray(pairs, { minLength: pairs.length })),
        ),
        apartArbitrary,
        ([pairs, shuffled], apart) => {
          const turned = shuffled.map(({ a, b, score: value }) => pair(b, a, value));
          expect(joiningsOf(turned, { threshold: 0, apart })).toEqual(
            joiningsOf(pairs, { threshold: 0, apart }),
          );
        },
      ),
    );
  });

  it('of any size have such a centre, and only grow together as the threshold falls', () => {
    fc.assert(
      fc.property(
        pairsArbitrary,
        apartArbitrary,
        fc.array(score, { minLength: 2, maxLength: 2 }),
        fc.integer({ min: 1, max: 6 }),
        (pairs, apart, thresholds, exactUpTo) => {
          const scoreOf = scoresOf(pairs);
          const joinings = joiningsOf(pairs, { threshold: 0, apart, exactUpTo });
          const heights = joinings.map(({ height }) => height);
          expect(heights).toEqual(heights.toSorted((one, other) => other - one));
          const [strict, loose] = [Math.max(...thresholds), Math.min(...thresholds)].map((threshold) =>
            groupsAt(joinings, threshold),
          );
          for (const { members: all, centre, least } of loose) {
            const others = all.filter((member) => member !== centre);
            expect(Math.min(...others.map((member) => scoreOf(centre, member)))).toBe(least);
            for (const [a, b] of apart.filter(([one, other]) => one !== other)) {
              expect(all.includes(a) && all.includes(b)).toBe(false);
            }
          }
          for (const group of members(strict)) {
            expect(members(loose).some((larger) => group.every((member) => larger.includes(member)))).toBe(
              true,
            );
          }
        },
      ),
    );
  });

  it('hold twenty thousand near-identical frames, without comparing every two of them', () => {
    const count = 20_000;
    let compared = 0;
    const similarity = (a: number, b: number): number => {
      compared += 1;
      return 1 - (0.2 * Math.abs(a - b)) / count;
    };
    const nearest = Array.from({ length: count }, (_, frame) =>
      Array.from({ length: Math.min(16, count - 1 - frame) }, (__, step) =>
        pair(frame, frame + step + 1, 1 - (0.2 * (step + 1)) / count),
      ),
    ).flat();
    const joinings = joiningsOf(nearest, { threshold: 0.5, similarity });
    const [group, ...others] = groupsAt(joinings, 0.5);
    expect(others).toEqual([]);
    expect(group.members).toHaveLength(count);
    expect(compared).toBeLessThan(count * 500);
    for (const { members: all, centre, least } of groupsAt(joinings, 0.95)) {
      expect(all.every((member) => similarity(member, centre) >= least)).toBe(true);
    }
  });

  it('only grow together as the threshold falls', () => {
    fc.assert(
      fc.property(pairsArbitrary, apartArbitrary, score, score, (pairs, apart, one, other) => {
        const strict = members(groupsOf(pairs, { threshold: Math.max(one, other), apart }));
        const loose = members(groupsOf(pairs, { threshold: Math.min(one, other), apart }));
        for (const group of strict) {
          expect(loose.some((larger) => group.every((member) => larger.includes(member)))).toBe(true);
        }
      }),
    );
  });

  it('are the same whether they are asked for at a threshold or taken from a list of all joinings', () => {
    fc.assert(
      fc.property(pairsArbitrary, apartArbitrary, score, (pairs, apart, threshold) => {
        const joinings = joiningsOf(pairs, { threshold: 0, apart });
        const groups = groupsOf(pairs, { threshold, apart });
        expect(groupsAt(joinings, threshold)).toEqual(groups);
        expect(groupCounts(joinings, [threshold, 1, threshold])[2]).toEqual({
          threshold,
          groups: groups.length,
          members: members(groups).flat().length,
        });
      }),
    );
  });

  it('bring every pair of the threshold together where nothing else is linked with it', () => {
    fc.assert(
      fc.property(score, score, (value, threshold) => {
        expect(members(groupsOf([pair(1, 2, value)], { threshold }))).toEqual(
          value >= threshold ? [[1, 2]] : [],
        );
      }),
    );
  });

  it('never hold two that a person marked as no duplicates, however they are linked', () => {
    fc.assert(
      fc.property(pairsArbitrary, apartArbitrary, score, (pairs, apart, threshold) => {
        const groups = members(groupsOf(pairs, { threshold, apart }));
        for (const [a, b] of apart.filter(([one, other]) => one !== other)) {
          expect(groups.some((group) => group.includes(a) && group.includes(b))).toBe(false);
        }
      }),
    );
  });

  it('give a picture that lies between two marked ones to the one that it resembles more', () => {
    const pairs = [pair(1, 2, 0.9), pair(2, 3, 0.95), pair(1, 3, 0.92)];
    expect(members(groupsOf(pairs, { threshold: 0.8, apart: [[1, 3]] }))).toEqual([[2, 3]]);
  });

  it('keep the crops of a picture together, although they do not resemble each other', () => {
    const pairs = [2, 3, 4, 5, 6].map((crop) => pair(1, crop, 0.9));
    expect(groupsOf(pairs, { threshold: 0.9 })).toEqual([
      { members: [1, 2, 3, 4, 5, 6], centre: 1, least: 0.9 },
    ]);
  });

  it('do not follow a chain of small steps from one end to the other', () => {
    const chain = Array.from({ length: 99 }, (_, i) => pair(i + 1, i + 2, 0.95));
    const sizes = members(groupsOf(chain, { threshold: 0.9 })).map((group) => group.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(3);
  });

  it('ask for the similarity of pairs that were left out, where they are told how', () => {
    const similarity = (): number => 0.91;
    const listed = [pair(1, 2, 0.99), pair(3, 4, 0.98), pair(2, 3, 0.91)];
    expect(members(groupsOf(listed, { threshold: 0.9 }))).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(members(groupsOf(listed, { threshold: 0.9, similarity }))).toEqual([[1, 2, 3, 4]]);
  });
});
