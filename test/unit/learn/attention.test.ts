import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attentionOfMap,
  attentionOfPositions,
  plainProduct,
  rowsOf,
  type Values,
} from '../../../src-main/descriptor/index.ts';
import {
  attentionLoss,
  type AttentionParameters,
  type FeatureMap,
  trainAttention,
} from '../../../src-main/learn/attention.ts';
import { centred } from '../../../src-main/learn/centring.ts';
import { contrastiveLoss } from '../../../src-main/learn/contrastive-loss.ts';
import { toUnitLength } from '../../../src-main/learn/unit-length.ts';
import { gradientError, groupsOf, nearestIsMate, normals } from './planted.ts';

function parametersOf(seed: number, hidden: number, channels: number): AttentionParameters<Float64Array> {
  return {
    w1: { rows: hidden, columns: channels, values: normals(seed, hidden * channels) },
    b1: normals(seed + 1, hidden),
    w2: normals(seed + 2, hidden),
  };
}

/** Maps of different sizes. */
function mapsOf(seed: number, count: number, channels: number): FeatureMap<Float64Array>[] {
  return Array.from({ length: count }, (_, i) => {
    const positions = 3 + (i % 3);
    return { data: normals(seed + i, channels * positions), positions };
  });
}

const single = (values: Values): Float32Array => Float32Array.from(values);

describe('the loss of attention', () => {
  it('has the gradient that differences give, for both layers and their bias', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), async (seed) => {
        const parameters = parametersOf(seed, 3, 4);
        const maps = mapsOf(seed + 10, 6, 4);
        const at = () => attentionLoss(parameters, maps, groupsOf(3, 2), 0.5, plainProduct);
        const { gradient } = await at();
        const loss = async () => (await at()).loss;
        const errors = [
          await gradientError(parameters.w1.values, gradient.w1.values, loss),
          await gradientError(parameters.b1, gradient.b1, loss),
          await gradientError(parameters.w2, gradient.w2, loss),
        ];
        expect(Math.max(...errors)).toBeLessThan(1e-3);
      }),
      // Fixed, because a difference across the corner of a rectifier mixes two slopes: rare, but real.
      { numRuns: 30, seed: 1 },
    );
  });

  it('is that of the pooling which extraction applies', async () => {
    const [hidden, channels] = [3, 4];
    const parameters = parametersOf(1, hidden, channels);
    const maps = mapsOf(2, 6, channels);
    const weights = {
      hidden,
      channels,
      w1: single(parameters.w1.values),
      b1: single(parameters.b1),
      w2: single(parameters.w2),
      b2: 0,
    };
    const pooled = maps.map(({ data, positions }) =>
      attentionOfMap(single(data), channels, positions, weights),
    );
    const { unit } = toUnitLength(centred(rowsOf(pooled)));
    const expected = await contrastiveLoss(unit, groupsOf(3, 2), 0.5, plainProduct);
    const { loss } = await attentionLoss(parameters, maps, groupsOf(3, 2), 0.5, plainProduct);
    expect(loss).toBeCloseTo(expected.loss, 4);
  });
});

describe('learned attention', () => {
  const channels = 8;
  const positions = 9;
  const groups = groupsOf(12, 4);
  const options = { channels, hidden: 6, seed: 1, epochs: 300 };

  /** Maps of clutter, but for one position that shows the group and is marked by the last channel. */
  const maps: FeatureMap[] = groups.map((group, row) => {
    const clutter = normals(50 + row, channels * positions);
    const signature = normals(500 + group, channels);
    const marked = row % positions;
    const data = Float32Array.from(clutter, (value, i) => {
      const [channel, position] = [Math.floor(i / positions), i % positions];
      if (channel === channels - 1) return position === marked ? 3 : 0;
      return position === marked ? signature[channel] : 1.5 * value;
    });
    return { data, positions };
  });
  const pool = (weights: Parameters<typeof attentionOfMap>[3]) =>
    rowsOf(maps.map(({ data }) => attentionOfMap(data, channels, positions, weights)));

  it('looks at the positions that tell groups apart', async () => {
    const { fitted } = await trainAttention(maps, groups, plainProduct, options);
    const looks = maps.map(({ data }) => attentionOfPositions(data, channels, positions, fitted));
    const atMarked = looks.map((look, row) => look[row % positions]);
    expect(atMarked.reduce((sum, share) => sum + share / maps.length, 0)).toBeGreaterThan(0.5);
    expect(nearestIsMate(pool(fitted), groups)).toBeGreaterThan(0.9);
  });

  it('starts as average pooling', async () => {
    const heldOut = { evaluate: () => Promise.resolve(0) };
    const { fitted } = await trainAttention(maps, groups, plainProduct, { ...options, epochs: 1, heldOut });
    const look = attentionOfPositions(maps[0].data, channels, positions, fitted);
    look.forEach((share) => expect(share).toBeCloseTo(1 / positions, 12));
    expect(nearestIsMate(pool(fitted), groups)).toBeLessThan(0.5);
  });

  it('is the same for a seed, to the bit', async () => {
    const fit = () => trainAttention(maps, groups, plainProduct, { ...options, epochs: 2 });
    expect(await fit()).toEqual(await fit());
  });

  it.each([
    ['maps of other channels', { channels: 7 }, maps],
    ['fewer maps than groups', {}, maps.slice(1)],
    ['no hidden channel', { hidden: 0 }, maps],
  ])('refuses %s', async (_, settings, given) => {
    await expect(
      trainAttention(given, groups, plainProduct, { ...options, ...settings }),
    ).rejects.toMatchObject({ code: 'invalid-arguments' });
  });
});
