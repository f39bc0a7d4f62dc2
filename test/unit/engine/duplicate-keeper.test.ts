import { describe, expect, it } from 'vitest';
import { keepWords, type PhotoDetails } from '../../../src-main/contract/index.ts';
import { type Contender, suggestKeeper } from '../../../src-main/engine/duplicate-keeper.ts';

const plain: PhotoDetails = {
  id: 1,
  name: 'a.jpg',
  directory: '',
  folderId: 1,
  width: 4000,
  height: 3000,
  offline: false,
  takenAtMs: null,
  camera: null,
  lens: null,
  latitude: null,
  longitude: null,
  path: '/a.jpg',
  placeholder: '',
  format: 'jpeg',
  sizeBytes: 4_000_000,
  modifiedAtMs: 5000,
  addedAtMs: 1,
  tags: [],
  rating: null,
};

function contender(photo: Partial<PhotoDetails>, sharpness: number | null = null): Contender {
  return { photo: { ...plain, ...photo }, sharpness, kept: false };
}

describe('the suggested keeper', () => {
  it('is the largest copy of one picture, with the sizes as its reason', () => {
    const { place, reasons } = suggestKeeper(
      [contender({ width: 2000, height: 1500 }), contender({})],
      'same-picture',
    );
    expect(place).toBe(1);
    expect(keepWords(reasons)).toBe('more detail, 12 megapixels against 3.0 megapixels');
  });

  it('is one that a person chose, and of several chosen ones the best', () => {
    const chosen = { ...contender({ width: 200 }), kept: true };
    const better = { ...contender({ width: 300 }), kept: true };
    const suggested = suggestKeeper([contender({ rating: 5 }), chosen], 'same-picture');
    expect(suggested).toEqual({ place: 1, reasons: [{ by: 'choice' }] });
    expect(keepWords(suggested.reasons)).toBe('you chose it');
    expect(suggestKeeper([contender({}), chosen, better], 'same-picture').place).toBe(2);
    expect(suggestKeeper([chosen, better], 'burst')).toEqual({ place: 1, reasons: [{ by: 'choice' }] });
  });

  it('is what a person rated, however small', () => {
    const { place } = suggestKeeper([contender({}), contender({ width: 200, rating: 3 })], 'same-picture');
    expect(place).toBe(1);
  });

  it('is the raw file rather than what was made of it', () => {
    const { place, reasons } = suggestKeeper(
      [contender({ sizeBytes: 9e6 }), contender({ format: 'nef' })],
      'same-picture',
    );
    expect(place).toBe(1);
    expect(reasons).toEqual([{ by: 'format', value: 'nef', other: 'jpeg' }]);
  });

  it('is the sharpest shot of a burst, unless the difference is small', () => {
    const shots = [contender({}, 80), contender({ sizeBytes: 5e6 }, 95), contender({}, 100)];
    const { place, reasons } = suggestKeeper(shots, 'burst');
    expect(place).toBe(1);
    expect(reasons.map(({ by }) => by)).toEqual(['sharpness', 'bytes']);
    expect(keepWords(reasons)).toBe('sharper by 25 %; less compressed, 5.0 MB against 4.0 MB');
  });

  it('is the original of an edit, although a turned copy has more pixels', () => {
    const turned = contender({ width: 4400, height: 3600, modifiedAtMs: 90_000 });
    expect(suggestKeeper([turned, contender({})], 'crop-or-edit').place).toBe(1);
  });

  it('is the first where nothing tells photos apart, and says so', () => {
    expect(suggestKeeper([contender({}), contender({ id: 2 })], 'identical')).toEqual({
      place: 0,
      reasons: [{ by: 'order' }],
    });
  });
});
