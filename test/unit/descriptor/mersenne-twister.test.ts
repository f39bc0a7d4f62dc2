import { describe, expect, it } from 'vitest';
import { normalNumbers } from '../../../src-main/descriptor/mersenne-twister.ts';

describe('normal numbers of the Mersenne twister', () => {
  it("are those of numpy's RandomState(0)", () => {
    const normal = normalNumbers(0);
    const first = Array.from({ length: 5 }, () => normal());
    const numpy = [
      1.764052345967664, 0.4001572083672233, 0.9787379841057392, 2.240893199201458, 1.8675579901499675,
    ];
    first.forEach((number, i) => expect(number).toBeCloseTo(numpy[i], 14));
  });

  it('have mean zero and deviation one, over many renewals of the state', () => {
    const normal = normalNumbers(4_294_967_295);
    const numbers = Array.from({ length: 20_000 }, () => normal());
    expect(numbers.reduce((sum, number) => sum + number, 0) / numbers.length).toBeCloseTo(0, 1);
    expect(numbers.reduce((sum, number) => sum + number ** 2, 0) / numbers.length).toBeCloseTo(1, 1);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});
