import { expect, it } from 'vitest';
import type { PhotoGroup } from '../../../src-main/contract/index.ts';
import { groupTitle } from '../../../src-renderer/library/group-title.ts';

const folders = [
  {
    id: 1,
    path: '/home/ann/Pictures',
    addedAtMs: 0,
    photos: 2,
    problems: 0,
    available: true,
    patterns: '',
    followLinks: false,
  },
];

it.each<[PhotoGroup, string]>([
  [{ kind: 'month', month: '2024-05', photos: 1 }, 'May 2024'],
  [{ kind: 'month', month: null, photos: 1 }, 'Date unknown'],
  [{ kind: 'folder', folderId: 1, directory: '', photos: 1 }, 'Pictures'],
  [{ kind: 'folder', folderId: 1, directory: 'trips/Rome', photos: 1 }, 'Pictures / trips / Rome'],
])('over %o stands %s', (group, title) => {
  expect(groupTitle(group, folders)).toBe(title);
});
