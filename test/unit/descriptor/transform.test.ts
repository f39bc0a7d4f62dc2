import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultRecipe, type Recipe } from '../../../src-main/contract/index.ts';
import {
  decodeFitted,
  encodeFitted,
  type Fitted,
  fittedByPca,
  fitPca,
  fitStandardisation,
  linearMapOfPca,
  nothingFitted,
  plainProduct,
  randomFrom,
  rowAt,
  rowProduct,
  type Rows,
  rowsOf,
  transformOf,
} from '../../../src-main/descriptor/index.ts';

const inputs = 10;
const random = randomFrom(42);
const rows: Rows = rowsOf(
  Array.from({ length: 60 }, () =>
    Float32Array.from({ length: inputs }, (_, i) => random() / (1 + i) + Math.sin(i)),
  ),
);
const fit = await fitPca(rows, 4, plainProduct);
const pcaReduction = {
  kind: 'pca',
  dimension: 4,
  whitening: { kind: 'regularised', epsilon: 0.02 },
  shrinkage: 0,
} as const;
const recipe: Recipe = { ...defaultRecipe, reduction: pcaReduction };

describe('the final descriptor', () => {
  it.each([
    ['principal components', recipe, fittedByPca(fit)],
    [
      'a linear map',
      recipe,
      { ...nothingFitted, reduction: { kind: 'linear', map: linearMapOfPca(fit, pcaReduction) } },
    ],
    ['nothing', { ...recipe, reduction: { kind: 'none' } }, nothingFitted],
    ['no fit', recipe, nothingFitted],
  ] as [string, Recipe, Fitted][])('has unit length by %s', async (_, by, fitted) => {
    const final = await transformOf(by, fitted, plainProduct)(rows);
    for (let row = 0; row < final.rows; row++) expect(Math.hypot(...rowAt(final, row))).toBeCloseTo(1, 5);
  });

  it('is the same for one photo as for many', async () => {
    const many = await transformOf(recipe, fittedByPca(fit), plainProduct)(rows);
    const one = await transformOf(
      recipe,
      fittedByPca(fit),
      rowProduct,
    )({ rows: 1, columns: inputs, values: rowAt(rows, 7) });
    one.values.forEach((value, i) => expect(value).toBeCloseTo(rowAt(many, 7)[i], 5));
  });

  it('selects features, weighs them, and normalises in the order of the recipe', async () => {
    const selection = { inputs, features: Uint32Array.of(1, 4), factors: Float32Array.of(1, 2) };
    const raw = Float32Array.from({ length: inputs }, (_, i) => i + 1);
    const by = (normalisation: Recipe['normalisation']) =>
      transformOf(
        { ...recipe, normalisation, reduction: { kind: 'none' } },
        { ...nothingFitted, selection },
        plainProduct,
      )(rowsOf([raw]));
    const chosen = [2, 10];
    const length = Math.hypot(...chosen);
    expect((await by([])).values[1]).toBeCloseTo(10 / length, 5);
    const roots = chosen.map(Math.sqrt);
    expect((await by([{ kind: 'power', exponent: 0.5 }])).values[1]).toBeCloseTo(
      roots[1] / Math.hypot(...roots),
      5,
    );
  });

  it('standardises by what was fitted, once for each such step', async () => {
    const scores = fitStandardisation(rows);
    const by: Recipe = { ...recipe, normalisation: [{ kind: 'standardise' }], reduction: { kind: 'none' } };
    const final = await transformOf(by, { ...nothingFitted, standardisations: [scores] }, plainProduct)(rows);
    const expected = Array.from(rowAt(rows, 0), (value, i) => (value - scores.mean[i]) / scores.deviation[i]);
    rowAt(final, 0).forEach((value, i) =>
      expect(value).toBeCloseTo(expected[i] / Math.hypot(...expected), 4),
    );
    await expect(transformOf(by, nothingFitted, plainProduct)(rows)).rejects.toMatchObject({
      code: 'recipe-mismatch',
    });
  });

  it('is finite for all-zero photos', async () => {
    const zeros = rowsOf([new Float32Array(inputs)]);
    const final = await transformOf(recipe, fittedByPca(fit), plainProduct)(zeros);
    expect(final.values.every(Number.isFinite)).toBe(true);
  });

  it('refuses descriptors that the fit was not made for', async () => {
    const shorter = rowsOf([new Float32Array(inputs - 1)]);
    await expect(transformOf(recipe, fittedByPca(fit), plainProduct)(shorter)).rejects.toMatchObject({
      code: 'recipe-mismatch',
    });
    const selection = { inputs: inputs + 1, features: Uint32Array.of(0), factors: null };
    await expect(
      transformOf(recipe, { ...nothingFitted, selection }, plainProduct)(rows),
    ).rejects.toMatchObject({ code: 'recipe-mismatch' });
  });

  it('does not change the photos it is given', async () => {
    const before = rows.values.slice();
    await transformOf({ ...recipe, normalisation: [{ kind: 'l2' }] }, fittedByPca(fit), plainProduct)(rows);
    expect(rows.values).toEqual(before);
  });
});

describe('a stored fit', () => {
  const whole: Fitted = {
    fittedOn: 60,
    exponents: new Map([[2, 3.7]]),
    attention: new Map([
      [
        1,
        {
          hidden: 1,
          channels: 2,
          w1: Float32Array.of(1, 2),
          b1: Float32Array.of(3),
          w2: Float32Array.of(4),
          b2: 5,
        },
      ],
    ]),
    selection: { inputs, features: Uint32Array.of(1, 2), factors: Float32Array.of(0.5, 1) },
    standardisations: [fitStandardisation(rows)],
    reduction: { kind: 'pca', fit },
  };

  it('comes back as it was', () => {
    expect(decodeFitted(encodeFitted(whole))).toEqual(whole);
    expect(decodeFitted(encodeFitted(nothingFitted))).toEqual(nothingFitted);
  });

  it('is refused when a single byte was changed', () => {
    const bytes = encodeFitted(whole);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: bytes.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (place, change) => {
          const damaged = bytes.slice();
          damaged[place] ^= change;
          expect(() => decodeFitted(damaged)).toThrow(expect.objectContaining({ code: 'library-damaged' }));
        },
      ),
      { numRuns: 60 },
    );
    expect(() => decodeFitted(bytes.subarray(0, 20))).toThrow(
      expect.objectContaining({ code: 'library-damaged' }),
    );
  });
});
