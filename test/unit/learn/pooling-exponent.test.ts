import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  gem,
  plainProduct,
  powerMeanNodes,
  statisticsPerChannel,
} from '../../../src-main/descriptor/index.ts';
import { gemWithSlope, interpolationAt } from '../../../src-main/learn/gem-derivative.ts';
import {
  type NodeTable,
  poolingLoss,
  trainPoolingExponents,
} from '../../../src-main/learn/pooling-exponent.ts';
import { gradientError, groupsOf, normals } from './planted.ts';

const nodes = powerMeanNodes.length;
const channels = 6;

/** Logarithms that rise from node to node, faster in some channels, as those of GeM do. */
function risingLogs(seed: number, count = channels): Float32Array {
  const rises = normals(seed, nodes * count);
  const logs = new Float32Array(nodes * count);
  for (let channel = 0; channel < count; channel++) {
    let log = rises[channel];
    for (let node = 0; node < nodes; node++) {
      if (node > 0) log += 0.1 * Math.abs(rises[node * count + channel]) + 0.05;
      logs[node * count + channel] = log;
    }
  }
  return logs;
}

function pooled(logs: Float32Array, p: number): { values: Float64Array; slopes: Float64Array } {
  const [values, slopes] = [new Float64Array(channels), new Float64Array(channels)];
  gemWithSlope(interpolationAt(Math.log(p)), logs, values, slopes);
  return { values, slopes };
}

const exponent = fc.double({ min: 1, max: 10, noNaN: true });

describe('GeM with its slope', () => {
  it('is GeM', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.oneof(exponent, fc.constantFrom(...powerMeanNodes)),
        (seed, p) => {
          const logs = risingLogs(seed);
          const statistics = new Float32Array(statisticsPerChannel * channels);
          statistics.set(logs.map((log) => Math.exp(log)));
          const expected = gem(statistics, channels, p);
          pooled(logs, p).values.forEach((value, i) => expect(value / expected[i]).toBeCloseTo(1, 5));
        },
      ),
    );
  });

  it('has the slope that differences give, and none where a neighbouring node bounds it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), exponent, (seed, p) => {
        // Differences across a node mix the bounds of two intervals; those across the point where a bound begins
        // to hold mix two slopes, which is why the seed is fixed.
        fc.pre(powerMeanNodes.every((node) => Math.abs(node - p) > 1e-3));
        const logs = risingLogs(seed);
        const step = 1e-6;
        const above = pooled(logs, p * Math.exp(step)).values;
        const below = pooled(logs, p * Math.exp(-step)).values;
        pooled(logs, p).slopes.forEach((slope, i) =>
          expect((above[i] - below[i]) / (2 * step)).toBeCloseTo(slope, 4),
        );
      }),
      { seed: 1 },
    );
  });

  it('has a slope at a node, where nothing bounds it', () => {
    for (const p of powerMeanNodes) expect(Math.max(...pooled(risingLogs(3), p).slopes)).toBeGreaterThan(0);
  });
});

describe('the loss of pooling exponents', () => {
  it('has the gradient that differences give, over taps and scales', async () => {
    const taps = [
      { channels: 6, weight: 1, normalise: true },
      { channels: 4, weight: 0.5, normalise: true },
      { channels: 5, weight: 2, normalise: false },
    ];
    const photo = fc.record({
      seed: fc.integer({ min: 1, max: 1e6 }),
      p: fc.tuple(exponent, exponent, exponent),
    });
    await fc.assert(
      fc.asyncProperty(photo, async ({ seed, p }) => {
        fc.pre(p.every((own) => powerMeanNodes.every((node) => Math.abs(node - own) > 1e-3)));
        const parts: number[] = [];
        for (let row = 0; row < 8; row++) {
          for (let scale = 0; scale < 2; scale++) {
            for (const [i, tap] of taps.entries()) {
              parts.push(...risingLogs(seed + 100 * row + 10 * scale + i, tap.channels));
            }
          }
        }
        const table = { rows: 8, scales: 2, taps, logs: Float32Array.from(parts) };
        const logExponents = Float64Array.from(p, Math.log);
        const at = () =>
          poolingLoss(logExponents, table, [1, 3, 0, 6, 5, 7], groupsOf(3, 2), 0.3, plainProduct);
        const { gradient } = await at();
        const error = await gradientError(logExponents, gradient, async () => (await at()).loss);
        expect(error).toBeLessThan(1e-4);
      }),
      { numRuns: 30, seed: 1 },
    );
  });
});

describe('learned pooling exponents', () => {
  const groups = groupsOf(12, 4);

  /**
   * Photos of one tap whose channels are those of their group at the planted p. Away from it, each channel of each
   * photo rises at a rate of its own.
   */
  function tableAround(planted: number, taps = 1): NodeTable {
    const signatures = normals(1, 12 * channels);
    const rises = normals(2, groups.length * taps * channels);
    const logs = groups.flatMap((group, row) =>
      Array.from({ length: taps }, (_, tap) =>
        powerMeanNodes.flatMap((node) =>
          Array.from({ length: channels }, (__, channel) => {
            const rise = Math.max(0.01, 1 + 0.5 * rises[(row * taps + tap) * channels + channel]);
            return 0.3 * signatures[group * channels + channel] + rise * Math.log(node / planted);
          }),
        ),
      ).flat(),
    );
    const tap = { channels, weight: 1, normalise: true };
    return {
      rows: groups.length,
      scales: 1,
      taps: Array.from({ length: taps }, () => tap),
      logs: Float32Array.from(logs),
    };
  }

  it.each([
    [2.5, 1],
    [2.5, 10],
    [4, 1],
    [7, 3],
    [1, 3],
    [10, 3],
  ])('move to a planted p of %d from %d', async (planted, from) => {
    const options = { start: [from], seed: 1, epochs: 60 };
    const { fitted } = await trainPoolingExponents(tableAround(planted), groups, plainProduct, options);
    expect(fitted.p[0] / planted).toBeGreaterThan(0.85);
    expect(fitted.p[0] / planted).toBeLessThan(1.15);
    expect(fitted.p[0]).toBeGreaterThanOrEqual(1);
    expect(fitted.p[0]).toBeLessThanOrEqual(10);
  });

  it('leave the p of a tap alone that is not to be learned', async () => {
    const options = { start: [3, 3], learned: [false, true], seed: 1, epochs: 20 };
    const { fitted } = await trainPoolingExponents(tableAround(6, 2), groups, plainProduct, options);
    expect(fitted.p[0]).toBeCloseTo(3, 12);
    expect(fitted.p[1]).toBeGreaterThan(4);
  });

  it('are the same for a seed, to the bit', async () => {
    const fit = () =>
      trainPoolingExponents(tableAround(4), groups, plainProduct, { start: [2], seed: 5, epochs: 3 });
    expect(await fit()).toEqual(await fit());
  });

  it.each([
    ['a start out of range', { start: [0.5] }],
    ['another number of taps', { start: [3, 3] }],
  ])('refuse %s', async (_, settings) => {
    const training = trainPoolingExponents(tableAround(4), groups, plainProduct, {
      ...settings,
      seed: 1,
      epochs: 1,
    });
    await expect(training).rejects.toMatchObject({ code: 'invalid-arguments' });
  });
});
