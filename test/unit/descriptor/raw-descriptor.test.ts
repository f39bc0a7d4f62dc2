import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultRecipe, type Recipe, type Tap } from '../../../src-main/contract/index.ts';
import {
  decodeStatistics,
  encodeStatistics,
  type Extraction,
  gem,
  l2Normalise,
  layoutOf,
  RawDescriber,
} from '../../../src-main/descriptor/index.ts';

const near = 3;
const far = 5;
const channels = near + far;
const extraction: Extraction = {
  model: 'default',
  modelSha256: 'a'.repeat(64),
  longerSide: 512,
  scales: [1, 0.5],
  taps: [
    { name: 'near', channels: near, statistic: { kind: 'power-means' } },
    { name: 'far', channels: far, statistic: { kind: 'power-means' } },
    { name: 'far', channels: far, statistic: { kind: 'pyramid', levels: [1, 2] } },
  ],
};
const tap = (name: string, pooling: Tap['pooling'], weight = 1): Tap => ({
  name,
  pooling,
  weight,
  normalise: true,
});
const recipe: Recipe = {
  ...defaultRecipe,
  scales: [1, 0.5],
  taps: [tap('near', { kind: 'gem', p: 5, learned: false }), tap('far', { kind: 'max' }, 0.5)],
};
const perScale = 7 * channels + far * 5;

/** Rising from statistic to statistic, as power means do. */
const values = Float32Array.from({ length: 2 * perScale }, (_, i) => 1 + i / 50 + Math.sin(i) / 200);
const code = encodeStatistics(layoutOf(extraction), values);
/** What is cached: a few thousandths from what was computed. */
const cached = decodeStatistics(layoutOf(extraction), code);

const describeBy = (changed: Partial<Recipe>): Float32Array =>
  new RawDescriber({ ...recipe, ...changed }, extraction).describe(code);

function scaleOf(at: number, weights = [1, 0.5]): Float32Array {
  const first = l2Normalise(gem(cached.subarray(at, at + 7 * near), near, 5));
  const second = l2Normalise(gem(cached.subarray(at + 7 * near, at + 7 * channels), far, Infinity));
  return Float32Array.of(
    ...first.map((value) => weights[0] * value),
    ...second.map((value) => weights[1] * value),
  );
}

function expectClose(descriptor: Float32Array, expected: ArrayLike<number>): void {
  expect(descriptor).toHaveLength(expected.length);
  descriptor.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5));
}

describe('the raw descriptor', () => {
  it('pools each tap, makes it unit, weighs it, joins the taps, and averages the scales', () => {
    const [large, small] = [l2Normalise(scaleOf(0)), l2Normalise(scaleOf(perScale))];
    expectClose(describeBy({}), l2Normalise(large.map((value, i) => (value + small[i]) / 2)));
  });

  it('takes scales and taps in the order of the recipe, and no others', () => {
    expectClose(describeBy({ scales: [0.5] }), l2Normalise(scaleOf(perScale)));
    const swapped = describeBy({ scales: [1], taps: [...recipe.taps].reverse() });
    const expected = l2Normalise(scaleOf(0));
    expectClose(swapped, [...expected.subarray(near), ...expected.subarray(0, near)]);
  });

  it('joins scales by their maximum, or by GeM between average and maximum', () => {
    const [large, small] = [l2Normalise(scaleOf(0)), l2Normalise(scaleOf(perScale))];
    const joined = (scales: Recipe['aggregation']['scales'], normalise: Recipe['aggregation']['normalise']) =>
      describeBy({ aggregation: { ...recipe.aggregation, scales, normalise } });
    expectClose(
      joined({ kind: 'max' }, 'each-scale'),
      l2Normalise(large.map((value, i) => Math.max(value, small[i]))),
    );
    const cubes = large.map((value, i) => Math.cbrt((value ** 3 + small[i] ** 3) / 2));
    expectClose(joined({ kind: 'gem', p: 3 }, 'each-scale'), l2Normalise(cubes));
  });

  it('leaves lengths as they are where the recipe says so', () => {
    const plain = describeBy({
      scales: [1],
      taps: recipe.taps.map((each) => ({ ...each, normalise: false, weight: 1 })),
      aggregation: { ...recipe.aggregation, normalise: 'none' },
    });
    expectClose(plain, [
      ...gem(cached.subarray(0, 7 * near), near, 5),
      ...gem(cached.subarray(7 * near, 7 * channels), far, Infinity),
    ]);
  });

  it.each(['mean', 'max'] as const)(
    'brings taps of different channels to a common dimension for their %s',
    (kind) => {
      const changed = { aggregation: { ...recipe.aggregation, taps: { kind, dimension: 6 } } };
      const descriptor = describeBy(changed);
      expect(descriptor).toHaveLength(6);
      expect(Math.hypot(...descriptor)).toBeCloseTo(1, 5);
      expect(describeBy(changed)).toEqual(descriptor);
    },
  );

  it('takes the cells of a spatial pyramid as they were pooled', () => {
    const cells = describeBy({ scales: [1], taps: [tap('far', { kind: 'pyramid', levels: [1, 2] })] });
    expectClose(cells, l2Normalise(cached.subarray(7 * channels, perScale)));
  });

  it('pools by a learned exponent in place of the recipe’s', () => {
    const learned = new RawDescriber(recipe, extraction, {
      exponents: new Map([[0, 2]]),
      attention: new Map(),
    });
    const said = describeBy({ taps: [tap('near', { kind: 'gem', p: 2, learned: true }), recipe.taps[1]] });
    expectClose(learned.describe(code), said);
  });

  it('does not depend on how strong a normalised tap answers', () => {
    const stronger = values.slice();
    for (const at of [0, perScale]) for (let i = at; i < at + 7 * near; i++) stronger[i] *= 100;
    const before = describeBy({});
    const after = new RawDescriber(recipe, extraction).describe(
      encodeStatistics(layoutOf(extraction), stronger),
    );
    after.forEach((value, i) => expect(value).toBeCloseTo(before[i], 3));
  });

  it('is finite for dead maps, by every pooling', () => {
    const dead = encodeStatistics(layoutOf(extraction), new Float32Array(values.length));
    const poolings: Tap['pooling'][] = [
      { kind: 'average' },
      { kind: 'max' },
      { kind: 'gem', p: 7.3, learned: false },
      { kind: 'pyramid', levels: [1, 2] },
    ];
    for (const pooling of poolings) {
      const descriptor = new RawDescriber({ ...recipe, taps: [tap('far', pooling)] }, extraction).describe(
        dead,
      );
      expect(descriptor.every(Number.isFinite)).toBe(true);
    }
  });

  it('has unit length whatever p', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 10, noNaN: true }), (p) => {
        const descriptor = describeBy({
          taps: [tap('near', { kind: 'gem', p, learned: false }), recipe.taps[1]],
        });
        expect(Math.hypot(...descriptor)).toBeCloseTo(1, 5);
      }),
    );
  });

  it('refuses a recipe that the cache does not cover, and a photo of another layout', () => {
    const mismatch = expect.objectContaining({ code: 'recipe-mismatch' }) as Error;
    expect(() => new RawDescriber({ ...recipe, scales: [2] }, extraction)).toThrow(mismatch);
    expect(() => describeBy({ taps: [tap('elsewhere', { kind: 'max' })] })).toThrow(mismatch);
    expect(() => new RawDescriber(recipe, extraction).describe(code.subarray(4))).toThrow(
      expect.objectContaining({ code: 'library-damaged' }),
    );
  });
});
