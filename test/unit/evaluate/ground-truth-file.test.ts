import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Difficulty, readGroundTruthFile } from '../../../src-main/evaluate/ground-truth-file.ts';

let folder = '';
beforeAll(async () => (folder = await mkdtemp(path.join(tmpdir(), 'ground-truth-'))));
afterAll(() => rm(folder, { recursive: true }));

async function written(content: unknown, name = 'truth.json'): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(
    file,
    typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content),
  );
  return file;
}

describe('a list of queries', () => {
  const elsewhere = path.resolve('/elsewhere/b.jpg');
  const list = [
    { query: 'a.jpg', positives: ['sub/c.jpg', elsewhere], junk: ['../d.jpg'], crop: [10, 20.5, 30, 40] },
    { query: elsewhere, positives: [] },
  ];

  it.each([
    ['by itself', list],
    ['in an object', { queries: list }],
  ])('is read %s, with paths from the folder of the file', async (_, content) => {
    expect(await readGroundTruthFile(await written(content))).toEqual({
      queries: [
        {
          path: path.join(folder, 'a.jpg'),
          crop: { x: 10, y: 20.5, width: 30, height: 40 },
          positives: [path.join(folder, 'sub', 'c.jpg'), elsewhere],
          junk: [path.join(path.dirname(folder), 'd.jpg')],
        },
        { path: elsewhere, crop: null, positives: [], junk: [] },
      ],
    });
  });

  it.each([
    ['a query without positives', [{ query: 'a.jpg' }], /0\.positives/],
    ['a number for a name', [list[1], { query: 'a', positives: [3] }], /1\.positives\.0/],
    ['a key that is not known', [{ query: 'a', positives: [], jumk: [] }], /0\.jumk/],
    ['a crop without area', [{ query: 'a', positives: [], crop: [0, 0, 5, 0] }], /0\.crop\.3/],
    ['a crop of three numbers', [{ query: 'a', positives: [], crop: [0, 0, 5] }], /0\.crop/],
    ['something else', 'null', /no ground truth/],
    ['no JSON', '[{"query": ', /is no JSON/],
  ])('is refused with %s', async (_, content, reason) => {
    await expect(readGroundTruthFile(await written(content))).rejects.toMatchObject({
      code: 'invalid-arguments',
      message: expect.stringMatching(reason) as string,
    });
  });
});

describe('the published form of the revisited benchmarks', () => {
  const published = {
    imlist: ['image0', 'image1', 'image2', 'image3'],
    qimlist: ['query0'],
    gnd: [{ easy: [2], hard: [0, 3], junk: [1], bbx: [10, 20, 110.5, 70] }],
  };

  it.each<[Difficulty, string[], string[]]>([
    ['easy', ['image2'], ['image1', 'image0', 'image3']],
    ['medium', ['image2', 'image0', 'image3'], ['image1']],
    ['hard', ['image0', 'image3'], ['image1', 'image2']],
  ])('asks for what is %s', async (difficulty, positives, junk) => {
    expect(await readGroundTruthFile(await written(published), { difficulty })).toEqual({
      images: published.imlist,
      queries: [{ path: 'query0', crop: { x: 10, y: 20, width: 100.5, height: 50 }, positives, junk }],
    });
  });

  it('asks for easy and hard photos, and with whole ones, unless told otherwise', async () => {
    const whole = { ...published, gnd: [{ easy: [2], hard: [0], junk: [] }] };
    expect((await readGroundTruthFile(await written(whole))).queries).toEqual([
      { path: 'query0', crop: null, positives: ['image2', 'image0'], junk: [] },
    ]);
  });

  it.each([
    ['photos that are not listed', { ...published, imlist: ['image0'] }, /photo \d in gnd\.0/],
    ['fewer queries than ground truth', { ...published, qimlist: [] }, /0 queries in qimlist/],
    ['no list of photos', { ...published, imlist: undefined }, /imlist/],
    ['half a photo', { ...published, gnd: [{ ...published.gnd[0], easy: [0.5] }] }, /gnd\.0\.easy\.0/],
    [
      'a crop from right to left',
      { ...published, gnd: [{ ...published.gnd[0], bbx: [9, 0, 5, 9] }] },
      /x1 < x2/,
    ],
  ])('is refused with %s', async (_, content, reason) => {
    await expect(readGroundTruthFile(await written(content))).rejects.toMatchObject({
      code: 'invalid-arguments',
      message: expect.stringMatching(reason) as string,
    });
  });

  it.each([
    ['by its content', Buffer.from([0x80, 4, 0x95]), 'truth.json'],
    ['by its name', '(dp0', 'gnd_roxford5k.pkl'],
  ])(
    'is not read from a pickle, known %s, but its user is told how to convert it',
    async (_, content, name) => {
      await expect(readGroundTruthFile(await written(content, name))).rejects.toMatchObject({
        code: 'invalid-arguments',
        message: expect.stringMatching(/pickle\.load.*json|json.*pickle\.load/) as string,
      });
    },
  );
});

describe('a file of ground truth', () => {
  it('is refused above 64 MiB, before it is read', async () => {
    const file = await written('[]', 'large.json');
    await truncate(file, 64 * 2 ** 20 + 1);
    await expect(readGroundTruthFile(file)).rejects.toMatchObject({
      code: 'invalid-arguments',
      message: expect.stringContaining('65 MiB') as string,
    });
  });

  it.each([
    ['is missing', 'nothing.json'],
    ['is a folder', ''],
  ])('is asked for when it %s', async (_, name) => {
    await expect(readGroundTruthFile(path.join(folder, name))).rejects.toMatchObject({ code: 'not-found' });
  });
});
