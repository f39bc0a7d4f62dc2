import { describe, expect, it } from 'vitest';
import type { SavedExample, SavedSearch } from '../../../src-main/contract/index.ts';
import {
  emptyQuery,
  exampleOfPhoto,
  queryTitle,
  weightWords,
} from '../../../src-renderer/searching/query.ts';
import {
  changeWords,
  movedMark,
  movedWords,
  withNumber,
  withPart,
} from '../../../src-renderer/searching/ranking-parts.ts';
import { savedWords } from '../../../src-renderer/searching/saved-words.ts';

describe('a query in words', () => {
  it('goes by the name of its only example, or by their number', () => {
    const [a, b] = ['a.jpg', 'b.jpg'].map((name, id) => exampleOfPhoto({ id: id + 1, name }));
    expect(queryTitle(emptyQuery)).toBe('Search');
    expect(queryTitle({ ...emptyQuery, examples: [a] })).toBe('a.jpg');
    expect(queryTitle({ ...emptyQuery, examples: [a, { ...b, weight: -1 }] })).toBe('2 examples, 1 unwanted');
  });

  it('says how much an example is wanted', () => {
    expect([1, 0.45, 0, -0.5, -1].map(weightWords)).toEqual([
      'more like this',
      'more like this, 45 %',
      'does not count',
      'less like this, 50 %',
      'less like this',
    ]);
  });
});

describe('the switches of a ranking', () => {
  it('begin with the usual numbers, which can be changed, and go without a trace', () => {
    const on = withPart({}, 'expansion', true);
    expect(on).toEqual({ expansion: { count: 5, alpha: 3 } });
    expect(withNumber(on, 'expansion', 'count', 9)).toEqual({ expansion: { count: 9, alpha: 3 } });
    expect(withPart(on, 'expansion', false)).toEqual({});
  });

  it('say what they moved', () => {
    expect([3, -2, 0, 'new' as const, null].map(movedMark)).toEqual(['▲3', '▼2', '', 'new', '']);
    expect(movedWords(-2)).toBe('down by 2 against the plain ranking');
    expect(changeWords([3, -2, 0, 'new'], 1)).toBe('2 moved, 1 new, 1 gone');
    expect(changeWords([0, 0], 0)).toBe('The same order');
  });
});

describe('a saved search in words', () => {
  const example = (name: string, changes: Partial<SavedExample> = {}): SavedExample => ({
    name,
    photoId: 1,
    isMissing: false,
    weight: 1,
    crop: null,
    ignored: [],
    ...changes,
  });
  const saved: SavedSearch = {
    id: '1',
    name: 'x',
    savedAtMs: 0,
    examples: [],
    whitening: null,
    filter: {},
    newPhotos: null,
  };

  it('names what is wanted and what is not', () => {
    const crop = { left: 0, top: 0, width: 1, height: 1 };
    const examples = [
      example('a.jpg'),
      example('b.jpg', { crop }),
      example('c.jpg', { weight: -0.5, isMissing: true }),
    ];
    expect(savedWords({ ...saved, examples, filter: { formats: ['png'] }, whitening: 1 })).toBe(
      'like a.jpg and part of b.jpg, unlike c.jpg (gone), filtered, with its own whitening',
    );
  });

  it('counts those that there is no room for', () => {
    const examples = ['a', 'b', 'c', 'd', 'e'].map((name) => example(name));
    expect(savedWords({ ...saved, examples })).toBe('like a, b, c and 2 more');
  });
});
