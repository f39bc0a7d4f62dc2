import { describe, expect, it } from 'vitest';
import type { Folder, PhotoFilter } from '../../../src-main/contract/index.ts';
import {
  changed,
  conditionsOf,
  dayMs,
  dayOf,
  startOfDay,
  toggled,
} from '../../../src-renderer/filter-words.ts';

const folder: Folder = {
  id: 3,
  path: '/photos/Summer 2024',
  addedAtMs: 0,
  photos: 1,
  problems: 0,
  available: true,
  patterns: '',
  followLinks: false,
};
const may = Date.UTC(2024, 4, 1);

function wordsOf(filter: PhotoFilter): string[] {
  return conditionsOf(filter, [folder]).map(({ words }) => words);
}

describe('the conditions of a filter', () => {
  it.each<[PhotoFilter, string[]]>([
    [{}, []],
    [{ folderIds: [3] }, ['In Summer 2024']],
    [{ folderIds: [4] }, ['In a folder that is gone']],
    [{ directory: 'trips' }, ['Below trips']],
    [{ takenFromMs: may }, ['Taken from May 1, 2024']],
    [{ takenBeforeMs: may }, ['Taken until Apr 30, 2024']],
    [{ takenFromMs: may, takenBeforeMs: may + dayMs }, ['Taken on May 1, 2024']],
    [{ takenFromMs: may, takenBeforeMs: may + 31 * dayMs }, ['Taken May 1, 2024 to May 31, 2024']],
    [{ formats: ['jpeg', 'png'] }, ['JPEG or PNG']],
    [{ tags: ['sea', 'sun'] }, ['Tag sea', 'Tag sun']],
    [{ leastRating: 3 }, ['3 or more stars']],
    [{ leastRating: 5 }, ['5 stars']],
    [{ offline: false }, ['Not offline']],
  ])('%j reads %j', (filter, words) => {
    expect(wordsOf(filter)).toEqual(words);
  });

  it('are each taken away without touching the others', () => {
    const filter: PhotoFilter = { takenFromMs: 0, takenBeforeMs: 1, tags: ['sea', 'sun'], offline: true };
    expect(conditionsOf(filter, []).map(({ without }) => without)).toEqual([
      { tags: ['sea', 'sun'], offline: true },
      { takenFromMs: 0, takenBeforeMs: 1, tags: ['sun'], offline: true },
      { takenFromMs: 0, takenBeforeMs: 1, tags: ['sea'], offline: true },
      { takenFromMs: 0, takenBeforeMs: 1, tags: ['sea', 'sun'] },
    ]);
  });

  it('are left out where their value is empty', () => {
    expect(
      changed({ offline: false, formats: ['png'] }, { formats: toggled(['png'], 'png', false) }),
    ).toEqual({
      offline: false,
    });
  });
});

it('a day is read and written as a date field does', () => {
  expect(dayOf(startOfDay('2024-05-31'))).toBe('2024-05-31');
  expect(dayOf(undefined)).toBe('');
  expect(startOfDay('')).toBeUndefined();
});
