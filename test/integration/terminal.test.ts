import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IndexSummary, QualityReport } from '../../src-main/contract/index.ts';
import { folders, photosPerFolder, writePhotos } from '../e2e/photos.ts';

const semblance = resolve(import.meta.dirname, '../../src-main/cli/semblance.ts');
const total = folders.length * photosPerFolder;

let root: string;
let photos: string;
let library: string;

interface Ended {
  code: number | null;
  output: string;
  errors: string;
}

function start(args: string[]): { process: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [semblance, ...args, '--library', library]);
  let output = '';
  let errors = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const ended = new Promise<Ended>((done) => child.on('close', (code) => done({ code, output, errors })));
  return { process: child, ended };
}

function run(...args: string[]): Promise<Ended> {
  return start(args).ended;
}

async function index(folder = photos): Promise<IndexSummary> {
  const { code, output, errors } = await run('index', folder, '--json');
  expect(errors).toBe('');
  expect(code).toBe(0);
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as IndexSummary;
}

async function search(
  path: string,
): Promise<{ rank: number; score: number; path: string; photoId: number }[]> {
  const { output } = await run('search', path, '--top', '8', '--json');
  return (JSON.parse(output) as { results: { rank: number; score: number; path: string; photoId: number }[] })
    .results;
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'semblance-terminal-'));
  photos = join(root, 'photos');
  library = join(root, 'library');
  await writePhotos(photos);
  writeFileSync(join(photos, 'notes.txt'), 'These are no photos.');
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('before anything is indexed', () => {
  it.each([
    [['search', 'PHOTO'], /no library.*semblance index FOLDER/i],
    [['index', '/no/such/folder'], /no folder \/no\/such\/folder/],
    [['evaluate'], /no library/i],
    [['serach'], /serach is no command, and no photo or folder that is there/],
  ])('%j says in one line what to do', async (args, message) => {
    const given = args.map((arg) => (arg === 'PHOTO' ? join(photos, 'towns/towns-1.jpg') : arg));
    const { code, errors } = await run(...given);
    expect(code).not.toBe(0);
    expect(errors).toMatch(message);
    expect(errors.trim().split('\n')).toHaveLength(1);
  });
});

