import { describe, expect, it } from 'vitest';
import { adam } from '../../../src-main/learn/adam.ts';

describe('Adam', () => {
  it('first moves each parameter by the rate against its gradient, however large that is', () => {
    const parameters = Float64Array.of(1, 1, 1);
    adam(parameters, { rate: 0.1 })(Float64Array.of(1e3, -1e-3, 0), 1);
    [0.9, 1.1, 1].forEach((expected, i) => expect(parameters[i]).toBeCloseTo(expected, 5));
  });

  it('takes the second step that the paper computes', () => {
    const parameters = Float64Array.of(0);
    const update = adam(parameters, { rate: 1 });
    update(Float64Array.of(1), 1);
    update(Float64Array.of(3), 1);
    const mean = (0.9 * 0.1 * 1 + 0.1 * 3) / (1 - 0.9 ** 2);
    const square = (0.999 * 0.001 * 1 + 0.001 * 9) / (1 - 0.999 ** 2);
    expect(parameters[0]).toBeCloseTo(-1 - mean / Math.sqrt(square), 6);
  });

  it('draws parameters back to their start, and does not move them at pace 0', () => {
    const parameters = Float64Array.of(2);
    const update = adam(parameters, { rate: 0, decay: 0.5 });
    parameters[0] = 6;
    update(Float64Array.of(1), 1);
    expect(parameters[0]).toBe(4);
    update(Float64Array.of(1), 0);
    expect(parameters[0]).toBe(4);
  });

  it('finds the lowest point of a valley whose walls differ in steepness', () => {
    const parameters = Float64Array.of(4, -3);
    const update = adam(parameters, { rate: 0.1 });
    for (let step = 0; step < 600; step++) {
      update(Float64Array.of(200 * (parameters[0] - 1), 0.2 * (parameters[1] - 2)), 1 - step / 600);
    }
    expect(parameters[0]).toBeCloseTo(1, 3);
    expect(parameters[1]).toBeCloseTo(2, 1);
  });
});
