import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Explanation } from '../../src-main/contract/index.ts';
import { writePhotos } from '../e2e/photos.ts';
import { type Ended, runSemblance } from '../fixtures/run-semblance.ts';

let root: string;
let photos: string;

function run(...args: string[]): Promise<Ended> {
  return runSemblance([...args, '--library', join(root, 'library')]);
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'semblance-explain-'));
  photos = join(root, 'photos');
  await writePhotos(photos);
  expect((await run('index', photos)).code).toBe(0);
}, 240_000);

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('semblance explain', () => {
  const query = (): string => join(photos, 'forests/forests-1.jpg');
  const result = (): string => join(photos, 'forests/forests-2.jpg');

  it('prints parts that add up to the score, and where the match is', async () => {
    const { code, output } = await run('explain', query(), result());
    expect(code).toBe(0);
    const numbers = [...output.matchAll(/^ +(-?\d\.\d{4}) {2}(\S+)/gm)].map(([, share, word]) => ({
      share: Number(share),
      word,
    }));
    const [score, ...parts] = numbers;
    expect(score.word).toBe('score');
    expect(parts.at(-1)?.word).toBe('constant');
    expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(score.share, 2);
    expect(output).toMatch(/Where, in the result: \d+ % of what speaks for the match lies /);
  }, 180_000);

  it('answers in JSON, and draws both photos side by side', async () => {
    const picture = join(root, 'why.png');
    const { output } = await run('explain', query(), result(), '--json', '--picture', picture);
    const { score, result: found } = JSON.parse(output) as Explanation;
    const sum = found.heatMap.cells.reduce((total, cell) => total + cell, found.constant);
    expect(Math.abs(sum - score)).toBeLessThan(1e-4);
    const { format, width, height } = await sharp(readFileSync(picture)).metadata();
    expect(format).toBe('png');
    expect(width / height).toBeCloseTo((2 * 4) / 3, 1);
  }, 180_000);

  it('says what to do about a photo that is not in the library, and about a folder', async () => {
    const elsewhere = await run('explain', query(), join(root, 'nowhere.jpg'));
    expect(elsewhere.code).not.toBe(0);
    expect(elsewhere.errors).toMatch(/no photo of this library.*Index its folder/);
    const folder = await run('explain', query(), join(photos, 'forests'));
    expect(folder.errors).toMatch(/is a folder\. Name one photo/);
  }, 180_000);
});
