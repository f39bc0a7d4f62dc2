import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { parseCommand, querySchema, type Rectangle } from '../../src-main/contract/index.ts';
import { positionsThatCount, statisticWithout } from '../../src-main/descriptor/ignored-positions.ts';
import { gemOfMap, pyramidOfMap } from '../../src-main/descriptor/pooling.ts';
import { weightedSum } from '../../src-main/engine/query-descriptor.ts';
import { partsWithin, pixelsOf } from '../../src-main/vision/picture-parts.ts';

const whole: Rectangle = { left: 0, top: 0, width: 1, height: 1 };
const photo = { kind: 'photo', photoId: 1 };

const rectangleArbitrary = fc
  .tuple(...Array.from({ length: 4 }, () => fc.double({ min: 0.001, max: 0.999, noNaN: true })))
  .map(([left, top, across, down]): Rectangle => ({
    left,
    top,
    width: Math.max(1e-3, across * (1 - left)),
    height: Math.max(1e-3, down * (1 - top)),
  }));

describe('a query', () => {
  it.each<[string, unknown, boolean]>([
    ['one photo', { examples: [photo] }, true],
    [
      'weights to −1 and 1',
      {
        examples: [
          { ...photo, weight: 1 },
          { ...photo, weight: -1 },
        ],
      },
      true,
    ],
    ['a weight beyond 1', { examples: [{ ...photo, weight: 1.01 }] }, false],
    ['no wanted example', { examples: [{ ...photo, weight: -1 }] }, false],
    ['only a weight of 0', { examples: [{ ...photo, weight: 0 }] }, false],
    ['no example', { examples: [] }, false],
    ['seventeen examples', { examples: Array(17).fill(photo) }, false],
    ['a crop of all', { examples: [{ ...photo, crop: whole }] }, true],
    ['a crop of nothing', { examples: [{ ...photo, crop: { ...whole, width: 0 } }] }, false],
    ['a crop beyond the edge', { examples: [{ ...photo, crop: { ...whole, left: 0.1 } }] }, false],
    ['a crop of numbers that are none', { examples: [{ ...photo, crop: { ...whole, top: NaN } }] }, false],
    ['seventeen ignored areas', { examples: [{ ...photo, ignored: Array(17).fill(whole) }] }, false],
    ['a whitening strength of 0', { examples: [photo], whitening: 0 }, true],
    ['a whitening strength below 0', { examples: [photo], whitening: -0.1 }, false],
    ['something else', { examples: [photo], sharpening: 1 }, false],
  ])('with %s is taken or refused', (_, query, isTaken) => {
    expect(v.is(querySchema, query)).toBe(isTaken);
  });

  it('says where it is wrong', () => {
    const args = { examples: [photo, { ...photo, weight: 3 }], top: 1 };
    expect(() => parseCommand('search', args)).toThrow(/examples\.1\.weight/);
  });
});

describe('the sum of weighted examples', () => {
  const dimension = 5;
  const exampleArbitrary = fc
    .tuple(
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: dimension, maxLength: dimension }),
      fc.double({ min: 0.1, max: 1, noNaN: true }),
    )
    .filter(([values]) => Math.hypot(...values) > 0.1)
    .map(([values, weight]) => ({
      descriptor: Float32Array.from(values, (value) => value / Math.hypot(...values)),
      weight,
    }));
  const close = (a: Float32Array, b: Float32Array): void =>
    a.forEach((value, i) => expect(value).toBeCloseTo(b[i], 4));
  /** Far enough from examples that cancel each other. */
  const isLong = (examples: { descriptor: Float32Array; weight: number }[]): boolean =>
    Math.hypot(
      ...Array.from({ length: dimension }, (_, i) =>
        examples.reduce((sum, { descriptor, weight }) => sum + weight * descriptor[i], 0),
      ),
    ) > 0.05;

  it('of one example is that example', () => {
    fc.assert(fc.property(exampleArbitrary, (example) => close(weightedSum([example]), example.descriptor)));
  });

  it('has unit length, and depends neither on their order nor on the scale of their weights', () => {
    fc.assert(
      fc.property(
        fc.array(exampleArbitrary, { minLength: 1, maxLength: 6 }).filter(isLong),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (examples, scale) => {
          const sum = weightedSum(examples);
          expect(Math.hypot(...sum)).toBeCloseTo(1, 5);
          close(weightedSum(examples.toReversed()), sum);
          close(weightedSum(examples.map((each) => ({ ...each, weight: scale * each.weight }))), sum);
        },
      ),
    );
  });
});

