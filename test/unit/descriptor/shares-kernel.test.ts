import fc from 'fast-check';
import { expect, it } from 'vitest';
import { activationFloor } from '../../../src-main/descriptor/power-means.ts';
import { sharesByKernel } from '../../../src-main/descriptor/shares-kernel.ts';

const cases = fc
  .record({
    positions: fc.integer({ min: 1, max: 70 }),
    channels: fc.integer({ min: 1, max: 4 }),
    p: fc.integer({ min: 1, max: 5 }),
  })
  .chain(({ positions, channels, p }) =>
    fc.record({
      positions: fc.constant(positions),
      p: fc.constant(p),
      map: fc.array(fc.float({ min: -2, max: 6, noNaN: true }), {
        minLength: positions * channels,
        maxLength: positions * channels,
      }),
      contributions: fc.array(fc.double({ min: -3, max: 3, noNaN: true }), {
        minLength: channels,
        maxLength: channels,
      }),
    }),
  );

it('gives each position its part of what a channel counts for, and all parts add up', () => {
  fc.assert(
    fc.property(cases, ({ positions, p, map, contributions }) => {
      const shares = sharesByKernel(Float32Array.from(map), Float64Array.from(contributions), positions, p);
      const expected = new Float64Array(positions);
      contributions.forEach((contribution, channel) => {
        const powers = map
          .slice(channel * positions, (channel + 1) * positions)
          .map((value) => Math.max(Math.fround(value), activationFloor) ** p);
        const total = powers.reduce((sum, power) => sum + power, 0);
        powers.forEach((power, i) => (expected[i] += (contribution * power) / total));
      });
      shares.forEach((share, i) => expect(share).toBeCloseTo(expected[i], 5));
      const sum = contributions.reduce((all, each) => all + each, 0);
      expect(shares.reduce((all, each) => all + each, 0)).toBeCloseTo(sum, 5);
    }),
  );
});

it('takes maps of any size', () => {
  const positions = 90_001;
  const shares = sharesByKernel(new Float32Array(positions).fill(2), Float64Array.of(1), positions, 3);
  expect(shares.reduce((all, each) => all + each, 0)).toBeCloseTo(1, 5);
  expect(shares[positions - 1]).toBeCloseTo(1 / positions, 9);
});
