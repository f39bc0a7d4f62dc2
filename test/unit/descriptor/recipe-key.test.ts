import { describe, expect, it } from 'vitest';
import { defaultRecipe, type Recipe, type Tap } from '../../../src-main/contract/index.ts';
import {
  type AttentionWeights,
  type Extraction,
  extractionKey,
  extractionOf,
  placesIn,
  recipeKey,
} from '../../../src-main/descriptor/index.ts';

const model = {
  name: 'default',
  sha256: 'a'.repeat(64),
  taps: defaultRecipe.taps.map(({ name }, i) => ({ name, channels: 4 * (i + 1), stride: 4 })),
};
const [first, ...others] = defaultRecipe.taps;
const keyOf = (recipe: Recipe, of = model): string => extractionKey(extractionOf(recipe, of));

const withTap = (change: Partial<Tap>): Recipe => ({
  ...defaultRecipe,
  taps: [{ ...first, ...change }, ...others],
});
const { reduction } = defaultRecipe;
const pca = (change: object): Recipe => ({
  ...defaultRecipe,
  reduction: { ...reduction, ...change },
});

const fromCache: [string, Recipe][] = [
  ['p', withTap({ pooling: { kind: 'gem', p: 4, learned: false } })],
  ['average pooling', withTap({ pooling: { kind: 'average' } })],
  ['max pooling', withTap({ pooling: { kind: 'max' } })],
  ['a weight', withTap({ weight: 0.5 })],
  [
    'how scales are joined',
    { ...defaultRecipe, aggregation: { ...defaultRecipe.aggregation, scales: { kind: 'max' } } },
  ],
  ['the selection', { ...defaultRecipe, selection: { kind: 'variance', threshold: 0.1 } }],
  ['a normalisation', { ...defaultRecipe, normalisation: [{ kind: 'power', exponent: 0.5 }] }],
  ['the dimension', pca({ dimension: 128 })],
  ['the whitening', pca({ whitening: { kind: 'none' } })],
  ['no reduction', { ...defaultRecipe, reduction: { kind: 'none' } }],
];

const fromPixels: [string, Recipe][] = [
  ['the size', { ...defaultRecipe, longerSide: 384 }],
  ['the scales', { ...defaultRecipe, scales: [1] }],
  ['the taps', { ...defaultRecipe, taps: others }],
  ['a spatial pyramid', withTap({ pooling: { kind: 'pyramid', levels: [1, 2] } })],
];

const weights: AttentionWeights = {
  hidden: 1,
  channels: 4,
  w1: Float32Array.of(1, 2, 3, 4),
  b1: Float32Array.of(0),
  w2: Float32Array.of(1),
  b2: 0,
};

describe('the keys of a recipe', () => {
  it('are SHA-256 sums that do not depend on the order in which a recipe was written', () => {
    const { taps, ...rest } = defaultRecipe;
    const reordered = { taps, ...rest } as Recipe;
    expect(recipeKey(reordered, model.sha256)).toBe(recipeKey(defaultRecipe, model.sha256));
    expect(recipeKey(defaultRecipe, model.sha256)).toMatch(/^[0-9a-f]{64}$/);
    expect(keyOf(defaultRecipe)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each(fromCache)('ask for no new extraction when %s changes, but for new descriptors', (_, recipe) => {
    expect(keyOf(recipe)).toBe(keyOf(defaultRecipe));
    expect(recipeKey(recipe, model.sha256)).not.toBe(recipeKey(defaultRecipe, model.sha256));
  });

  it.each(fromPixels)('ask for a new extraction when %s change', (_, recipe) => {
    expect(keyOf(recipe)).not.toBe(keyOf(defaultRecipe));
    expect(recipeKey(recipe, model.sha256)).not.toBe(recipeKey(defaultRecipe, model.sha256));
  });

  it('tell models apart by content, not by name', () => {
    const other = { ...model, sha256: 'b'.repeat(64) };
    expect(keyOf(defaultRecipe, other)).not.toBe(keyOf(defaultRecipe));
    const renamed = { ...defaultRecipe, model: 'renamed' };
    expect(recipeKey(renamed, model.sha256)).toBe(recipeKey(defaultRecipe, model.sha256));
  });

  it('tell attention apart by its weights', () => {
    const recipe = withTap({ pooling: { kind: 'attention', hidden: 1 } });
    const learned = (b2: number) =>
      extractionKey(extractionOf(recipe, model, new Map([[0, { ...weights, b2 }]])));
    expect(learned(0)).toBe(learned(0));
    expect(learned(0)).not.toBe(learned(1));
  });
});

describe('what the network is asked for', () => {
  const whole = extractionOf(defaultRecipe, model);
  const covers = (extraction: Extraction, recipe: Recipe): boolean => placesIn(extraction, recipe) !== null;

  it('covers recipes with fewer taps and scales, in any order', () => {
    const less = { ...defaultRecipe, taps: [others[1], first], scales: [0.5] };
    expect(placesIn(whole, less)).toEqual({ scales: [2], taps: [2, 0] });
  });

  it('covers no recipe of another size, model, scale or tap, and none that needs positions', () => {
    expect(covers(whole, { ...defaultRecipe, longerSide: 600 })).toBe(false);
    expect(covers(whole, { ...defaultRecipe, model: 'other' })).toBe(false);
    expect(covers(whole, { ...defaultRecipe, scales: [0.9] })).toBe(false);
    expect(covers(whole, withTap({ name: 'elsewhere' }))).toBe(false);
    expect(covers(whole, withTap({ pooling: { kind: 'pyramid', levels: [1, 2] } }))).toBe(false);
    expect(covers(whole, withTap({ pooling: { kind: 'attention', hidden: 4 } }))).toBe(false);
  });

  it('names a tap once however often the recipe has it, and fails for one that the model lacks', () => {
    const twice = { ...defaultRecipe, taps: [first, { ...first, pooling: { kind: 'max' as const } }] };
    expect(extractionOf(twice, model).taps).toHaveLength(1);
    expect(() => extractionOf(withTap({ name: 'elsewhere' }), model)).toThrow(
      expect.objectContaining({ code: 'model-invalid' }),
    );
  });

  it('has the average beside learned attention, which is judged against it', () => {
    const recipe = withTap({ pooling: { kind: 'attention', hidden: 1 } });
    const { taps } = extractionOf(recipe, model, new Map([[0, weights]]));
    expect(taps.slice(0, 2).map(({ name, statistic }) => [name, statistic.kind])).toEqual([
      [first.name, 'power-means'],
      [first.name, 'attention'],
    ]);
    expect(() => extractionOf(recipe, model)).toThrow(expect.objectContaining({ code: 'recipe-mismatch' }));
  });
});
