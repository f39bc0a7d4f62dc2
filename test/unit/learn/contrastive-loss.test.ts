import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Matrix, plainProduct } from '../../../src-main/descriptor/index.ts';
import { contrastiveLoss } from '../../../src-main/learn/contrastive-loss.ts';
import { throughUnitLength, toUnitLength } from '../../../src-main/learn/unit-length.ts';
import { gradientError, normals } from './planted.ts';

const columns = 4;

function rowsOf(seed: number, rows: number): Matrix {
  return { rows, columns, values: normals(seed, rows * columns) };
}

/** The loss as Khosla et al. write it. */
function byDefinition({ rows, values }: Matrix, groups: number[], temperature: number): number {
  const similarity = (a: number, b: number): number => {
    let sum = 0;
    for (let i = 0; i < columns; i++) sum += values[a * columns + i] * values[b * columns + i];
    return sum / temperature;
  };
  const terms: number[] = [];
  for (let row = 0; row < rows; row++) {
    const others = [...groups.keys()].filter((other) => other !== row);
    const mates = others.filter((other) => groups[other] === groups[row]);
    const total = others.reduce((sum, other) => sum + Math.exp(similarity(row, other)), 0);
    const losses = mates.map((mate) => -Math.log(Math.exp(similarity(row, mate)) / total));
    if (mates.length > 0) terms.push(losses.reduce((sum, loss) => sum + loss, 0) / mates.length);
  }
  return terms.reduce((sum, term) => sum + term, 0) / terms.length;
}

describe('the contrastive loss', () => {
  const batches = fc.record({
    seed: fc.integer({ min: 1, max: 1e6 }),
    groups: fc
      .array(fc.integer({ min: 0, max: 3 }), { minLength: 3, maxLength: 9 })
      .filter((groups) => new Set(groups).size < groups.length),
    temperature: fc.double({ min: 0.1, max: 1, noNaN: true }),
  });

  it('is what the paper defines, rows without a mate serving as strangers only', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async ({ seed, groups, temperature }) => {
        const { unit } = toUnitLength(rowsOf(seed, groups.length));
        const { loss } = await contrastiveLoss(unit, groups, temperature, plainProduct);
        expect(loss).toBeCloseTo(byDefinition(unit, groups, temperature), 9);
      }),
    );
  });

  it('has the gradient that differences give, through unit length as well', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async ({ seed, groups, temperature }) => {
        const rows = rowsOf(seed, groups.length);
        const at = async () => {
          const outputs = toUnitLength(rows);
          return { outputs, ...(await contrastiveLoss(outputs.unit, groups, temperature, plainProduct)) };
        };
        const { outputs, gradient } = await at();
        const slopes = throughUnitLength(outputs, gradient).values;
        // Where all rows are mates at the minimum, there is no slope to compare.
        if (Math.hypot(...slopes) < 1e-3) return;
        expect(await gradientError(rows.values, slopes, async () => (await at()).loss)).toBeLessThan(1e-5);
      }),
      { numRuns: 30 },
    );
  });

  it('stays finite at a temperature at which exponentials would not', async () => {
    const rows = { rows: 3, columns: 2, values: Float32Array.of(1, 0, -1, 0, 0, 1) };
    const { loss, gradient } = await contrastiveLoss(rows, [0, 0, 1], 1e-3, plainProduct);
    expect(loss).toBeCloseTo(1000, 0);
    expect(gradient.values.every(Number.isFinite)).toBe(true);
  });

  it('passes no gradient through rows of zeros', async () => {
    const outputs = toUnitLength({ rows: 3, columns: 2, values: Float32Array.of(0, 0, 1, 2, 2, 1) });
    const { gradient } = await contrastiveLoss(outputs.unit, [0, 0, 1], 0.2, plainProduct);
    const slopes = throughUnitLength(outputs, gradient).values;
    expect(Array.from(slopes, (slope) => slope !== 0)).toEqual([false, false, true, true, true, true]);
  });
});
