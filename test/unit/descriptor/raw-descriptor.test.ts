import { describe, expect, it } from 'vitest';
import { defaultRecipe, type Recipe } from '../../../src-main/contract/index.ts';
import {
  gem,
  l2Normalise,
  type PowerMeanLayout,
  rawDescriptor,
  statisticsPerChannel,
} from '../../../src-main/descriptor/index.ts';

const layout: PowerMeanLayout = {
  scales: 2,
  taps: [
    { name: 'near', channels: 3 },
    { name: 'far', channels: 5 },
  ],
};
const recipe: Recipe = {
  ...defaultRecipe,
  scales: [1, 0.5],
  taps: [
    { name: 'near', p: 5, weight: 1 },
    { name: 'far', p: 'max', weight: 0.5 },
  ],
};
const channels = 8;
/** Rising from statistic to statistic, as power means do. */
const values = Float32Array.from(
  { length: layout.scales * statisticsPerChannel * channels },
  (_, i) => 1 + i / 50 + Math.sin(i) / 200,
);

describe('the raw descriptor', () => {
  it('pools each tap, makes it unit, weighs it, joins the taps, and averages the scales', () => {
    const scale = (at: number): Float32Array => {
      const near = values.subarray(at, at + 7 * 3);
      const far = values.subarray(at + 7 * 3, at + 7 * channels);
      return l2Normalise(
        Float32Array.of(
          ...l2Normalise(gem(near, 3, 5)),
          ...l2Normalise(gem(far, 5, Infinity)).map((value) => 0.5 * value),
        ),
      );
    };
    const [large, small] = [scale(0), scale(7 * channels)];
    const expected = l2Normalise(large.map((value, i) => (value + small[i]) / 2));
    const descriptor = rawDescriptor(recipe, layout, values);
    expect(descriptor).toHaveLength(channels);
    descriptor.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 6));
  });

  it('does not depend on how strong a tap answers', () => {
    const stronger = values.slice();
    for (const at of [0, 7 * channels]) {
      for (let i = at; i < at + 7 * 3; i++) stronger[i] *= 100;
    }
    const before = rawDescriptor(recipe, layout, values);
    rawDescriptor(recipe, layout, stronger).forEach((value, i) => expect(value).toBeCloseTo(before[i], 5));
  });

  it.each([
    ['of another length', layout, values.subarray(1)],
    ['of another number of scales', { ...layout, scales: 1 }, values.subarray(0, values.length / 2)],
    ['of fewer taps', { ...layout, taps: [{ name: 'near', channels }] }, values],
  ])('refuses power means %s', (_, otherLayout, otherValues) => {
    expect(() => rawDescriptor(recipe, otherLayout, otherValues)).toThrow(
      expect.objectContaining({ code: 'recipe-mismatch' }),
    );
  });
});
