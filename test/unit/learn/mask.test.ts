import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainProduct, type Rows } from '../../../src-main/descriptor/index.ts';
import { maskLoss, trainMask } from '../../../src-main/learn/mask.ts';
import { gradientError, groupsOf, nearestIsMate, normals, plantedRows } from './planted.ts';

const informative = 5;
const columns = 20;
const groups = groupsOf(15, 4);
const rows = plantedRows(11, groups, informative, columns);
const options = { seed: 1, epochs: 60, gateTemperature: 1, sparsity: 0.1 };

function masked(gates: Float32Array): Rows {
  return { ...rows, values: rows.values.map((value, i) => value * gates[i % columns]) };
}

describe('the loss of a mask', () => {
  it('has the gradient that differences give', async () => {
    const settings = fc.record({
      temperature: fc.double({ min: 0.2, max: 1, noNaN: true }),
      gateTemperature: fc.double({ min: 0.3, max: 3, noNaN: true }),
      sparsity: fc.double({ min: 0, max: 5, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), settings, async (seed, setting) => {
        const logits = normals(seed, 5);
        const inputs = { rows: 6, columns: 5, values: normals(seed + 1, 30) };
        const at = () => maskLoss(logits, inputs, groupsOf(3, 2), setting, plainProduct);
        const { gradient } = await at();
        expect(await gradientError(logits, gradient, async () => (await at()).loss)).toBeLessThan(1e-5);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a learned mask', () => {
  it('opens the gates of features that tell groups apart, and closes the others', async () => {
    const { fitted } = await trainMask(rows, groups, plainProduct, options);
    const open = fitted.gates.subarray(0, informative);
    const closed = fitted.gates.subarray(informative);
    expect(Math.min(...open)).toBeGreaterThan(5 * Math.max(...closed));
    expect(Math.max(...fitted.gates)).toBe(1);
    expect(nearestIsMate(rows, groups)).toBeLessThan(0.3);
    expect(nearestIsMate(masked(fitted.gates), groups)).toBeGreaterThan(0.8);
  });

  it('starts as no mask', async () => {
    const heldOut = { evaluate: () => Promise.resolve(0) };
    const { fitted } = await trainMask(rows, groups, plainProduct, { ...options, epochs: 1, heldOut });
    expect([...fitted.gates]).toEqual(Array<number>(columns).fill(1));
  });

  it('does not look at what all photos have in common', async () => {
    const shifted = { ...rows, values: rows.values.map((value, i) => value + 5 * ((i % columns) % 3)) };
    const [own, other] = await Promise.all(
      [rows, shifted].map((each) => trainMask(each, groups, plainProduct, options)),
    );
    own.fitted.gates.forEach((gate, i) => expect(other.fitted.gates[i]).toBeCloseTo(gate, 2));
  });

  it('closes more gates the more sparsity weighs', async () => {
    const mean = async (sparsity: number) => {
      const { fitted } = await trainMask(rows, groups, plainProduct, { ...options, sparsity });
      return fitted.gates.reduce((sum, gate) => sum + gate / columns, 0);
    };
    expect(await mean(3)).toBeLessThan(await mean(0));
  });

  it('has gates that are more nearly on or off at a low temperature', async () => {
    const undecided = async (gateTemperature: number) => {
      const { fitted } = await trainMask(rows, groups, plainProduct, { ...options, gateTemperature });
      return fitted.gates.filter((gate) => gate > 0.05 && gate < 0.9).length;
    };
    expect(await undecided(0.3)).toBeLessThan(await undecided(5));
  });

  it('is the same for a seed, to the bit', async () => {
    const fit = () => trainMask(rows, groups, plainProduct, { ...options, epochs: 3 });
    expect(await fit()).toEqual(await fit());
  });

  it('refuses groups of other photos', async () => {
    await expect(trainMask(rows, [0, 0, 1, 1], plainProduct, options)).rejects.toMatchObject({
      code: 'invalid-arguments',
    });
  });
});
