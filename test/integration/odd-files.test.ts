import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IndexSummary } from '../../src-main/contract/index.ts';
import { smallLibrary, type SmallLibrary } from '../fixtures/small-library.ts';

const shared = path.resolve(import.meta.dirname, '../../../shared/data/odd-files');

/** Every decoder fixture of sharp and Pillow goes through the whole engine, with a small network. */
describe.skipIf(!existsSync(shared))('odd files (needs ../shared/data)', () => {
  let small: SmallLibrary;
  let photos: string;
  let summary: IndexSummary;

  async function index(): Promise<IndexSummary> {
    const { engine } = small;
    const folder =
      (await engine.call('folders', {})).at(0) ?? (await engine.call('addFolder', { path: photos }));
    const job = await engine.index([folder]).ended;
    expect(job).toMatchObject({ state: 'done', error: null });
    return job.summary!;
  }

  beforeAll(async () => {
    small = await smallLibrary(8, 64);
    photos = path.join(small.root, 'photos');
    // A copy, because what is shared lies on a mount that nothing may be written to.
    cpSync(shared, photos, { recursive: true });
    execFileSync('chmod', ['-R', 'u+w', photos]);
    summary = await index();
  }, 120_000);

  afterAll(() => small.close(), 60_000);

  it('are all read, or set aside for a reason that fits', () => {
    const counts: Partial<Record<string, number>> = {};
    for (const { code } of summary.skipped) counts[code] = (counts[code] ?? 0) + 1;
    const { corrupt = 0, truncated = 0, 'unsupported-format': unsupported = 0, ...others } = counts;
    expect(others).toEqual({ 'too-large': 2 });
    // 22, 9 and 12 when read one by one. Decoders of all threads share one place for their last words, so that one that
    // fails beside others may be told in theirs.
    expect(corrupt + truncated + unsupported).toBe(43);
    expect(Math.min(corrupt - 20, truncated - 7, unsupported - 10)).toBeGreaterThanOrEqual(0);
    expect(summary.photos).toBe(727);
    expect(summary.ignored).toBe(397);
  });

  it('are set aside each for its own reason', () => {
    const codes = Object.fromEntries(summary.skipped.map((each) => [path.basename(each.path), each.code]));
    expect(codes).toMatchObject({
      'truncated.jpg': 'truncated',
      'truncated_image.png': 'truncated',
      'giant-image.jpg': 'too-large',
      '65536-uint32-limit.png': 'too-large',
      'broken.png': 'unsupported-format',
      'oom-225817ca0f8c663be7ab4b9e717b02c661e66834.tif': 'unsupported-format',
    });
  });

  it('are found by their content: formats of all kinds are there, and HEIC among them', async () => {
    const { engine } = small;
    const total = async (format: string): Promise<number> =>
      (await engine.call('photos', { offset: 0, limit: 1, order: 'path', filter: { formats: [format] } }))
        .total;
    for (const format of ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif', 'heic']) {
      expect(await total(format), format).toBeGreaterThan(0);
    }
    const iptc = await engine.call('photos', {
      offset: 0,
      limit: 10,
      order: 'path',
      filter: { tags: ['Budapest'] },
    });
    expect(iptc.photos.map(({ name }) => name)).toContain('iptc.jpg');
  });

  it('are left alone the second time', async () => {
    const again = await index();
    expect(again.indexed).toBe(0);
    expect(again.photos).toBe(summary.photos);
    expect(again.skipped).toHaveLength(summary.skipped.length);
  });

  it('that changed are read again', async () => {
    const damaged = path.join(photos, 'sharp/test/fixtures/truncated.jpg');
    copyFileSync(path.join(photos, 'sharp/test/fixtures/320x240.jpg'), damaged);
    mkdirSync(path.join(photos, 'directory.jpg'));
    writeFileSync(path.join(photos, 'empty.jpg'), '');
    const again = await index();
    const codes = again.skipped.map((each) => `${path.basename(each.path)} ${each.code}`);
    expect(codes).not.toContain('truncated.jpg truncated');
    expect(codes).toContain('empty.jpg empty-file');
    expect(again.photos).toBe(summary.photos + 1);
  });
});
