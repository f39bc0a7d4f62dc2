import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  defaultRecipe,
  modelNames,
  recipeSchema,
  withModel,
  withoutModel,
  withSecondModel,
  withTaps,
} from '../../src-main/contract/index.ts';

const named = (...taps: [string, number][]) => taps.map(([name, stride]) => ({ name, stride, channels: 64 }));

describe('a recipe with another model', () => {
  it('has the usual taps of that model, even where they are called as before', () => {
    const first = withModel(defaultRecipe, {
      name: 'a',
      size: null,
      eightBit: null,
      taps: named(['s4', 4], ['s8', 8]),
    });
    const second = withModel(first, {
      name: 'b',
      size: null,
      eightBit: null,
      taps: named(['s4', 4], ['s8', 8], ['s16', 16], ['s32', 32]),
    });
    expect(first.taps.map(({ name }) => name)).toEqual(['s8']);
    expect(second.taps.map(({ name }) => name)).toEqual(['s8', 's16', 's32']);
    expect(second).toMatchObject({ longerSide: 512, scales: defaultRecipe.scales });
  });

  it('begins with the taps that are recommended for it, as far as it has them', () => {
    const taps = named(['s8', 8], ['s16', 16], ['s32', 32]);
    const withTaps = (...usualTaps: string[]) =>
      withModel(defaultRecipe, { name: 'a', size: null, eightBit: null, taps, usualTaps }).taps.map(
        ({ name }) => name,
      );
    expect(withTaps('s16', 's32')).toEqual(['s16', 's32']);
    expect(withTaps('s32', 's64')).toEqual(['s32']);
    expect(withTaps('s64')).toEqual(['s8', 's16', 's32']);
  });

  it('has one scale of the size that the model takes, and the usual ones again with the next', () => {
    const taps = named(['tokens', 14], ['class', 0]);
    const fixed = withModel(defaultRecipe, {
      name: 'clip',
      size: { width: 224, height: 224 },
      eightBit: null,
      taps,
    });
    expect(fixed).toMatchObject({ longerSide: 224, scales: [1] });
    expect(fixed.taps.map(({ name }) => name)).toEqual(['tokens', 'class']);
    expect(withModel(fixed, { name: 'default', size: null, eightBit: null, taps })).toEqual(defaultRecipe);
  });

  it('is the same where the model is the same', () => {
    expect(withModel(defaultRecipe, { name: 'default', size: null, eightBit: null, taps: [] })).toBe(
      defaultRecipe,
    );
  });

  it('keeps its second model, which counts for as much as before', () => {
    const facts = (name: string, ...taps: [string, number][]) => ({
      name,
      size: null,
      eightBit: null,
      taps: named(...taps),
    });
    const joined = withSecondModel(defaultRecipe, facts('second', ['a', 16]));
    const changed = withModel(joined, facts('third', ['b', 16]));
    expect(modelNames(changed)).toEqual(['third', 'second']);
    expect(changed.taps.map(({ name, weight }) => [name, weight])).toEqual([
      ['b', 1],
      ['a', 1],
    ]);
    const swapped = withModel(joined, facts('second', ['a', 16]));
    expect(modelNames(swapped)).toEqual(['second']);
  });

  it('keeps all else with the eight-bit copy of its model, and with the model again', () => {
    const taps = named(...defaultRecipe.taps.map(({ name }): [string, number] => [name, 16]), ['other', 32]);
    const eightBit = { of: 'default', ofSha256: '', agreement: { mean: 1, least: 1 }, gain: 2 };
    const tuned = { ...defaultRecipe, scales: [0.5], longerSide: 300 };
    const copied = withModel(tuned, { name: 'default-8bit', size: null, eightBit, taps });
    expect(copied).toEqual({ ...tuned, model: 'default-8bit' });
    expect(withModel(copied, { name: 'default', size: null, eightBit: null, taps })).toEqual(tuned);
  });

  it("has the default's own taps with the copy of the default, whatever was before", () => {
    const eightBit = { of: 'default', ofSha256: '', agreement: { mean: 1, least: 1 }, gain: 2 };
    const other = withModel(defaultRecipe, { name: 'a', size: null, eightBit: null, taps: named(['s8', 8]) });
    const copied = withModel(other, { name: 'default-8bit', size: null, eightBit, taps: named(['x', 8]) });
    expect(copied.taps).toEqual(defaultRecipe.taps);
  });
});

