import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { decodePhoto, resized, thumbnailOf } from '../../../src-main/vision/decode.ts';
import { isPhotoName } from '../../../src-main/contract/index.ts';
import { photoFormat } from '../../../src-main/vision/photo-format.ts';
import { thumbnailOfFile } from '../../../src-main/vision/index.ts';
import { storedFor } from '../../fixtures/drawn-picture.ts';

/** Red on the left half and blue on the right, as seen. */
function picture(width = 80, height = 60): Sharp {
  const half = { width: Math.ceil(width / 2), height, channels: 3 as const, background: '#ff0000' };
  return sharp({ create: { width, height, channels: 3, background: '#0000ff' } }).composite([
    { input: { create: half }, left: 0, top: 0 },
  ]);
}

/** Colour at a place given in parts of width and height. */
function colourAt(
  { data, width, height }: { data: Uint8Array; width: number; height: number },
  x: number,
  y: number,
) {
  const at = 3 * (Math.floor(y * height) * width + Math.floor(x * width));
  return [...data.subarray(at, at + 3)];
}

function expectColour(colour: number[], expected: number[]): void {
  colour.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(12));
}

const folder = mkdtempSync(path.join(tmpdir(), 'semblance-decode-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('decoding', () => {
  it.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)(
    'reads %s whatever its name',
    async (format) => {
      const bytes = await picture().toFormat(format).toBuffer();
      expect(await photoFormat(bytes, 'no extension')).toBe(format);
      const { pixels, width, height } = await decodePhoto(bytes, format, 128);
      expect([width, height, pixels.width, pixels.height]).toEqual([80, 60, 128, 96]);
      expectColour(colourAt(pixels, 0.2, 0.5), [255, 0, 0]);
      expectColour(colourAt(pixels, 0.8, 0.5), [0, 0, 255]);
    },
  );

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns EXIF orientation %i upright', async (orientation) => {
    const stored = await storedFor(orientation, picture());
    const bytes = await stored.withMetadata({ orientation }).jpeg().toBuffer();
    const { pixels, width, height } = await decodePhoto(bytes, 'jpeg', 64);
    expect([width, height, pixels.width, pixels.height]).toEqual([80, 60, 64, 48]);
    expectColour(colourAt(pixels, 0.1, 0.5), [255, 0, 0]);
    expectColour(colourAt(pixels, 0.9, 0.5), [0, 0, 255]);
  });

  it('shows white through what is transparent', async () => {
    const bytes = await sharp({
      create: { width: 40, height: 40, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    })
      .png()
      .toBuffer();
    expectColour(colourAt((await decodePhoto(bytes, 'png', 64)).pixels, 0.5, 0.5), [255, 255, 255]);
  });

  it('brings grey, sixteen bits and CMYK to eight-bit RGB', async () => {
    const grey = await picture().greyscale().jpeg().toBuffer();
    const deep = await picture().toColourspace('rgb16').png().toBuffer();
    const print = await picture().toColourspace('cmyk').jpeg().toBuffer();
    for (const [bytes, format] of [
      [grey, 'jpeg'],
      [deep, 'png'],
      [print, 'jpeg'],
    ] as const) {
      const { pixels } = await decodePhoto(bytes, format, 64);
      expect(pixels.data.length).toBe(64 * 48 * 3);
    }
    expectColour(colourAt((await decodePhoto(deep, 'png', 64)).pixels, 0.2, 0.5), [255, 0, 0]);
  });

  it('takes the first frame of an animation', async () => {
    const frames = await Promise.all(
      ['#ff0000', '#0000ff'].map((background) =>
        sharp({ create: { width: 20, height: 20, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const bytes = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    const { pixels, height } = await decodePhoto(bytes, 'gif', 64);
    expect(height).toBe(20);
    expectColour(colourAt(pixels, 0.5, 0.5), [255, 0, 0]);
  });

  it.each([
    [1, 1, 64, 64],
    [1, 900, 32, 64],
    [900, 2, 64, 32],
  ])(
    'makes %i × %i pixels into %i × %i, which the network can see',
    async (width, height, toWidth, toHeight) => {
      const bytes = await picture(width, height).png().toBuffer();
      const { pixels } = await decodePhoto(bytes, 'png', 64);
      expect([pixels.width, pixels.height]).toEqual([toWidth, toHeight]);
      const smaller = await resized(pixels, 40);
      expect(smaller.data.length).toBe(3 * smaller.width * smaller.height);
      expect((await sharp(await thumbnailOf(pixels)).metadata()).format).toBe('jpeg');
    },
  );
});

describe('a photo that cannot be read', () => {
  const decoding = async (bytes: Uint8Array, name = 'photo.jpg') =>
    decodePhoto(bytes, await photoFormat(bytes, name), 64);

  it.each(['jpeg', 'png', 'gif', 'webp'] as const)(
    'is truncated when the end of a %s is missing',
    async (format) => {
      const noise = Buffer.from(Uint8Array.from({ length: 200 * 200 * 3 }, (_, i) => (i * i * 31) % 253));
      const bytes = await sharp(noise, { raw: { width: 200, height: 200, channels: 3 } })
        .toFormat(format)
        .toBuffer();
      await expect(decoding(bytes.subarray(0, bytes.length / 2))).rejects.toMatchObject({
        code: 'truncated',
      });
    },
  );

  it('is corrupt when its content is damaged', async () => {
    const bytes = await picture().png().toBuffer();
    bytes.fill(0x55, 60, bytes.length - 20);
    await expect(decoding(bytes)).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('is empty, or of an unsupported format, if a photo by name', async () => {
    await expect(decoding(new Uint8Array())).rejects.toMatchObject({ code: 'empty-file' });
    await expect(decoding(Buffer.from('%PDF-1.7 …'))).rejects.toMatchObject({ code: 'unsupported-format' });
    await expect(decoding(Buffer.from('some text'))).rejects.toMatchObject({ code: 'unsupported-format' });
  });

  it('is no photo, if none by name either', async () => {
    await expect(decoding(Buffer.from('some text'), 'LICENSE')).rejects.toMatchObject({
      code: 'not-a-photo',
    });
    await expect(decoding(new Uint8Array(), 'empty')).rejects.toMatchObject({ code: 'not-a-photo' });
  });

  it('is too large above 150 megapixels, without being decoded', async () => {
    const bytes = await sharp({
      create: { width: 15_000, height: 10_001, channels: 3, background: '#000000' },
    })
      .png({ compressionLevel: 1 })
      .toBuffer();
    await expect(decoding(bytes)).rejects.toMatchObject({ code: 'too-large' });
  }, 30_000);

  it('is unreadable where there is no such file, and no file where there is a folder', async () => {
    await expect(thumbnailOfFile(path.join(folder, 'gone.jpg'))).rejects.toMatchObject({
      code: 'unreadable',
    });
    await expect(thumbnailOfFile(folder)).rejects.toMatchObject({ code: 'not-a-file' });
  });
});

describe('a thumbnail', () => {
  it('is made from a file alone', async () => {
    const file = path.join(folder, 'wide.webp');
    writeFileSync(file, await picture(800, 400).webp().toBuffer());
    const { width, height } = await sharp(await thumbnailOfFile(file)).metadata();
    expect([width, height]).toEqual([320, 160]);
  });
});

describe('the name of a photo', () => {
  it('ends with a known extension in any case', () => {
    expect(
      ['a.JPG', 'a.jpeg', 'a.png', 'a.webp', 'a.gif', 'a.tif', 'a.TIFF', 'a.avif', 'a.HEIC', 'a.cr3'].every(
        isPhotoName,
      ),
    ).toBe(true);
    expect(['a.svg', 'jpg', 'a.jpg.txt', 'a'].some(isPhotoName)).toBe(false);
  });
});
