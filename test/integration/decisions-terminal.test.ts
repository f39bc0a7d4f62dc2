import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DecisionOutcome, QualityReport, TagCount } from '../../src-main/contract/index.ts';
import { writePhotos } from '../e2e/photos.ts';
import { answerOf, type Ended, runSemblance } from '../fixtures/run-semblance.ts';

let root: string;
let photos: string;
let library: string;

function run(...args: string[]): Promise<Ended> {
  return runSemblance([...args, '--library', library]);
}

async function json<Answer>(...args: string[]): Promise<Answer> {
  return answerOf(await run(...args, '--json')) as Answer;
}

const photo = (name: string): string => join(photos, name.split('-')[0], `${name}.jpg`);

async function found(...options: string[]): Promise<string[]> {
  const { results } = await json<{ results: { path: string }[] }>(
    'search',
    photo('towns-1'),
    '--top',
    '50',
    ...options,
  );
  return results.map(({ path }) => path).sort();
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'semblance-decisions-terminal-'));
  photos = join(root, 'photos');
  library = join(root, 'library');
  await writePhotos(photos);
  expect((await run('index', photos)).code).toBe(0);
}, 120_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a terminal', () => {
  it('tags photos by their paths, also through links and whole folders, and lists the tags', async () => {
    symlinkSync(photos, join(root, 'link'));
    const linked = join(root, 'link/towns/towns-2.jpg');
    expect(await json<DecisionOutcome>('tag', 'add', 'city', photo('towns-1'), linked)).toMatchObject({
      changed: 2,
    });
    expect(await json<DecisionOutcome>('tag', 'add', 'Sea', join(photos, 'beaches'))).toMatchObject({
      changed: 8,
    });
    expect(await json<TagCount[]>('tag', 'list')).toEqual([
      { tag: 'city', photos: 2 },
      { tag: 'Sea', photos: 8 },
    ]);
  });

  it('searches only among photos that are asked for', async () => {
    await json('rate', '4', photo('towns-2'), photo('forests-1'));
    expect(await found('--tag', 'CITY', '--rating', '3', '--format', 'JPG', '--no-offline')).toEqual([
      photo('towns-2'),
    ]);
    expect(await found('--folder', join(photos, 'forests'), '--rating', '4')).toEqual([photo('forests-1')]);
  });

  it.each([
    [['search', 'PHOTO', '--tag', 'nowhere'], /There is no tag “nowhere”/],
    [['search', 'PHOTO', '--taken-from', 'soon'], /must be a date/],
    [['tag', 'add', 'x', '/nothing.jpg'], /is no photo of this library/],
    [['tag', 'add', ' ', 'PHOTO'], /cannot be a tag/],
    [['rate', '6', 'PHOTO'], /1 to 5/],
    [['keep'], /Name a photo to keep/],
    [['redo'], /nothing to redo/],
  ])('%j says in one line what is wrong', async (args, message) => {
    const { code, errors } = await run(...args.map((arg) => (arg === 'PHOTO' ? photo('towns-1') : arg)));
    expect(code).toBe(1);
    expect(errors).toMatch(message);
    expect(errors.trim().split('\n')).toHaveLength(1);
  });

  it('renames tags, takes them away, and takes that back', async () => {
    await json('tag', 'rename', 'Sea', 'beach');
    expect((await run('tag', 'remove', 'beach', join(photos, 'beaches'))).output).toMatch(
      /Took “beach” from 8 photos\. To take it back: semblance undo/,
    );
    expect((await run('undo')).output).toMatch(/Taken back: Took “beach”/);
    expect((await run('undo', '--list')).output).toMatch(
      /Took “beach” from 8 photos \(taken back\)\n.*Renamed/,
    );
    expect(await json<TagCount[]>('tag', 'list')).toEqual([
      { tag: 'beach', photos: 8 },
      { tag: 'city', photos: 2 },
    ]);
  });

  it('keeps photos among their duplicates, lists them, and takes that back', async () => {
    const two = [photo('towns-1'), photo('towns-2')];
    expect(await json<DecisionOutcome>('keep', ...two)).toMatchObject({
      changed: 2,
      decision: { description: 'Chose to keep 2 photos' },
    });
    expect((await run('keep', '--list')).output.trim().split('\n').sort()).toEqual(two);
    expect((await run('keep', '--remove', two[0])).output).toMatch(/Took the mark “keep” from towns-1\.jpg/);
    expect(await json<{ path: string }[]>('keep', '--list')).toMatchObject([{ path: two[1] }]);
  });

  it('evaluates by tag', async () => {
    const report = await json<QualityReport>('evaluate', '--by', 'tag');
    expect(report).toMatchObject({ by: 'tag', queries: 10 });
    expect(report.mAP).toBeGreaterThan(0.3);
  });

  it('goes on from a damaged catalogue with all tags, once the photos are indexed again', async () => {
    const before = await json<TagCount[]>('tag', 'list');
    writeFileSync(join(library, 'library.sqlite'), 'damaged beyond recognition '.repeat(500));
    expect((await run('search', photo('towns-1'))).errors).toMatch(/semblance library repair/);
    const { output } = await run('library', 'repair');
    expect(output).toMatch(/10 tags of pictures, 2 ratings, 0 marks, 1 kept/);
    expect(output).toContain(`semblance index '${photos}'`);
    expect(readdirSync(library).some((name) => name.startsWith('damaged-'))).toBe(true);
    await run('index', photos);
    expect(await json<TagCount[]>('tag', 'list')).toEqual(before);
    expect(await found('--rating', '3')).toEqual([photo('forests-1'), photo('towns-2')]);
  });
});
