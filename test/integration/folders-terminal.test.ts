import { execFile } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePhoto } from '../fixtures/photo-files.ts';

const semblance = resolve(import.meta.dirname, '../../src-main/cli/semblance.ts');
let root: string;
let photos: string;

async function run(...args: string[]): Promise<string> {
  const all = [semblance, ...args, '--library', join(root, 'library')];
  return (await promisify(execFile)(process.execPath, all)).stdout;
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'semblance-folders-'));
  photos = join(root, 'photos');
  for (let i = 0; i < 3; i++) await writePhoto(join(photos, i < 2 ? 'kept' : 'drafts', `${i}.jpg`), i);
  await run('index', photos);
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('semblance folders', () => {
  it('counts what patterns would leave out, sets them, and shows them', async () => {
    expect(await run('folders', 'patterns', photos, '--leave-out', 'drafts/', '--count')).toMatch(
      /^kept 2 photos \(.*\), left out 1 photos/,
    );
    expect(await run('folders')).toContain('3 photos');
    const shown = await run(
      'folders',
      'patterns',
      photos,
      '--leave-out',
      'drafts/',
      '*.tmp',
      '--follow-links',
    );
    expect(shown).toMatch(
      /2 photos, links are followed\n {2}leaves out {2}drafts\/\n {2}leaves out {2}\*\.tmp/,
    );
    const [folder] = JSON.parse(await run('folders', 'list', '--json')) as unknown[];
    expect(folder).toMatchObject({ path: photos, photos: 2, patterns: 'drafts/\n*.tmp', followLinks: true });
  });

  it('shows a folder that is away as offline, and takes its new place', async () => {
    const elsewhere = join(root, 'elsewhere');
    renameSync(photos, elsewhere);
    expect(await run('folders')).toContain('offline');
    expect(await run('status')).toContain(`Offline   ${photos}`);
    expect(await run('folders', 'relocate', photos, elsewhere)).toContain(
      `2 photos of ${photos} are at ${elsewhere} now.`,
    );
    expect(await run('folders')).not.toContain('offline');
  });

  it('says how many photos have moved', async () => {
    const elsewhere = join(root, 'elsewhere');
    renameSync(join(elsewhere, 'kept'), join(elsewhere, 'renamed'));
    expect(await run('index', elsewhere)).toMatch(/^moved 2$/m);
  });

  it('says which folders there are when one is not known', async () => {
    await expect(run('folders', 'patterns', root)).rejects.toThrow(/is not a folder of this library/);
  });
});
