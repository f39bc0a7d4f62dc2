import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { presets, type Recipe } from '../../src-main/contract/index.ts';
import {
  encodeStatistics,
  type Extraction,
  layoutOf,
  nothingFitted,
  RawDescriber,
  type Rows,
  transformOf,
} from '../../src-main/descriptor/index.ts';
import { readArray, readReference } from '../../src-main/evaluate/reference-data.ts';
import { fitRecipe } from '../../src-main/learn/index.ts';
import { runtimeProduct } from '../../src-main/vision/index.ts';

const folder = path.resolve('../shared/reference');
const classic = presets().find(({ name }) => name === 'classic')!.recipe;

/** The preset on the golden network, whose two layers stand for those of a ResNet-50. */
const recipe: Recipe = {
  ...classic,
  taps: ['layer3', 'layer4'].map((name) => ({ ...classic.taps[0], name })),
  reduction: { ...classic.reduction, dimension: 16 } as Recipe['reduction'],
};

describe.skipIf(!existsSync(folder))('the classic preset (skipped without ../shared/reference)', () => {
  it('joins two feature maps, pooled by GeM with p = 3, as PyTorch does', async () => {
    const { arrays } = await readReference(folder);
    const [near, far, joined] = await Promise.all(
      ['gem3.layer3', 'gem3.layer4', 'concat.gem3'].map((name) => readArray(folder, arrays[name])),
    );
    const nodes = await Promise.all(
      ['gem1.layer3', 'gem3.layer3', 'gem6.layer3', 'gem10.layer3', 'gmp.layer3'].map((name) =>
        readArray(folder, arrays[name]),
      ),
    );
    const deep = await Promise.all(
      ['gem1.layer4', 'gem3.layer4', 'gem6.layer4', 'gem10.layer4', 'gmp.layer4'].map((name) =>
        readArray(folder, arrays[name]),
      ),
    );
    const extraction: Extraction = {
      model: classic.model,
      modelSha256: 'a',
      longerSide: classic.longerSide,
      scales: [1],
      taps: [
        { name: 'layer3', channels: near.columns, statistic: { kind: 'power-means' } },
        { name: 'layer4', channels: far.columns, statistic: { kind: 'power-means' } },
      ],
    };
    const describer = new RawDescriber(recipe, extraction);
    for (let row = 0; row < joined.rows; row++) {
      // The golden data has no power means at 2 and 4; what lies between their neighbours stands in for them.
      const statistics = [nodes, deep].flatMap(([one, three, six, ten, most]) => {
        const of = ({ values, columns }: (typeof nodes)[number]) => [
          ...values.slice(row * columns, (row + 1) * columns),
        ];
        const between = (a: number[], b: number[]) =>
          a.map((value, i) => Math.sqrt(Math.max(value, 1e-6) * Math.max(b[i], 1e-6)));
        const [first, third] = [of(one), of(three)];
        return [
          ...first,
          ...between(first, third),
          ...third,
          ...between(third, of(six)),
          ...of(six),
          ...of(ten),
          ...of(most),
        ];
      });
      const described = describer.describe(
        encodeStatistics(layoutOf(extraction), Float32Array.from(statistics)),
      );
      const expected = joined.values.subarray(row * joined.columns, (row + 1) * joined.columns);
      const peak = Math.max(...expected);
      described.forEach((value, i) =>
        expect(Math.abs(value - expected[i])).toBeLessThan(0.01 * expected[i] + 1e-4 * peak),
      );
    }
  });

  it('whitens their principal components to unit length as scikit-learn does', async () => {
    const reference = await readReference(folder);
    const [features, components, expected] = await Promise.all(
      ['concat.gem3', 'pca16.white.components', 'pca16.white.test.l2'].map((name) =>
        readArray(folder, reference.arrays[name]),
      ),
    );
    const part = (from: number, to: number): Rows => ({
      rows: to - from,
      columns: features.columns,
      values: features.values.slice(from * features.columns, to * features.columns),
    });
    const train = part(0, reference.train_rows);
    const photos = {
      count: train.rows,
      ids: [...Array(train.rows).keys()],
      groups: null,
      describe: () => train,
      nodeTable: () => {
        throw new Error('nothing is learned');
      },
      subset: () => photos,
    };
    const { product, release } = runtimeProduct();
    const fitted = await fitRecipe(recipe, photos, { product });
    expect(fitted).toMatchObject({ ...nothingFitted, fittedOn: train.rows, reduction: { kind: 'pca' } });
    const test = part(reference.train_rows, features.rows);
    const final = await transformOf(recipe, fitted, product)(test);
    await release();
    if (fitted.reduction?.kind !== 'pca') throw new Error('no principal components');
    const found = fitted.reduction.fit.components;
    for (let component = 0; component < 16; component++) {
      // The sign of a component is arbitrary.
      let agreement = 0;
      for (let i = 0; i < features.columns; i++) {
        agreement +=
          found[component * features.columns + i] * components.values[component * features.columns + i];
      }
      for (let row = 0; row < final.rows; row++) {
        const value = Math.sign(agreement) * final.values[row * 16 + component];
        expect(Math.abs(value - expected.values[row * 16 + component])).toBeLessThan(1e-3);
      }
    }
  });
});
