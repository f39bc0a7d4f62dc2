import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  codeLength,
  decodeFirstCode,
  decodeStatistics,
  defaultLayout,
  encodeStatistics,
  gem,
  pooledByCode,
  type PowerMeanLayout,
  powerMeanNodes,
  randomFrom,
  statisticsPerChannel,
} from './statistics.ts';

const channels = 5;
const layout: PowerMeanLayout = {
  scales: 2,
  taps: [
    { name: 'a', channels, statistic: { kind: 'power-means' } },
    { name: 'a', channels, statistic: { kind: 'pyramid', levels: [1, 2] } },
  ],
};

/** Power means as maps give them: growing with p, by less and less. */
function powerMeans(random: () => number, count: number): Float32Array {
  const values = new Float32Array(statisticsPerChannel * count);
  for (let channel = 0; channel < count; channel++) {
    let logarithm = Math.log(1e-6) + 14 * random();
    for (let row = 0; row < statisticsPerChannel; row++) {
      values[row * count + channel] = Math.exp(logarithm);
      logarithm += (random() * 1.5) / (row + 1);
    }
  }
  return values;
}

function statisticsOf(seed: number): Float32Array {
  const random = randomFrom(seed);
  const parts = [0, 1].flatMap(() => [
    powerMeans(random, channels),
    Float32Array.from({ length: 5 * channels }, () => 4 * random() - 1),
  ]);
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

describe('the cache of a photo', () => {
  it('takes at most 40 KB by the default recipe', () => {
    expect(codeLength(defaultLayout)).toBeLessThanOrEqual(40 * 1024);
  });

  it('comes back within a few thousandths, power means and other statistics alike', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
        const values = statisticsOf(seed);
        const back = decodeStatistics(layout, encodeStatistics(layout, values));
        expect(back).toHaveLength(values.length);
        back.forEach((value, i) => {
          const allowed = Math.abs(values[i]) * 0.008 + 0.002;
          expect(Math.abs(value - values[i])).toBeLessThan(allowed);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('keeps power means in their order from node to node', () => {
    const back = decodeStatistics(layout, encodeStatistics(layout, statisticsOf(7)));
    for (let i = 0; i < (statisticsPerChannel - 1) * channels; i++) {
      expect(back[i + channels]).toBeGreaterThanOrEqual(back[i]);
    }
  });

  it('raises dead channels to the floor', () => {
    const back = decodeStatistics(layout, encodeStatistics(layout, new Float32Array(statisticsOf(1).length)));
    expect(back[0]).toBeCloseTo(1e-6, 9);
    expect(back.every(Number.isFinite)).toBe(true);
  });

  it.each([NaN, Infinity, -Infinity])('is refused when the model gave %d', (value) => {
    const values = statisticsOf(3);
    for (const place of [0, statisticsPerChannel * channels]) {
      const broken = values.slice();
      broken[place] = value;
      expect(() => encodeStatistics(layout, broken)).toThrow(
        expect.objectContaining({ code: 'model-failed' }),
      );
    }
  });

  it('may lie anywhere in memory', () => {
    const code = encodeStatistics(layout, statisticsOf(5));
    const shifted = new Uint8Array(code.length + 1);
    shifted.set(code, 1);
    expect(decodeStatistics(layout, shifted.subarray(1))).toEqual(decodeStatistics(layout, code));
  });

  it('is refused when it was cut, or is of another layout', () => {
    const code = encodeStatistics(layout, statisticsOf(5));
    const damaged = expect.objectContaining({ code: 'library-damaged' }) as Error;
    expect(() => decodeStatistics(layout, code.subarray(0, -1))).toThrow(damaged);
    expect(() => decodeStatistics(layout, new Uint8Array())).toThrow(damaged);
    expect(() => decodeStatistics({ ...layout, scales: 1 }, code)).toThrow(damaged);
    expect(() => encodeStatistics({ ...layout, scales: 1 }, statisticsOf(5))).toThrow(
      expect.objectContaining({ code: 'recipe-mismatch' }),
    );
  });

  it('of the first schema is read still, and refused when cut', () => {
    const half = Math.round(65_535 / 2);
    const [value] = decodeFirstCode(new Uint8Array(Uint16Array.of(half).buffer));
    expect(value).toBeCloseTo(1, 3);
    expect(() => decodeFirstCode(new Uint8Array(3))).toThrow(
      expect.objectContaining({ code: 'library-damaged' }),
    );
  });
});

describe('pooling from the cache', () => {
  const count = 200;
  const statistics = powerMeans(randomFrom(11), count);

  it.each([...powerMeanNodes, Infinity, 1.2, 2.5, 5, 8.5])(
    'agrees with pooling from numbers at p = %d',
    (p) => {
      const expected = gem(statistics, count, p);
      const pooled = pooledByCode(statistics, count, p);
      pooled.forEach((value, i) => expect(Math.abs(value / expected[i] - 1)).toBeLessThan(0.03));
    },
  );

  it('does not decrease with p', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 9.5, noNaN: true }), (p) => {
        const node = powerMeanNodes.find((each) => each >= p)!;
        const [low, high] = [pooledByCode(statistics, count, p), pooledByCode(statistics, count, node)];
        low.forEach((value, i) => expect(value).toBeLessThanOrEqual(high[i] * (1 + 1e-6)));
      }),
      { numRuns: 40 },
    );
  });

  it.each([0.9, 11, NaN])('refuses p = %d', (p) => {
    expect(() => pooledByCode(statistics, count, p)).toThrow(
      expect.objectContaining({ code: 'invalid-arguments' }),
    );
  });
});
