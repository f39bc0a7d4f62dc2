import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode, type Matrix, plainProduct, type Rows } from '../../../src-main/descriptor/index.ts';
import { type Layer, reconstructionLoss, trainAutoencoder } from '../../../src-main/learn/autoencoder.ts';
import { gradientError, normals } from './planted.ts';

const inputs = 12;
const options = { hidden: 16, dimension: 2, seed: 1, epochs: 150 };

/** Rows on a curved sheet: features are bent combinations of two numbers, at different scales. */
const rows: Rows = (() => {
  const count = 120;
  const [sheet, directions] = [normals(1, 2 * count), normals(2, 2 * inputs)];
  const values = Float32Array.from({ length: count * inputs }, (_, i) => {
    const [row, feature] = [Math.floor(i / inputs), i % inputs];
    const along = sheet[2 * row] * directions[feature] + sheet[2 * row + 1] * directions[inputs + feature];
    return 10 ** (feature % 3) * (3 + Math.tanh(along));
  });
  return { rows: count, columns: inputs, values };
})();

describe('the loss of reconstruction', () => {
  it('has the gradient that differences give, in every layer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), async (seed) => {
        const layer = (
          outputs: number,
          from: number,
          rectified: boolean,
          i: number,
        ): Layer<Float64Array> => ({
          weights: { rows: outputs, columns: from, values: normals(seed + i, outputs * from) },
          bias: normals(seed + i + 1, outputs),
          rectified,
        });
        const layers = [
          layer(4, 3, true, 0),
          layer(2, 4, false, 10),
          layer(4, 2, true, 20),
          layer(3, 4, false, 30),
        ];
        const batch: Matrix = { rows: 5, columns: 3, values: normals(seed + 40, 15) };
        const at = () => reconstructionLoss(layers, batch, plainProduct);
        const { gradient } = await at();
        const loss = async () => (await at()).loss;
        for (const [i, { weights, bias }] of layers.entries()) {
          expect(await gradientError(weights.values, gradient[i].weights.values, loss)).toBeLessThan(1e-3);
          expect(await gradientError(bias, gradient[i].bias, loss)).toBeLessThan(1e-3);
        }
      }),
      // Fixed, because a difference across the corner of a rectifier mixes two slopes: rare, but real.
      { numRuns: 20, seed: 1 },
    );
  });
});

describe('an autoencoder', () => {
  it('gives back far more than the mean, from as many numbers as the photos really vary in', async () => {
    const { history, fitted } = await trainAutoencoder(rows, plainProduct, options);
    // The mean alone would leave the variance, which standardisation makes 1.
    expect(history[options.epochs - 1].loss).toBeLessThan(0.25);
    expect(fitted).toMatchObject({ hidden: 16, dimension: 2, inputs });
  });

  it('encodes near photos to near codes', async () => {
    const { fitted } = await trainAutoencoder(rows, plainProduct, options);
    const codes = await encode(fitted, rows, plainProduct);
    expect(codes).toMatchObject({ rows: rows.rows, columns: 2 });
    const distances = (of: Rows, row: number, scale: (feature: number) => number): number[] =>
      Array.from({ length: of.rows }, (_, other) => {
        let squares = 0;
        for (let i = 0; i < of.columns; i++) {
          const difference = of.values[row * of.columns + i] - of.values[other * of.columns + i];
          squares += (difference / scale(i)) ** 2;
        }
        return squares;
      });
    let shared = 0;
    for (let row = 0; row < rows.rows; row++) {
      const nearest = (all: number[]): number[] =>
        [...all.keys()].sort((a, b) => all[a] - all[b]).slice(1, 11);
      const before = nearest(distances(rows, row, (feature) => fitted.deviation[feature]));
      const after = nearest(distances(codes, row, () => 1));
      shared += before.filter((other) => after.includes(other)).length / (10 * rows.rows);
    }
    expect(shared).toBeGreaterThan(0.5);
  });

  it('takes features that do not vary', async () => {
    const flat = { ...rows, values: rows.values.map((value, i) => (i % inputs === 3 ? 7 : value)) };
    const { fitted } = await trainAutoencoder(flat, plainProduct, { ...options, epochs: 2 });
    const codes = await encode(fitted, flat, plainProduct);
    expect(codes.values.every(Number.isFinite)).toBe(true);
  });

  it('is the same for a seed, to the bit, and leaves the rows as they were', async () => {
    const before = rows.values.slice();
    const fit = () => trainAutoencoder(rows, plainProduct, { ...options, epochs: 2 });
    expect(await fit()).toEqual(await fit());
    expect(rows.values).toEqual(before);
  });

  it.each([
    ['a single photo', { ...rows, rows: 1, values: rows.values.slice(0, inputs) }, {}, 'not-enough-photos'],
    ['a code of no numbers', rows, { dimension: 0 }, 'invalid-arguments'],
  ])('refuses %s', async (_, given, settings, code) => {
    await expect(trainAutoencoder(given, plainProduct, { ...options, ...settings })).rejects.toMatchObject({
      code,
    });
  });

  it('says so when photos hold numbers that are none', async () => {
    const broken = { ...rows, values: rows.values.map((value, i) => (i === 5 ? NaN : value)) };
    await expect(trainAutoencoder(broken, plainProduct, options)).rejects.toMatchObject({
      code: 'model-failed',
    });
  });
});
