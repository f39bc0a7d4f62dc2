import { describe, expect, it } from 'vitest';
import { filled, plural } from '../../../src-renderer/plural.ts';

describe('texts that depend on a number', () => {
  it('take one form for one, another for all else, with the number as it is written', () => {
    const forms = ['# photo', '# photos'];
    expect([0, 1, 2, 1204].map((count) => plural(count, forms))).toEqual([
      '0 photos',
      '1 photo',
      '2 photos',
      '1,204 photos',
    ]);
  });

  it('need not tell the number', () => {
    expect([1, 2].map((count) => plural(count, ['match', 'matches']))).toEqual(['match', 'matches']);
  });

  it('follow the rule of another language, and take the last form where it has none', () => {
    const forms = ['# zdjęcie', '# zdjęcia', '# zdjęć'];
    const polish = (count: number): number => (count === 1 ? 0 : count < 5 ? 1 : 2);
    expect([1, 2, 5].map((count) => plural(count, forms, polish))).toEqual([
      '1 zdjęcie',
      '2 zdjęcia',
      '5 zdjęć',
    ]);
    expect(plural(5, ['one', 'more'], polish)).toBe('more');
  });

  it('hold values by their names, whatever these are', () => {
    expect(filled('{folder} has {photos}', { folder: '$& {photos}', photos: '2 photos' })).toBe(
      '$& {photos} has 2 photos',
    );
    expect(filled('{nothing}', {})).toBe('{nothing}');
  });
});
