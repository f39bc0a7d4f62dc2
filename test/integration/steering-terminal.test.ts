/** Steered searches and saved searches, on a terminal. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SavedSearch } from '../../src-main/contract/index.ts';
import { folders, photosPerFolder, writePhotos } from '../e2e/photos.ts';
import { answerOf, type Ended, runSemblance } from '../fixtures/run-semblance.ts';

const total = folders.length * photosPerFolder;
let root: string;
let photos: string;
let library: string;

function run(args: string[], input?: Uint8Array): Promise<Ended> {
  return runSemblance([...args, '--library', library], { input });
}

async function json<Answer>(args: string[], input?: Uint8Array): Promise<Answer> {
  return answerOf(await run([...args, '--json'], input)) as Answer;
}

interface Found {
  results: { path: string; score: number; moved: number | 'new' | null }[];
  steps: { name: string }[];
}

const photo = (name: string): string => join(photos, name.split('-')[0], `${name}.jpg`);
const kinds = ({ results }: Found, count = 3): string[] =>
  results.slice(0, count).map(({ path }) => path.split('/').at(-2) ?? '');

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'semblance-steering-terminal-'));
  photos = join(root, 'photos');
  library = join(root, 'library');
  await writePhotos(photos);
  expect((await run(['index', photos])).code).toBe(0);
}, 120_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a search on a terminal', () => {
  let pair: string;

  beforeAll(async () => {
    pair = join(root, 'pair.png');
    await sharp({ create: { width: 640, height: 240, channels: 3, background: '#000' } })
      .composite([
        { input: photo('beaches-1'), left: 0, top: 0 },
        { input: photo('towns-2'), left: 320, top: 0 },
      ])
      .png()
      .toFile(pair);
  });

  it('writes what it found as a contact sheet, with the pictures in it', async () => {
    const file = join(root, 'sheet.html');
    const { results } = await json<Found>([
      'search',
      photo('beaches-1'),
      '--top',
      '40',
      '--contact-sheet',
      file,
    ]);
    const sheet = readFileSync(file, 'utf8');
    expect(sheet.match(/<section>/g)).toHaveLength(Math.ceil(results.length / 35));
    // The example's, and that of each result.
    expect(sheet.match(/<img src="data:image\/jpeg;base64,[\w+/]+=*"/g)).toHaveLength(1 + results.length);
    expect(sheet).toContain('<h1>beaches-1.jpg</h1>');
    expect(sheet).toContain(`<p>${results.length} photos, the most similar first</p>`);
    expect(sheet).toContain(`<span class="after">${results[1].score.toFixed(3)}</span>`);
  });

  it.each([
    [['--top', '701', '--contact-sheet', 'sheet.html'], /holds 700 photos at most/],
    [['--contact-sheet', join('nowhere', 'sheet.html')], /could not be written.*Name a file/],
  ])('says why there is no contact sheet: %j', async (args, message) => {
    const { code, errors } = await run(['search', photo('beaches-1'), ...args]);
    expect(code).toBe(1);
    expect(errors).toMatch(message);
  });

  it('looks for a part of the example before the option, in pixels, or for all but a part', async () => {
    const right = await json<Found>(['search', pair, '--crop', '320,0,320,240']);
    expect(kinds(right)).toEqual(Array(3).fill('towns'));
    const left = await json<Found>(['search', pair, '--ignore=320,0,320,240']);
    expect(kinds(left)).toEqual(Array(3).fill('beaches'));
    const two = await json<Found>([
      'search',
      photo('forests-1'),
      pair,
      '--crop',
      '0,0,320,240',
      '--weight',
      '0.01',
    ]);
    expect(kinds(two, 1)).toEqual(['forests']);
  });

  it('goes away from what is unwanted, and takes its own whitening strength', async () => {
    const args = [
      'search',
      photo('beaches-1'),
      '--minus',
      photo('towns-2'),
      '--weight',
      '0.5',
      '--top',
      String(total),
    ];
    const without = await json<Found>(args);
    expect(kinds(without, 1)).toEqual(['beaches']);
    expect(without.results.at(-1)?.path).toMatch(/towns/);
    const rewhitened = await json<Found>([...args, '--kind-thing', '5']);
    expect(rewhitened.results[0].score).not.toBeCloseTo(without.results[0].score, 3);
  });

  it('takes examples from data URLs and from standard input', async () => {
    const bytes = readFileSync(photo('towns-4'));
    const url = `data:image/jpeg;base64,${bytes.toString('base64')}`;
    expect((await json<Found>(['search', url])).results[0].path).toBe(photo('towns-4'));
    expect((await json<Found>(['search', '-'], bytes)).results[0].path).toBe(photo('towns-4'));
  });

  it('tells what moved where the ranking is improved', async () => {
    const { results, steps } = await json<Found>(['search', photo('towns-4'), '--expand', '4:1', '--refine']);
    expect(steps.map(({ name }) => name)).toEqual(['expansion', 'refinement']);
    expect(results.every(({ moved }) => moved !== null)).toBe(true);
    const { output } = await run(['search', photo('towns-4'), '--expand', '4:1', '--refine']);
    expect(output).toMatch(/^expansion: \d+ ms/m);
  });

  it.each<[string[], RegExp]>([
    [[], /Name a photo to search with/],
    [['--crop', '1,2,3,4'], /--crop is about the photo before it/],
    [['PAIR', '--crop', '10,20,300'], /must be left,top,width,height in pixels/],
    [['PAIR', '--crop', '700,0,10,10'], /outside pair\.png, which has 640 × 240 pixels/],
    [['PAIR', '--weight', '2'], /must be a number from −1 to 1/],
    [['--minus', 'PAIR'], /at least one example needs a weight above 0/],
    [['PAIR', '--whitening', '-1'], /must be a number from 0 to 1000/],
    [['PAIR', '--expand', '5:x'], /must be 1 to 50/],
    [['-', '-'], /can be one example only/],
    [['data:image/png;base64,@@'], /data URL cannot be read/],
  ])('says what is wrong with %j', async (args, message) => {
    const { code, errors } = await run(['search', ...args.map((arg) => (arg === 'PAIR' ? pair : arg))]);
    expect(code).toBe(1);
    expect(errors).toMatch(message);
  });
});

describe('saved searches on a terminal', () => {
  it('are kept, listed, run again, renamed and removed', { timeout: 240_000 }, async () => {
    await json(['search', photo('towns-1'), '--minus', photo('forests-2'), '--save', 'city  life']);
    const [saved] = await json<SavedSearch[]>(['saved', 'list']);
    expect(saved).toMatchObject({ name: 'city life', examples: [{ weight: 1 }, { weight: -1 }] });
    expect((await run(['saved', 'list'])).output).toBe('city life  (towns-1.jpg, not forests-2.jpg)\n');
    expect(kinds(await json<Found>(['saved', 'run', 'city life']))).toEqual(Array(3).fill('towns'));
    expect((await run(['search', photo('towns-1'), '--save', 'city life'])).errors).toMatch(
      /is a saved search “city life” already/,
    );
    expect((await run(['saved', 'rename', 'city life', 'towns'])).output).toBe(
      'Renamed “city life” to “towns”.\n',
    );
    expect((await run(['saved', 'remove', 'towns'])).output).toBe('Removed “towns”.\n');
    expect(await json(['saved', 'list'])).toEqual([]);
    expect((await run(['saved', 'run', 'towns'])).errors).toMatch(/no saved search “towns”.*saved list/);
  });
});
