import { describe, expect, it } from 'vitest';
import { thresholdBins, thresholdsFrom } from '../../../src-main/engine/duplicate-thresholds.ts';
import { joiningsOf } from '../../../src-main/search/duplicate-groups.ts';

const nobody = { confirmed: [], refuted: [] };
const none = { joinings: [], filesOf: new Map<number, number>() };

/** Photos without a duplicate around one similarity, and some with one around another. */
function histogram(bulk: number, photos: number, duplicates: number): number[] {
  const counts = new Array<number>(thresholdBins).fill(0);
  const middle = Math.round(bulk * thresholdBins);
  for (const [offset, share] of [0.05, 0.25, 0.4, 0.25, 0.05].entries()) {
    counts[middle - 2 + offset] += Math.round(share * photos);
  }
  counts[96] += duplicates;
  return counts;
}

describe('thresholds of duplicates', () => {
  it('are suggested above what photos without a duplicate reach, whether few or many have one', () => {
    for (const duplicates of [0, 20, 900]) {
      const { suggested } = thresholdsFrom(histogram(0.6, 1000, duplicates), none, 0.5, nobody, true);
      expect(suggested).toBeGreaterThan(0.65);
      expect(suggested).toBeLessThanOrEqual(0.9);
    }
  });

  it('are stricter where all photos are alike', () => {
    expect(thresholdsFrom(histogram(0.9, 1000, 20), none, 0.5, nobody, true).suggested).toBeGreaterThan(0.93);
  });

  it('come with the groups that each would give', () => {
    const joinings = joiningsOf([{ a: 1, b: 2, score: 0.8 }], { threshold: 0.5 });
    const { outcomes } = thresholdsFrom(histogram(0.6, 100, 0), { ...none, joinings }, 0.5, nobody, true);
    expect(outcomes[0].threshold).toBe(1);
    expect(outcomes.at(-1)?.threshold).toBe(0.5);
    expect(outcomes.find(({ threshold }) => threshold === 0.8)).toMatchObject({ groups: 1, members: 2 });
    expect(outcomes.find(({ threshold }) => threshold === 0.81)).toMatchObject({ groups: 0, members: 0 });
  });

  it('count a picture that several files hold as a group of all of them, whatever it resembles', () => {
    const joinings = joiningsOf([{ a: 1, b: 2, score: 0.8 }], { threshold: 0.5 });
    const filesOf = new Map([
      [2, 3],
      [7, 2],
    ]);
    const { outcomes } = thresholdsFrom(histogram(0.6, 100, 0), { joinings, filesOf }, 0.5, nobody, true);
    expect(outcomes.find(({ threshold }) => threshold === 0.81)).toMatchObject({ groups: 2, members: 5 });
    expect(outcomes.find(({ threshold }) => threshold === 0.8)).toMatchObject({ groups: 2, members: 6 });
  });

  it('follow what a person has judged, once that is enough', () => {
    const judged = { confirmed: Array.from({ length: 20 }, () => 0.82), refuted: [0.7, 0.75, 0.78] };
    const { suggested, outcomes } = thresholdsFrom(histogram(0.6, 1000, 20), none, 0.5, judged, true);
    expect(suggested).toBe(0.76);
    expect(outcomes.find(({ threshold }) => threshold === 0.75)).toMatchObject({ confirmed: 20, refuted: 2 });
  });
});
