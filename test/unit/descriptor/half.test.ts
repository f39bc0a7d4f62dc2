import { describe, expect, it } from 'vitest';
import { fromHalf, toHalf } from '../../../src-main/descriptor/index.ts';

describe('half precision', () => {
  it('reads and writes all 65,536 numbers', () => {
    for (let half = 0; half < 65_536; half++) {
      const value = fromHalf(half);
      if (Number.isNaN(value)) expect(Number.isNaN(fromHalf(toHalf(value)))).toBe(true);
      else if (toHalf(value) !== half) expect.fail(`${half} is ${value}, which became ${toHalf(value)}`);
    }
  });

  it('rounds to the nearest, ties to even', () => {
    for (let half = 0; half < 0x7bff; half++) {
      const middle = (fromHalf(half) + fromHalf(half + 1)) / 2;
      const even = half % 2 === 0 ? half : half + 1;
      if (toHalf(middle) !== even) expect.fail(`${middle} became ${toHalf(middle)}, not ${even}`);
      if (toHalf(-middle) !== (even | 0x8000)) expect.fail(`${-middle} became ${toHalf(-middle)}`);
    }
  });

  it('becomes infinite above the largest', () => {
    expect(fromHalf(toHalf(65_504))).toBe(65_504);
    expect(fromHalf(toHalf(65_520))).toBe(Infinity);
    expect(fromHalf(toHalf(-1e9))).toBe(-Infinity);
  });
});
