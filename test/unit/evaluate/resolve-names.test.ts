import { describe, expect, it } from 'vitest';
import { resolveNames } from '../../../src-main/evaluate/resolve-names.ts';

const photos = [
  '/photos/jpg/all_souls_000013.jpg',
  '/photos/jpg/all_souls_000026.jpg',
  '/photos/2019/IMG_1.jpg',
  '/photos/2020/IMG_1.jpg',
  '/photos/2020/IMG_1.png',
  '/photos/v1.5/report.final.jpg',
  '/photos/README',
  'C:\\Photos\\2021\\beach.JPG',
];
const resolve = resolveNames(photos);

describe('names in a ground truth', () => {
  it.each([
    ['a whole path', '/photos/2020/IMG_1.jpg', 4 - 1],
    ['a file name', 'all_souls_000013.jpg', 0],
    ['a file name without its extension, as published', 'all_souls_000026', 1],
    ['the end of a path', '2019/IMG_1.jpg', 2],
    ['the end of a path without the extension', '2019/IMG_1', 2],
    ['an extension that tells two apart', 'IMG_1.png', 4],
    ['a dot that begins no extension', 'report.final', 5],
    ['a file without extension', 'README', 6],
    ['slashes of either kind', '2021/beach', 7],
  ])('find a photo by %s', (_, name, photo) => {
    expect(resolve(name)).toBe(photos[photo]);
  });

  it.each([
    ['fits several photos', 'IMG_1.jpg'],
    ['fits several photos without its extension', '2020/IMG_1'],
    ['has another extension', 'all_souls_000013.png'],
    ['is only a part of a file name', 'souls_000013.jpg'],
    ['names another folder', '2018/IMG_1.jpg'],
    ['is a folder', 'jpg'],
    ['is empty', ''],
  ])('find nothing when the name %s', (_, name) => {
    expect(resolve(name)).toBeUndefined();
  });
});
