import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fastExponential } from '../../../src-main/descriptor/fast-exponential.ts';

it('is the exponential function within single precision', () => {
  fc.assert(
    fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
      expect(fastExponential(x) / Math.exp(x)).toBeCloseTo(1, 7);
    }),
  );
});
