import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Settings } from '../../src-main/contract/index.ts';
import { decodeProblem } from '../../src-main/vision/decode-problem.ts';
import { decodePhoto } from '../../src-main/vision/index.ts';
import { usualDecodeLimits } from '../../src-main/vision/decode-limits.ts';
import { photoFormat } from '../../src-main/vision/photo-format.ts';
import { readPhotoFile } from '../../src-main/vision/read-file.ts';
import { drawnPicture } from '../fixtures/drawn-picture.ts';
import { doubleWords, heicFile } from '../fixtures/iso-file.ts';
import { smallLibrary, type SmallLibrary } from '../fixtures/small-library.ts';
import { long, short, tiffFile } from '../fixtures/tiff-file.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'semblance-limits-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function decoding(
  bytes: Uint8Array,
  limits = { maxPixels: 150e6, timeoutMs: 60_000 },
): Promise<unknown> {
  return decodePhoto(bytes, await photoFormat(bytes, 'photo.jpg'), 64, { limits });
}

function pngChunk(type: string, content: Uint8Array): Buffer {
  // Readers of the head do not look at the checksum of the data that they do not reach.
  const body = Buffer.concat([Buffer.from(type), content]);
  return Buffer.concat([doubleWords(content.length), body, doubleWords(crc32(body))]);
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** 900 megapixels in a few kilobytes. */
function pngBomb(): Buffer {
  const head = Buffer.concat([doubleWords(30_000, 30_000), Buffer.of(8, 0, 0, 0, 0)]);
  return Buffer.concat([
    Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    pngChunk('IHDR', head),
    pngChunk('IDAT', deflateSync(Buffer.alloc(1_000_000))),
    pngChunk('IEND', new Uint8Array()),
  ]);
}

/** A WebP without loss whose head claims the most pixels that it can: 16,383 on each side. */
async function webpBomb(): Promise<Buffer> {
  const file = await drawnPicture().webp({ lossless: true }).toBuffer();
  const sides = file.indexOf('VP8L') + 9;
  // Two numbers of fourteen bits, one less than the sides, and four bits of something else.
  const rest = file[sides + 3] & 0xf0;
  file.writeUInt32LE(((16_382 | (16_382 << 14)) & 0x0fffffff) >>> 0, sides);
  file[sides + 3] |= rest;
  return file;
}

function gifBomb(): Buffer {
  const screen = Buffer.alloc(7);
  screen.writeUInt16LE(60_000, 0);
  screen.writeUInt16LE(60_000, 2);
  const frame = Buffer.of(0x2c, 0, 0, 0, 0, 0x60, 0xea, 0x60, 0xea, 0x80, 0, 0, 0, 0xff, 0xff, 0xff);
  return Buffer.concat([Buffer.from('GIF89a'), screen, frame, Buffer.of(2, 2, 0x4c, 1, 0, 0x3b)]);
}

function tiffBomb(): Buffer {
  return tiffFile({
    entries: [
      [0x0100, long(50_000)],
      [0x0101, long(20_000)],
      [0x0102, short(8)],
      [0x0103, short(1)],
      [0x0106, short(1)],
      [0x0111, long(8)],
      [0x0115, short(1)],
      [0x0116, long(20_000)],
      [0x0117, long(1_000_000_000)],
    ],
  });
}

describe('what claims too many pixels is too large, and is not decoded', () => {
  it.each<[string, () => Buffer | Promise<Buffer>]>([
    ['PNG of 30,000 × 30,000', pngBomb],
    ['TIFF of a thousand megapixels', tiffBomb],
    ['GIF of 60,000 × 60,000', gifBomb],
    ['WebP of 16,383 × 16,383', webpBomb],
    ['HEIC of 60,000 × 60,000', () => heicFile({ claimed: { width: 60_000, height: 60_000 } })],
  ])('%s', async (_, make) => {
    await expect(decoding(await make())).rejects.toMatchObject({ code: 'too-large' });
  });

  it('by the limit that is set', async () => {
    const bytes = await drawnPicture().png().toBuffer();
    await expect(decoding(bytes, { maxPixels: 70_000, timeoutMs: 60_000 })).rejects.toMatchObject({
      code: 'too-large',
    });
    await expect(decoding(bytes, { maxPixels: 80_000, timeoutMs: 60_000 })).resolves.toBeDefined();
  });
});

describe('what takes too long to decode is too slow', () => {
  it('HEIC, whose decoder is ended, and the next one is decoded by another', async () => {
    await expect(decoding(heicFile(), { maxPixels: 1e8, timeoutMs: 1 })).rejects.toMatchObject({
      code: 'too-slow',
    });
    await expect(decoding(heicFile())).resolves.toMatchObject({ width: 320, height: 240 });
  });

  it.each(['jpeg', 'png', 'webp', 'avif'] as const)('%s', async (format) => {
    const bytes = await sharp({ create: { width: 3000, height: 2000, channels: 3, background: '#885533' } })
      .toFormat(format, format === 'avif' ? { effort: 0 } : {})
      .toBuffer();
    await expect(decoding(bytes, { maxPixels: 1e8, timeoutMs: 1 })).rejects.toMatchObject({
      code: 'too-slow',
    });
  });

  it('also in the words of a decoder that was stopped', () => {
    const stopped = new Error('timeout: 42% complete');
    expect(decodeProblem(stopped, new Uint8Array(), 'jpeg', usualDecodeLimits).code).toBe('too-slow');
  });
});

describe.skipIf(process.platform === 'win32')('reading a file', () => {
  it('does not wait for a pipe that nobody writes into', async () => {
    const pipe = path.join(folder, 'pipe.jpg');
    execFileSync('mkfifo', [pipe]);
    await expect(readPhotoFile(pipe)).rejects.toMatchObject({ code: 'not-a-file', photo: pipe });
  });

  it('refuses folders and devices', async () => {
    const directory = path.join(folder, 'directory.jpg');
    mkdirSync(directory);
    for (const file of [directory, '/dev/zero']) {
      await expect(readPhotoFile(file)).rejects.toMatchObject({ code: 'not-a-file' });
    }
  });

  it('says that a path is too long', async () => {
    for (const file of [path.join(folder, 'n'.repeat(300)), `${folder}${'/deep'.repeat(2000)}.jpg`]) {
      await expect(readPhotoFile(file)).rejects.toMatchObject({ code: 'path-too-long' });
    }
  });

  it('says that a file cannot be read, or is gone', async () => {
    await expect(readPhotoFile(path.join(folder, 'gone.jpg'))).rejects.toMatchObject({
      code: 'unreadable',
      retryable: true,
    });
  });

  it.skipIf(process.getuid?.() === 0)('says that a file may not be read', async () => {
    const file = path.join(folder, 'secret.jpg');
    writeFileSync(file, 'secret', { mode: 0 });
    await expect(readPhotoFile(file)).rejects.toMatchObject({ code: 'unreadable' });
  });

  it.skipIf(!existsSync('/proc/self/mem'))('says that its drive does not give it', async () => {
    // The system refuses to read there, as it does where a disk is damaged; its size must be other than nothing.
    const handle = await open('/proc/self/mem');
    const prototype = Object.getPrototypeOf(handle) as { stat: () => Promise<unknown> };
    await handle.close();
    const stat = vi.spyOn(prototype, 'stat').mockResolvedValue({ isFile: () => true, size: 10, mtimeMs: 1 });
    try {
      await expect(readPhotoFile('/proc/self/mem')).rejects.toMatchObject({
        code: 'unreadable',
        message: expect.stringContaining('EIO') as string,
      });
    } finally {
      stat.mockRestore();
    }
  });

  it('notices that the file grows, and reads no more than it had', async () => {
    const file = path.join(folder, 'growing.jpg');
    writeFileSync(file, Buffer.alloc(1000));
    const handle = await open(file);
    const prototype = Object.getPrototypeOf(handle) as { read: (...args: unknown[]) => Promise<unknown> };
    await handle.close();
    const { read } = prototype;
    const spy = vi.spyOn(prototype, 'read').mockImplementation(function (this: unknown, ...args) {
      appendFileSync(file, 'more');
      return read.apply(this, args);
    });
    try {
      await expect(readPhotoFile(file)).rejects.toMatchObject({
        code: 'changed-while-reading',
        retryable: true,
      });
    } finally {
      spy.mockRestore();
    }
  });
});

describe('the limit on pixels', () => {
  let small: SmallLibrary;
  let photos: string;

  beforeEach(async () => {
    small = await smallLibrary(8, 64);
    photos = path.join(small.root, 'photos');
    mkdirSync(photos);
    await sharp({ create: { width: 2000, height: 1000, channels: 3, background: '#336699' } })
      .jpeg()
      .toFile(path.join(photos, 'two.jpg'));
    await drawnPicture().png().toFile(path.join(photos, 'small.png'));
  });

  afterEach(() => small.close());

  async function index(): Promise<string[]> {
    const { engine } = small;
    const known = (await engine.call('folders', {})).at(0);
    const job = await engine.index([known ?? (await engine.call('addFolder', { path: photos }))]).ended;
    expect(job.error).toBeNull();
    return job.summary!.skipped.map((skipped) => `${path.basename(skipped.path)}: ${skipped.code}`);
  }

  it('is a setting; what was too large is read once more is allowed', async () => {
    const { engine } = small;
    const set = (maxMegapixels: number): Promise<Settings> =>
      engine.call('changeSettings', { maxMegapixels });
    expect(await engine.call('settings', {})).toMatchObject({ maxMegapixels: 150 });
    await set(1);
    expect(await index()).toEqual(['two.jpg: too-large']);
    expect(await index()).toEqual(['two.jpg: too-large']);
    await set(3);
    expect(await index()).toEqual([]);
    expect((await engine.call('status', {})).photos).toBe(2);
  });
});
