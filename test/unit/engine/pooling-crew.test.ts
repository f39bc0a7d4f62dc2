import { expect, it } from 'vitest';
import { defaultRecipe, SemblanceError } from '../../../src-main/contract/index.ts';
import {
  encodeStatistics,
  type Extraction,
  layoutOf,
  RawDescriber,
} from '../../../src-main/descriptor/index.ts';
import { PoolingCrew, shared } from '../../../src-main/engine/pooling-crew.ts';

const extraction: Extraction = {
  model: 'default',
  modelSha256: 'a'.repeat(64),
  longerSide: 512,
  scales: [1],
  taps: [{ name: 'only', channels: 6, statistic: { kind: 'power-means' } }],
};
const recipe = {
  ...defaultRecipe,
  scales: [1],
  taps: [
    { name: 'only', pooling: { kind: 'gem' as const, p: 2.5, learned: false }, normalise: true, weight: 1 },
  ],
};
const learned = { exponents: new Map<number, number>(), attention: new Map() };
const codes = Array.from({ length: 1000 }, (_, photo) =>
  shared(
    encodeStatistics(
      layoutOf(extraction),
      Float32Array.from({ length: 42 }, (_, i) => 1 + Math.floor(i / 6) / 10 + (photo % 97) * (i % 6)),
    ),
  ),
);

it('pools photos in the order in which they are given, whichever thread pools them', () => {
  const crew = new PoolingCrew(2);
  const describer = new RawDescriber(recipe, extraction, learned);
  const expected = codes.flatMap((code) => [...describer.describe(code)]);
  for (let time = 0; time < 3; time++) {
    expect([...crew.describe(recipe, extraction, learned, codes)]).toEqual(expected);
  }
});

it('says which error there was in a thread', () => {
  const crew = new PoolingCrew(1);
  const damaged = codes.with(700, shared(Uint8Array.of(1, 2, 3)));
  expect(() => crew.describe(recipe, extraction, learned, damaged)).toThrow(SemblanceError);
  expect(() => crew.describe(recipe, extraction, learned, damaged)).toThrow(/damaged/);
});

it('does without help where there is none', () => {
  const alone = new PoolingCrew(0).describe(recipe, extraction, learned, codes.slice(0, 300));
  expect(alone).toEqual(new PoolingCrew(1).describe(recipe, extraction, learned, codes.slice(0, 300)));
});