describe('parts of a picture', () => {
  it('are whole pixels inside it, at least one', () => {
    const side = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(rectangleArbitrary, side, side, (part, width, height) => {
        const pixels = pixelsOf(part, { width, height });
        expect(Math.min(pixels.width, pixels.height)).toBeGreaterThanOrEqual(1);
        expect(pixels.left + pixels.width).toBeLessThanOrEqual(width);
        expect(pixels.top + pixels.height).toBeLessThanOrEqual(height);
      }),
    );
    expect(pixelsOf(whole, { width: 7, height: 3 })).toEqual({ left: 0, top: 0, width: 7, height: 3 });
  });

  it('within a crop are in fractions of it, and those beside it are gone', () => {
    const crop = { left: 0.5, top: 0, width: 0.5, height: 1 };
    expect(partsWithin(crop, [{ left: 0.25, top: 0.5, width: 0.5, height: 0.5 }])).toEqual([
      { left: 0, top: 0.5, width: 0.5, height: 0.5 },
    ]);
    expect(partsWithin(crop, [{ left: 0, top: 0, width: 0.5, height: 1 }])).toEqual([]);
  });
});

describe('positions under ignored areas', () => {
  it('are those whose cell is covered by half or more', () => {
    const ignored = [{ left: 0, top: 0, width: 0.375, height: 1 }];
    expect([...positionsThatCount(1, 4, ignored)]).toEqual([0, 0, 1, 1]);
    expect([...positionsThatCount(1, 4, [{ ...whole, width: 0.37 }])]).toEqual([0, 1, 1, 1]);
  });

  it('are covered once by areas that overlap', () => {
    const narrow = { left: 0, top: 0, width: 0.3, height: 1 };
    expect([...positionsThatCount(1, 1, [narrow, narrow])]).toEqual([1]);
    expect([...positionsThatCount(1, 1, [narrow, { ...narrow, left: 0.3 }])]).toEqual([0]);
  });

  it('do not count in any statistic, which without them is that of the rest', () => {
    const [channels, height, width] = [3, 2, 4];
    const map = Float32Array.from({ length: channels * height * width }, (_, i) => ((7 * i) % 11) / 10);
    const right = Float32Array.from({ length: channels * height * 2 }, (_, i) => {
      const [channel, row, column] = [Math.floor(i / 4), Math.floor(i / 2) % 2, i % 2];
      return map[(channel * height + row) * width + 2 + column];
    });
    const left = [{ ...whole, width: 0.5 }];
    const feature = { map, channels, height, width };
    const means = statisticWithout(feature, { kind: 'power-means' }, left);
    const third = [...gemOfMap(right, channels, 4, 3)];
    expect([...means.subarray(2 * channels, 3 * channels)]).toEqual(third);
    const [a, b] = [
      statisticWithout(feature, { kind: 'pyramid', levels: [1] }, left),
      pyramidOfMap(right, channels, 2, 2, [1]),
    ];
    a.forEach((value, i) => expect(value).toBeCloseTo(b[i], 5));
    // The left cells have nothing of their own.
    const cells = statisticWithout(feature, { kind: 'pyramid', levels: [2] }, left);
    expect(cells[0]).toBeCloseTo(b[0], 5);
    expect(() => statisticWithout(feature, { kind: 'power-means' }, [whole])).toThrow(/Ignore less/);
    const single = { map: new Float32Array(3), channels: 3, height: 1, width: 1 };
    expect(() => statisticWithout(single, { kind: 'power-means' }, left)).toThrow(/as a whole/);
  });
});
