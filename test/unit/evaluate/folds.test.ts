import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldsOf, splits } from '../../../src-main/evaluate/folds.ts';

const labels = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 7, maxLength: 80 });
const folds = fc.integer({ min: 2, max: 7 });

const countsOf = (values: ArrayLike<number>, count: number): number[] =>
  Array.from({ length: count }, (_, fold) => Array.from(values).filter((value) => value === fold).length);
const spread = (counts: number[]): number => Math.max(...counts) - Math.min(...counts);

describe('folds', () => {
  it('are of nearly equal size, and so is the share of every label', () => {
    fc.assert(
      fc.property(labels, folds, fc.integer(), (labelOf, count, seed) => {
        const foldOf = foldsOf(labelOf, count, seed);
        expect(spread(countsOf(foldOf, count))).toBeLessThanOrEqual(1);
        for (const label of labelOf) {
          const own = foldOf.filter((_, row) => labelOf[row] === label);
          expect(spread(countsOf(own, count))).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('are the same for the same seed, and mixed by another', () => {
    const labelOf = Array.from({ length: 60 }, (_, row) => row % 3);
    expect(foldsOf(labelOf, 5, 11)).toEqual(foldsOf(labelOf, 5, 11));
    expect(foldsOf(labelOf, 5, 11)).not.toEqual(foldsOf(labelOf, 5, 12));
  });

  it('hold each photo out once, and train on all others', () => {
    expect(splits([2, 0, 2, 1])).toEqual([
      { train: [0, 2, 3], held: [1] },
      { train: [0, 1, 2], held: [3] },
      { train: [1, 3], held: [0, 2] },
    ]);
  });

  it.each([
    ['a single fold', 1, 'invalid-arguments'],
    ['half a fold', 2.5, 'invalid-arguments'],
    ['more folds than photos', 5, 'not-enough-photos'],
  ])('cannot be made: %s', (_, count, code) => {
    expect(() => foldsOf([0, 0, 1, 1], count, 0)).toThrow(expect.objectContaining({ code }));
  });

  it('leave nothing to train on when there is one', () => {
    expect(() => splits([1, 1])).toThrow(expect.objectContaining({ code: 'not-enough-photos' }));
  });
});