describe('a library, from first index to last removal', () => {
  it('indexes photos, sets the broken one aside and ignores the rest', async () => {
    const summary = await index();
    expect(summary).toMatchObject({
      photos: total,
      indexed: total,
      unchanged: 0,
      moved: 0,
      removed: 0,
      ignored: 1,
    });
    expect(summary.skipped).toHaveLength(1);
    expect(summary.skipped[0].path).toBe(join(photos, 'broken.jpg'));
    expect(summary.photosPerSecond).toBeGreaterThan(0);
  });

  it('reads nothing again that has not changed', async () => {
    expect(await index()).toMatchObject({ photos: total, indexed: 0, unchanged: total });
  });

  it('finds a photo and its kin', async () => {
    const results = await search(join(photos, 'forests/forests-2.jpg'));
    expect(results[0]).toMatchObject({ rank: 1, path: join(photos, 'forests/forests-2.jpg') });
    expect(results[0].score).toBeCloseTo(1, 3);
    expect(results.every(({ path }) => path.includes('forests'))).toBe(true);
  });

  it('refuses a query that is no photo', async () => {
    const { code, errors } = await run('search', join(photos, 'notes.txt'));
    expect(code).toBe(1);
    expect(errors).toMatch(/not-a-photo/);
  });

  it('tells how good the search is, by folder', async () => {
    const { output } = await run('evaluate', '--by', 'folder', '--json');
    const report = JSON.parse(output) as QualityReport;
    expect(report).toMatchObject({ queries: total, precisionAt1: 1, fit: 'generic' });
    expect(report.mAP).toBeGreaterThan(0.9);
  });

  it('gives descriptors of unit length, the same each time', async () => {
    const path = join(photos, 'towns/towns-4.jpg');
    const [first, second] = await Promise.all([
      run('descriptor', path, '--json'),
      run('descriptor', path, '--json'),
    ]);
    expect(first.output).toBe(second.output);
    const { descriptor, dimension } = JSON.parse(first.output) as { descriptor: number[]; dimension: number };
    expect(descriptor).toHaveLength(dimension);
    expect(Math.hypot(...descriptor)).toBeCloseTo(1, 5);
  });

  it('tells what files tell of their photos with the results, and shows and changes settings', async () => {
    const { output } = await run('search', join(photos, 'towns/towns-1.jpg'), '--top', '1', '--json');
    const { results } = JSON.parse(output) as { results: Record<string, unknown>[] };
    expect(results[0]).toMatchObject({ camera: null, takenAtMs: null, rating: null, tags: [] });
    const settings = async (...args: string[]): Promise<unknown> =>
      JSON.parse((await run('settings', ...args, '--json')).output);
    expect(await settings()).toEqual({
      lowPriority: false,
      cacheBudgetBytes: 20e9,
      maxMegapixels: 150,
      watch: true,
      profileAnswered: false,
    });
    expect(await settings('--max-megapixels', '200')).toMatchObject({ maxMegapixels: 200 });
    expect(await settings()).toMatchObject({ maxMegapixels: 200, lowPriority: false });
    const { code, errors } = await run('settings', '--max-megapixels', '0');
    expect(code).not.toBe(0);
    expect(errors).toMatch(/from 1 to 1000/);
  });

  it('says what is in it and what computes', async () => {
    const { output } = await run('status', '--json');
    expect(JSON.parse(output)).toMatchObject({
      photos: total,
      problems: 1,
      provider: 'cpu',
      search: { tier: 'exact' },
    });
  });

  it('knows a moved photo again, and counts a copy as a new photo', async () => {
    const before = (await search(join(photos, 'towns/towns-3.jpg')))[0].photoId;
    mkdirSync(join(photos, 'moved'));
    renameSync(join(photos, 'towns/towns-3.jpg'), join(photos, 'moved/renamed.jpg'));
    copyFileSync(join(photos, 'towns/towns-1.jpg'), join(photos, 'moved/copy.jpg'));
    expect(await index()).toMatchObject({
      photos: total + 1,
      moved: 1,
      indexed: 1,
      removed: 0,
      unchanged: total - 1,
    });
    const [found] = await search(join(photos, 'moved/renamed.jpg'));
    expect(found).toMatchObject({ path: join(photos, 'moved/renamed.jpg'), photoId: before });
  });

  it('forgets photos whose files are gone', async () => {
    rmSync(join(photos, 'moved'), { recursive: true });
    expect(await index()).toMatchObject({ photos: total - 1, removed: 2 });
  });

  it('lets only one process write, and others search meanwhile', async () => {
    const server = start(['serve', '--root', root]);
    await new Promise((listening) => server.process.stdout?.once('data', listening));
    await expect
      .poll(async () => (await run('index', photos)).errors, { timeout: 20_000 })
      .toMatch(/library-in-use/);
    expect(await search(join(photos, 'beaches/beaches-1.jpg'))).not.toHaveLength(0);
    expect((await run('open')).output).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=/);
    server.process.kill('SIGTERM');
    await server.ended;
  });

  it('serves other machines with a token of one’s own only, and warns of it', async () => {
    expect((await run('serve', '--host', '0.0.0.0')).errors).toMatch(/--token-file/);
    const token = join(root, 'token.txt');
    writeFileSync(token, 'sixteen letters and more\n');
    const server = start(['serve', '--root', root, '--host', '0.0.0.0', '--token-file', token]);
    const said = await new Promise<string>((resolve) =>
      server.process.stdout?.once('data', (text: Buffer) => resolve(text.toString())),
    );
    const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? '';
    // One's own token works as often as it is given, unlike the printed one.
    for (const attempt of ['first', 'second']) {
      const signedIn = await fetch(`${origin}/?token=${encodeURIComponent('sixteen letters and more')}`, {
        redirect: 'manual',
      });
      expect([signedIn.status, signedIn.headers.get('location')], attempt).toEqual([303, '/']);
    }
    server.process.kill('SIGTERM');
    expect((await server.ended).errors).toMatch(/^Warning: whoever reaches this machine over the network/);
  });

  it('forgets a folder when told twice, and touches no file', async () => {
    expect((await run('remove', photos)).errors).toMatch(/--yes/);
    expect((await run('remove', photos, '--yes')).output).toMatch(/Forgot 23 photos/);
    expect(await search(join(photos, 'beaches/beaches-1.jpg')).catch(() => [])).toEqual([]);
    expect(await index()).toMatchObject({ photos: total - 1, indexed: total - 1 });
  });
});

describe('an index run that is killed', () => {
  it('loses at most the photos in flight, and the next run carries on', async () => {
    library = join(root, 'killed');
    const first = start(['index', photos, '--json']);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    first.process.kill('SIGKILL');
    await first.ended;
    const summary = await index();
    expect(summary.indexed + summary.unchanged).toBe(total - 1);
    expect(summary.photos).toBe(total - 1);
    expect(summary.skipped).toHaveLength(1);
  });

  it('that is stopped by Ctrl-C says so and keeps what it has', async () => {
    library = join(root, 'stopped');
    const first = start(['index', photos, '--json']);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    first.process.kill('SIGINT');
    const { code } = await first.ended;
    expect([0, 1, 130, null]).toContain(code);
    expect((await index()).photos).toBe(total - 1);
  });
});
