import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultRecipe, type Recipe } from '../../../src-main/contract/index.ts';
import {
  epsilonAt,
  farthest,
  obstacleTo,
  ownEpsilon,
  placeOf,
  placeWords,
} from '../../../src-renderer/searching/kind-thing.ts';

const own = ownEpsilon(defaultRecipe);
const ownStrengths = fc.oneof(
  fc.constantFrom(1e-6, 0.02, 10, 1000),
  fc.double({ min: 1e-6, max: 1000, noNaN: true }),
);

describe('Kind ↔ Thing', () => {
  it('stands for the recipe’s own strength in the middle, and for plain and nearly full whitening at its ends', () => {
    expect(own).toBe(0.02);
    expect(epsilonAt(0, own)).toBeNull();
    expect(epsilonAt(-farthest, own)).toBe(10);
    expect(epsilonAt(farthest, own)).toBe(1e-4);
    expect(placeOf(null, own)).toBe(0);
    expect(placeOf(0, own)).toBe(farthest);
    expect(placeOf(1000, own)).toBe(-farthest);
  });

  it('never whitens less towards the thing, whatever the recipe', () => {
    fc.assert(
      fc.property(ownStrengths, (strength) => {
        const places = Array.from({ length: 2 * farthest + 1 }, (_, i) => i - farthest);
        const epsilons = places.map((place) => epsilonAt(place, strength) ?? Number(strength.toPrecision(2)));
        for (let i = 1; i < epsilons.length; i++) expect(epsilons[i]).toBeLessThanOrEqual(epsilons[i - 1]);
        for (const epsilon of epsilons) expect(epsilon).toBeLessThanOrEqual(1000);
      }),
    );
  });

  it('finds the place of each strength that it gave', () => {
    for (let place = -farthest; place <= farthest; place++) {
      expect(placeOf(epsilonAt(place, own), own)).toBe(place);
    }
  });

  it('says what a strength asks for', () => {
    expect(placeWords(null, own)).toBe('As in the recipe');
    expect(placeWords(0.5, own)).toMatch(/^More of the same kind/);
    expect(placeWords(0.001, own)).toMatch(/^More of the very same thing/);
  });

  it('cannot be had where the recipe has no principal components, and says so', () => {
    const plain: Recipe = { ...defaultRecipe, reduction: { kind: 'none' } };
    expect(obstacleTo(defaultRecipe)).toBeNull();
    expect(obstacleTo(plain)).toMatch(/no principal components/);
    expect(obstacleTo(null)).not.toBeNull();
  });
});
