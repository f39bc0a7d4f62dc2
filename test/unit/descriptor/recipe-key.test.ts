import { describe, expect, it } from 'vitest';
import { defaultRecipe, type Recipe } from '../../../src-main/contract/index.ts';
import { extractionKey, recipeKey } from '../../../src-main/descriptor/index.ts';

const model = 'a'.repeat(64);
const [first, ...others] = defaultRecipe.taps;

const pooledOtherwise: [string, Recipe][] = [
  ['p', { ...defaultRecipe, taps: [{ ...first, p: 4 }, ...others] }],
  ['max pooling', { ...defaultRecipe, taps: [{ ...first, p: 'max' }, ...others] }],
  ['a weight', { ...defaultRecipe, taps: [{ ...first, weight: 0.5 }, ...others] }],
  ['the dimension', { ...defaultRecipe, reduction: { kind: 'pca', dimension: 128, whitening: 0.02 } }],
  ['the whitening', { ...defaultRecipe, reduction: { kind: 'pca', dimension: 256, whitening: null } }],
  ['no reduction', { ...defaultRecipe, reduction: { kind: 'none' } }],
];

const extractedOtherwise: [string, Recipe][] = [
  ['the size', { ...defaultRecipe, longerSide: 384 }],
  ['the scales', { ...defaultRecipe, scales: [1] }],
  ['the taps', { ...defaultRecipe, taps: others }],
];

describe('the keys of a recipe', () => {
  it('are SHA-256 sums that do not depend on the order in which a recipe was written', () => {
    const { reduction, taps, ...rest } = defaultRecipe;
    const reordered = { taps, reduction, ...rest } as Recipe;
    expect(recipeKey(reordered, model)).toBe(recipeKey(defaultRecipe, model));
    expect(recipeKey(defaultRecipe, model)).toMatch(/^[0-9a-f]{64}$/);
    expect(extractionKey(defaultRecipe, model)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each(pooledOtherwise)(
    'ask for no new extraction when %s changes, but for new descriptors',
    (_, recipe) => {
      expect(extractionKey(recipe, model)).toBe(extractionKey(defaultRecipe, model));
      expect(recipeKey(recipe, model)).not.toBe(recipeKey(defaultRecipe, model));
    },
  );

  it.each(extractedOtherwise)('ask for a new extraction when %s change', (_, recipe) => {
    expect(extractionKey(recipe, model)).not.toBe(extractionKey(defaultRecipe, model));
    expect(recipeKey(recipe, model)).not.toBe(recipeKey(defaultRecipe, model));
  });

  it('tell models apart by content, not by name', () => {
    expect(extractionKey(defaultRecipe, 'b'.repeat(64))).not.toBe(extractionKey(defaultRecipe, model));
    expect(recipeKey({ ...defaultRecipe, model: 'renamed' }, model)).toBe(recipeKey(defaultRecipe, model));
  });
});
