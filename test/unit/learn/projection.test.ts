import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fitPca,
  type Matrix,
  plainProduct,
  randomFrom,
  rowAt,
  type Rows,
} from '../../../src-main/descriptor/index.ts';
import { type ProjectionFit, projectionLoss, trainProjection } from '../../../src-main/learn/projection.ts';
import { orthonormalRows } from '../../../src-main/learn/starts.ts';
import { gradientError, groupsOf, nearestIsMate, normals, plantedRows } from './planted.ts';

const inputs = 24;
const groups = groupsOf(20, 10);
const rows = plantedRows(5, groups, 4, inputs);
const options = { dimension: 4, seed: 1, epochs: 100 };

async function project({ mean, components, dimension }: ProjectionFit, raw: Rows): Promise<Rows> {
  const centred = { ...raw, values: raw.values.map((value, i) => value - mean[i % raw.columns]) };
  const weights = { rows: dimension, columns: raw.columns, values: components };
  return plainProduct(centred, weights, { transposeB: true });
}

describe('the loss of a projection', () => {
  it('has the gradient that differences give', async () => {
    const sizes = fc.record({
      seed: fc.integer({ min: 1, max: 1e6 }),
      dimension: fc.integer({ min: 2, max: 4 }),
      features: fc.integer({ min: 3, max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(sizes, async ({ seed, dimension, features }) => {
        const matrix = (from: number, count: number): Matrix => ({
          rows: count,
          columns: features,
          values: normals(from, count * features),
        });
        const components = matrix(seed, dimension);
        const batch = matrix(seed + 1, 6);
        const at = () => projectionLoss(components, batch, groupsOf(3, 2), 0.5, plainProduct);
        const { gradient } = await at();
        const loss = async () => (await at()).loss;
        expect(await gradientError(components.values, gradient.values, loss)).toBeLessThan(1e-5);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a learned projection', () => {
  it.each(['orthogonal', 'xavier'] as const)(
    'finds what tells groups apart, from an %s start',
    async (start) => {
      const { fitted, history } = await trainProjection(rows, groups, plainProduct, { ...options, start });
      expect(fitted).toMatchObject({ dimension: 4, inputs });
      expect(history[99].loss).toBeLessThan(history[0].loss - 1);
      const unseen = plantedRows(6, groups, 4, inputs);
      expect(nearestIsMate(unseen, groups)).toBeLessThan(0.3);
      expect(nearestIsMate(await project(fitted, unseen), groups)).toBeGreaterThan(0.6);
    },
  );

  it('begins where it is told to, and keeps that when nothing is better', async () => {
    const { mean, components, dimension } = await fitPca(rows, 4, plainProduct);
    const start = { rows: dimension, columns: inputs, values: Float32Array.from(components) };
    const { fitted, keptEpoch } = await trainProjection(rows, groups, plainProduct, {
      ...options,
      epochs: 2,
      start,
      mean,
      heldOut: { evaluate: () => Promise.resolve(0.5) },
    });
    expect(keptEpoch).toBe(0);
    expect(fitted).toEqual({ mean, components: start.values, dimension, inputs });
  });

  it('subtracts the mean of the rows, which stay as they were', async () => {
    const before = rows.values.slice();
    const start = 'orthogonal';
    const { fitted } = await trainProjection(rows, groups, plainProduct, { ...options, epochs: 1, start });
    expect(rows.values).toEqual(before);
    const first = before.filter((_, i) => i % inputs === 0);
    expect(fitted.mean[0]).toBeCloseTo(first.reduce((sum, value) => sum + value, 0) / rows.rows, 5);
  });

  it('is the same for a seed, to the bit, and another for another seed', async () => {
    const fit = async (seed: number) =>
      (await trainProjection(rows, groups, plainProduct, { ...options, seed, epochs: 3, start: 'xavier' }))
        .fitted;
    expect(await fit(1)).toEqual(await fit(1));
    expect(await fit(2)).not.toEqual(await fit(1));
  });

  it('has no more outputs than inputs', async () => {
    const settings = { ...options, dimension: 100, epochs: 1, start: 'orthogonal' } as const;
    const { fitted } = await trainProjection(rows, groups, plainProduct, settings);
    expect(fitted.dimension).toBe(inputs);
  });

  it.each([
    ['groups of other photos', { start: 'xavier' as const }, groups.slice(1)],
    ['a start for other inputs', { start: { rows: 4, columns: 3, values: new Float32Array(12) } }, groups],
    ['a mean of other inputs', { start: 'xavier' as const, mean: new Float32Array(3) }, groups],
  ])('refuses %s', async (_, settings, labels) => {
    await expect(
      trainProjection(rows, labels, plainProduct, { ...options, ...settings }),
    ).rejects.toMatchObject({ code: 'invalid-arguments' });
  });
});

describe('random orthonormal rows', () => {
  it('have length one and are perpendicular', () => {
    const start = orthonormalRows(5, 9, randomFrom(4));
    for (let i = 0; i < 5; i++) {
      for (let j = 0; j <= i; j++) {
        const other = rowAt(start, j);
        const dot = rowAt(start, i).reduce((sum, value, k) => sum + value * other[k], 0);
        expect(dot).toBeCloseTo(i === j ? 1 : 0, 6);
      }
    }
  });
});
