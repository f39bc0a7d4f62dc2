import { describe, expect, it } from 'vitest';
import {
  defaultRecipe,
  type Recipe,
  withoutModel,
  withSecondModel,
} from '../../../src-main/contract/index.ts';
import {
  decodeExtraction,
  encodeExtraction,
  extractionKey,
  extractionOf,
  modelsOfExtraction,
  placesIn,
  recipeKey,
} from '../../../src-main/descriptor/index.ts';

const own = {
  name: 'default',
  sha256: 'a'.repeat(64),
  size: null,
  taps: defaultRecipe.taps.map(({ name }, i) => ({ name, channels: 4 * (i + 1), stride: 8 })),
};
const second = {
  name: 'second',
  sha256: 'b'.repeat(64),
  size: null,
  // One of them is called as a tap of the first model is.
  taps: [
    { name: defaultRecipe.taps[0].name, channels: 6, stride: 8 },
    { name: 's16', channels: 8, stride: 16 },
  ],
};
const models = [own, second];
const both = withSecondModel(defaultRecipe, second);
const pyramid: Recipe = {
  ...defaultRecipe,
  taps: [
    { ...defaultRecipe.taps[0], pooling: { kind: 'pyramid', levels: [1, 2] } },
    ...defaultRecipe.taps.slice(1),
  ],
};

describe('the keys of a recipe with one model', () => {
  it.each([
    [
      'the default recipe',
      defaultRecipe,
      '216ff33e774f7f1d22db8467999ce87598f42c90798c97d46f067cd348b96b15',
      '2c9fef2ed1e943dfcd3538cbcc79aa45e70d8625e364bdbe428f8adb39cc3a7c',
    ],
    [
      'one with a pyramid',
      pyramid,
      '56406711f0fc54aea365f2f47c051bc7f0ed83a86a4e22ca366687cb45b71e01',
      'c9db0ea80f5777f2896abf11f05e112798d1381b6616c955651869b75e5780a2',
    ],
  ])('are what they were before there could be two: %s', (_, recipe, extraction, key) => {
    expect(extractionKey(extractionOf(recipe, own))).toBe(extraction);
    expect(extractionKey(extractionOf(recipe, models))).toBe(extraction);
    expect(recipeKey(recipe, own.sha256)).toBe(key);
    expect(recipeKey(recipe, own.sha256, models)).toBe(key);
  });

  it('are the same where each tap names the model that it would be of anyway', () => {
    const named = { ...defaultRecipe, taps: defaultRecipe.taps.map((tap) => ({ ...tap, model: 'default' })) };
    expect(extractionOf(named, own)).toEqual(extractionOf(defaultRecipe, own));
    expect(recipeKey(named, own.sha256)).toBe(recipeKey(defaultRecipe, own.sha256));
  });
});

describe('the keys of a recipe with two models', () => {
  const keysWith = (other: typeof second, recipe = both): string[] => [
    extractionKey(extractionOf(recipe, [own, other])),
    recipeKey(recipe, own.sha256, [own, other]),
  ];

  it('tell the second one by content, not by name', () => {
    const [extraction, key] = keysWith(second);
    const [otherExtraction, otherKey] = keysWith({ ...second, sha256: 'c'.repeat(64) });
    expect(otherExtraction).not.toBe(extraction);
    expect(otherKey).not.toBe(key);
    const renamed = withSecondModel(defaultRecipe, { ...second, name: 'renamed' });
    expect(keysWith({ ...second, name: 'renamed' }, renamed)).toEqual([extraction, key]);
  });

  it('cannot be had without it', () => {
    const missing = "'second' is not installed";
    expect(() => extractionOf(both, own)).toThrow(missing);
    expect(() => recipeKey(both, own.sha256)).toThrow(missing);
  });
});

describe('what two networks are asked for', () => {
  const whole = extractionOf(both, models);

  it('names each model, and tells taps of one name apart', () => {
    expect(modelsOfExtraction(whole)).toEqual([
      { name: 'default', sha256: own.sha256 },
      { name: 'second', sha256: second.sha256 },
    ]);
    expect(whole.taps.map(({ model, channels }) => [model?.name, channels])).toEqual([
      [undefined, 4],
      [undefined, 8],
      [undefined, 12],
      [undefined, 16],
      ['second', 6],
      ['second', 8],
    ]);
  });

  it('is stored and read again, and so is what was asked of one', () => {
    for (const extraction of [whole, extractionOf(defaultRecipe, own)]) {
      expect(decodeExtraction(encodeExtraction(extraction))).toEqual(extraction);
    }
  });

  it('covers each of the models alone, by its own taps', () => {
    expect(placesIn(whole, both)?.taps).toEqual([0, 1, 2, 3, 4, 5]);
    expect(placesIn(whole, defaultRecipe)?.taps).toEqual([0, 1, 2, 3]);
    const alone = withoutModel(both, 'default');
    expect(placesIn(whole, alone)?.taps).toEqual([4, 5]);
    expect(placesIn(extractionOf(defaultRecipe, own), both)).toBeNull();
  });
});
