import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeIcons } from '../../../resources/packaging/icons.ts';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'semblance-icons-'));
  await makeIcons(join(import.meta.dirname, '../../../src-renderer/icon.svg'), folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function widthOf(png: Buffer): Promise<number> {
  const { format, width, height } = await sharp(png).metadata();
  expect([format, height]).toEqual(['png', width]);
  return width;
}

describe('the icon', () => {
  it('is there for Linux in the sizes of the theme, each named by its own', async () => {
    const pictures = readdirSync(folder).filter((name) => name.endsWith('.png'));
    expect(pictures).toHaveLength(8);
    for (const name of pictures)
      expect(`${await widthOf(readFileSync(join(folder, name)))}`).toBe(name.split('x')[0]);
  });

  it('is there for Windows, the largest with 256 pixels', async () => {
    const icon = readFileSync(join(folder, 'icon.ico'));
    const count = icon.readUInt16LE(4);
    const at = 6 + 16 * (count - 1);
    const [bytes, offset] = [icon.readUInt32LE(at + 8), icon.readUInt32LE(at + 12)];
    expect(offset + bytes).toBe(icon.length);
    expect(await widthOf(icon.subarray(offset))).toBe(256);
  });

  it('is there for a Mac, with room around it', async () => {
    const icon = readFileSync(join(folder, 'icon.icns'));
    expect([icon.toString('latin1', 0, 4), icon.readUInt32BE(4)]).toEqual(['icns', icon.length]);
    const widths: Record<string, number> = {};
    for (let at = 8; at < icon.length; at += icon.readUInt32BE(at + 4)) {
      const png = icon.subarray(at + 8, at + icon.readUInt32BE(at + 4));
      widths[icon.toString('latin1', at, at + 4)] = await widthOf(png);
      const { data } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
      expect(data[3]).toBe(0);
    }
    expect(widths).toMatchObject({ ic07: 128, ic10: 1024, ic14: 512 });
  });
});
