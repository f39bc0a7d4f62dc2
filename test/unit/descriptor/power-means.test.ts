import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gem, gemOfMap, powerMeanNodes, statisticsPerChannel } from '../../../src-main/descriptor/index.ts';

const channels = 400;
const positions = 192;

/** Maps as they come out of a rectifier: some channels dense, some nearly dead, all skewed. Always the same. */
function rectifiedMap(): Float32Array {
  let state = 2026;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 1) / (2 ** 32 + 1);
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const map = new Float32Array(channels * positions);
  for (let channel = 0; channel < channels; channel++) {
    const shift = 1.5 * normal();
    const size = Math.exp(normal());
    for (let i = 0; i < positions; i++) {
      map[channel * positions + i] = Math.min(6, size * Math.max(0, shift + 1.5 * normal()));
    }
  }
  return map;
}

function powerMeansOf(map: Float32Array): Float32Array {
  const statistics = new Float32Array(statisticsPerChannel * channels);
  [...powerMeanNodes, Infinity].forEach((p, row) =>
    statistics.set(gemOfMap(map, channels, positions, p), row * channels),
  );
  return statistics;
}

const map = rectifiedMap();
const statistics = powerMeansOf(map);

describe('pooling from power means', () => {
  it.each([...powerMeanNodes, Infinity])('is exact at p = %d', (p) => {
    expect(gem(statistics, channels, p)).toEqual(gemOfMap(map, channels, positions, p));
  });

  it.each([1.2, 1.5, 2.5, 3.5, 5, 8])('errs by less than 5e-4 in the median at p = %d', (p) => {
    const exact = gemOfMap(map, channels, positions, p);
    const errors = Array.from(gem(statistics, channels, p), (value, i) => Math.abs(value / exact[i] - 1));
    errors.sort((a, b) => a - b);
    expect(errors[channels / 2]).toBeLessThan(5e-4);
    expect(errors[Math.floor(0.99 * channels)]).toBeLessThan(0.03);
  });

  it('never decreases from node to node, whatever lies between', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 10, noNaN: true }), (p) => {
        const below = powerMeanNodes.findLast((node) => node <= p)!;
        const above = powerMeanNodes.find((node) => node >= p)!;
        const [low, pooled, high] = [below, p, above].map((exponent) => gem(statistics, channels, exponent));
        pooled.forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual(low[i]);
          expect(value).toBeLessThanOrEqual(high[i]);
        });
      }),
      { numRuns: 30 },
    );
  });

  it.each([0.99, 10.01, -3, NaN])('refuses p = %d', (p) => {
    expect(() => gem(statistics, channels, p)).toThrow(/p between 1 and 10/);
  });
});