describe('a recipe with two models', () => {
  const second = { name: 'b', size: null, taps: named(['s4', 4], ['s8', 8], ['s16', 16], ['s32', 32]) };
  const fixed = {
    name: 'clip',
    size: { width: 224, height: 224 },
    taps: named(['tokens', 14], ['class', 0]),
  };
  const energy = (recipe: typeof defaultRecipe, model: string | undefined): number =>
    recipe.taps.filter((tap) => tap.model === model).reduce((sum, { weight }) => sum + weight ** 2, 0);

  it('has the usual taps of both, with weights by which they count alike', () => {
    const both = withSecondModel(defaultRecipe, second);
    expect(modelNames(both)).toEqual(['default', 'b']);
    expect(both.taps.slice(0, 4)).toEqual(defaultRecipe.taps);
    expect(both.taps.slice(4).map(({ name }) => name)).toEqual(['s8', 's16', 's32']);
    expect(both.taps[4].weight).toBeCloseTo(Math.sqrt(4 / 3));
    expect(energy(both, 'b')).toBeCloseTo(energy(both, undefined));
    expect(v.parse(recipeSchema, both)).toEqual(both);
    const weighted = { ...defaultRecipe, taps: defaultRecipe.taps.map((tap) => ({ ...tap, weight: 2 })) };
    expect(energy(withSecondModel(weighted, second), 'b')).toBeCloseTo(16);
    const silent = { ...defaultRecipe, taps: defaultRecipe.taps.map((tap) => ({ ...tap, weight: 0 })) };
    expect(withSecondModel(silent, second).taps[4].weight).toBe(1);
  });

  it('is the one from before when the second is taken away again', () => {
    expect(withoutModel(withSecondModel(defaultRecipe, second), 'b')).toEqual(defaultRecipe);
    expect(withSecondModel(defaultRecipe, { ...second, name: 'default' })).toBe(defaultRecipe);
    expect(withoutModel(defaultRecipe, 'default')).toBe(defaultRecipe);
    expect(withoutModel(defaultRecipe, 'b')).toBe(defaultRecipe);
  });

  it('is of the second alone when the first is taken away, by its model or by its last tap', () => {
    const both = withSecondModel(defaultRecipe, second);
    const left = withoutModel(both, 'default');
    expect(left.model).toBe('b');
    expect(left.taps).toEqual(withModel(defaultRecipe, second).taps);
    expect(withTaps(both, both.taps.slice(4))).toEqual(left);
  });

  it('keeps sizes that any model takes beside one that takes one only, and that one size once it is alone', () => {
    const both = withSecondModel(defaultRecipe, fixed);
    expect(both).toMatchObject({ longerSide: 512, scales: defaultRecipe.scales });
    const models = [{ name: 'default', size: null }, fixed];
    expect(withoutModel(both, 'default', models)).toMatchObject({ longerSide: 224, scales: [1] });
    const turned = withSecondModel(withModel(defaultRecipe, fixed), second);
    expect(turned).toMatchObject({ longerSide: 512, scales: defaultRecipe.scales });
    expect(withoutModel(turned, 'b', models)).toEqual(withModel(defaultRecipe, fixed));
  });

  it('has no more taps than a recipe may have: the deepest of the second', () => {
    const full = (count: number) => ({
      ...defaultRecipe,
      taps: Array.from({ length: count }, () => defaultRecipe.taps[0]),
    });
    expect(
      withSecondModel(full(15), second)
        .taps.slice(15)
        .map(({ name }) => name),
    ).toEqual(['s32']);
    expect(withSecondModel(full(16), second).taps).toHaveLength(16);
  });
});
