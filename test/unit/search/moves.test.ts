import { expect, it } from 'vitest';
import { movesOf } from '../../../src-main/search/index.ts';

it('tells how many places each result rose or fell, what is new, and what is gone', () => {
  expect(movesOf([1, 2, 3, 4], [3, 1, 9, 4])).toEqual({ moved: [2, -1, 'new', 0], gone: [2] });
  expect(movesOf([], [])).toEqual({ moved: [], gone: [] });
});
