import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cellsWhere,
  decodeLocalFeatures,
  encodeLocalFeatures,
  gaussianFrom,
  type LocalFeatures,
  localFeaturesKey,
  localFeaturesOf,
  mostLocalFeatureBytes,
  randomFrom,
} from '../../../src-main/descriptor/index.ts';
import { editKindOf, isSamePicture, matchLocally, tellsSamePlaces } from '../../../src-main/search/index.ts';

const channels = 48;

/** A world of random features, of which pictures are windows. */
class World {
  readonly #side = 56;
  readonly #values: Float32Array;

  constructor(seed: number) {
    const gaussian = gaussianFrom(randomFrom(seed));
    this.#values = Float32Array.from({ length: channels * this.#side ** 2 }, gaussian);
  }

  window(left: number, top: number, width: number, height: number): LocalFeatures {
    const map = new Float32Array(channels * width * height);
    for (let channel = 0; channel < channels; channel++) {
      for (let y = 0; y < height; y++) {
        const start = channel * this.#side ** 2 + (top + y) * this.#side + left;
        map.set(this.#values.subarray(start, start + width), (channel * height + y) * width);
      }
    }
    return localFeaturesOf({ map, channels, height, width }, width / height);
  }
}

describe('holding two pictures against each other', () => {
  it('finds where a window lies that was moved', () => {
    const world = new World(1);
    const match = matchLocally(world.window(10, 10, 16, 12), world.window(14, 12, 16, 12));
    expect(match?.inliers).toBeGreaterThan(80);
    // Four cells to the left of sixteen, and two up.
    expect(match?.transform.a).toBeCloseTo(1, 2);
    expect(match?.transform.c).toBeCloseTo(-4 / 16, 2);
    expect(match?.transform.f).toBeCloseTo(-2 / 16, 2);
    expect(match?.mirrored).toBe(false);
    expect(match?.coverageA).toBeGreaterThan(0.4);
  });

  it('takes a part for the same picture, and another place for another one', () => {
    const world = new World(2);
    const whole = world.window(0, 0, 16, 12);
    const part = matchLocally(whole, world.window(2, 2, 12, 9));
    expect(part && isSamePicture(part)).toBe(true);
    expect(part && editKindOf(part, [16 / 12, 12 / 9])).toBe('crop-or-edit');
    const elsewhere = matchLocally(whole, world.window(40, 40, 16, 12));
    expect(elsewhere !== null && tellsSamePlaces(elsewhere)).toBe(false);
  });

  it('takes a picture that agrees everywhere for one that was stored anew', () => {
    const picture = new World(3).window(0, 0, 16, 12);
    const match = matchLocally(picture, picture);
    expect(match?.coverageA).toBeGreaterThan(0.8);
    expect(match && editKindOf(match, [16 / 12, 16 / 12])).toBe('stored-anew');
  });

  it('is not convinced by a corner that both pictures share', () => {
    const world = new World(4);
    const match = matchLocally(world.window(0, 0, 16, 12), world.window(10, 7, 16, 12));
    expect(match !== null && isSamePicture(match)).toBe(false);
  });

  it('is the same the other way round', () => {
    fc.assert(
      fc.property(fc.nat(8), fc.nat(8), fc.nat(), (left, top, seed) => {
        const world = new World(seed);
        const [a, b] = [world.window(8, 8, 16, 12), world.window(8 + left, 8 + top, 14, 14)];
        const [there, back] = [matchLocally(a, b), matchLocally(b, a)];
        expect(back?.inliers).toBe(there?.inliers);
        expect(back?.coverageA).toBe(there?.coverageB);
      }),
      { numRuns: 20 },
    );
  });

  it('makes nothing of a picture without any place that stands out', () => {
    const blank = localFeaturesOf(
      { map: new Float32Array(channels * 100), channels, height: 10, width: 10 },
      1,
    );
    expect(blank.places).toHaveLength(0);
    expect(matchLocally(blank, new World(1).window(0, 0, 16, 12))).toBeNull();
    expect(matchLocally(blank, blank)).toBeNull();
  });

  it('looks only at places that are wanted', () => {
    const picture = new World(5).window(0, 0, 16, 12);
    const left = cellsWhere(picture, (x) => x < 0.5);
    expect(left.places.length).toBeLessThan(picture.places.length);
    expect(Array.from(left.places).every((place, i) => i % 2 === 1 || place < 0.5)).toBe(true);
    expect(left.codes).toHaveLength(4 * left.places.length);
    expect(matchLocally(left, picture)?.inliers).toBe(left.places.length / 2);
  });
});

describe('what is kept of a picture', () => {
  it('takes at most 8 KB, and is the same after it was kept', () => {
    const picture = new World(6).window(0, 0, 40, 30);
    const data = encodeLocalFeatures(picture);
    expect(data.length).toBe(mostLocalFeatureBytes);
    expect(mostLocalFeatureBytes).toBeLessThanOrEqual(8192);
    const kept = decodeLocalFeatures(data);
    expect(kept.codes).toEqual(picture.codes);
    kept.places.forEach((place, i) => expect(place).toBeCloseTo(picture.places[i], 4));
    expect(encodeLocalFeatures(kept)).toEqual(data);
  });

  it('is refused when it is not whole', () => {
    const data = encodeLocalFeatures(new World(7).window(0, 0, 8, 8));
    expect(() => decodeLocalFeatures(data.subarray(1))).toThrow(/not as they were stored/);
  });

  it('has another key for another model, map or size', () => {
    const madeWith = { modelSha256: 'a', tap: 's8', longerSide: 320 };
    const keys = [
      madeWith,
      { ...madeWith, modelSha256: 'b' },
      { ...madeWith, tap: 's16' },
      { ...madeWith, longerSide: 512 },
    ].map(localFeaturesKey);
    expect(new Set(keys).size).toBe(4);
  });
});
