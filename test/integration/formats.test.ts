import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jpegSize } from '../../src-main/vision/jpeg-segments.ts';
import { photoFormat } from '../../src-main/vision/photo-format.ts';
import { rawPreview } from '../../src-main/vision/raw-preview.ts';
import { uncompressedTiff } from '../../src-main/vision/uncompressed-tiff.ts';
import { cosine, type Described, describing } from '../fixtures/described.ts';
import { drawnPicture, drawnPixels, drawnSize, storedFor } from '../fixtures/drawn-picture.ts';
import { heicFile, plainHeic } from '../fixtures/iso-file.ts';
import { rawFiles } from '../fixtures/raw-files.ts';
import { short, tiffFile } from '../fixtures/tiff-file.ts';

/** The same picture with another compression or other colours differs by less. */
const alike = 0.99;

const fine = { quality: 95 };

let described: Described;
/** Of the picture without loss. */
let plain: Float32Array;
let png: Buffer;

beforeAll(async () => {
  png = await drawnPicture().png().toBuffer();
  described = await describing();
  plain = await described.descriptorOf(png);
});

afterAll(() => described.close());

async function expectAlike(bytes: Uint8Array, format: string, name?: string): Promise<void> {
  expect(await photoFormat(bytes, name ?? 'photo')).toBe(format);
  expect(cosine(await described.descriptorOf(bytes, name), plain)).toBeGreaterThan(alike);
}

describe('a picture is described as it is seen', () => {
  it.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)('in %s', async (format) => {
    const options = {
      jpeg: fine,
      webp: fine,
      avif: fine,
      tiff: { compression: 'lzw' as const },
      png: {},
      gif: {},
    };
    await expectAlike(await drawnPicture().toFormat(format, options[format]).toBuffer(), format);
  });

  it('in HEIC', () => expectAlike(plainHeic, 'heic'));

  it('whatever the name says, or without one', async () => {
    await expectAlike(await drawnPicture().jpeg({ quality: 95 }).toBuffer(), 'jpeg', 'photo.png');
    await expectAlike(plainHeic, 'heic', 'photo.jpg');
    await expectAlike(png, 'png', 'photo.cr2');
    await expectAlike(
      rawFiles['nef']({ preview: await jpeg(), thumbnail: await thumbnail() }),
      'nef',
      'a.tif',
    );
    await expectAlike(plainHeic, 'heic', 'without extension');
  });

  it('with sixteen bits', async () => {
    const deep = drawnPicture().toColourspace('rgb16');
    await expectAlike(await deep.clone().png().toBuffer(), 'png');
    await expectAlike(await deep.clone().tiff({ compression: 'lzw' }).toBuffer(), 'tiff');
  });

  it('with a palette', async () => {
    await expectAlike(await drawnPicture().png({ palette: true, colours: 256 }).toBuffer(), 'png');
  });

  it('in CMYK, plain and as Adobe writes it, inverted', async () => {
    const print = await drawnPicture()
      .toColourspace('cmyk')
      .withIccProfile('cmyk')
      .tiff({ compression: 'lzw' })
      .toBuffer();
    expect(await sharp(print).metadata()).toMatchObject({ space: 'cmyk', channels: 4 });
    // Some colours of the screen cannot be printed, so it is compared with what was printed.
    const printed = await described.descriptorOf(await sharp(print).toColourspace('srgb').png().toBuffer());
    expect(cosine(printed, plain)).toBeGreaterThan(0.95);
    expect(cosine(await described.descriptorOf(print), printed)).toBeGreaterThan(alike);
    const adobe = await sharp(print)
      .toColourspace('cmyk')
      .withIccProfile('cmyk')
      .jpeg({ quality: 97, chromaSubsampling: '4:4:4' })
      .toBuffer();
    expect(adobe.includes('Adobe')).toBe(true);
    expect(cosine(await described.descriptorOf(adobe), printed)).toBeGreaterThan(alike);
  });

  it('in Display P3, by its profile', async () => {
    const wide = await drawnPicture().withIccProfile('p3').png().toBuffer();
    const { data } = await sharp(wide, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true });
    const own = await drawnPicture().raw().toBuffer();
    expect(data.equals(own)).toBe(false);
    await expectAlike(wide, 'png');
  });

  it('in Display P3 as HEIC, by its profile', async () => {
    const { icc } = await sharp(await drawnPicture().withIccProfile('p3').png().toBuffer()).metadata();
    // The numbers of the picture, taken for colours of Display P3: greener greens and redder reds than in sRGB.
    const heic = heicFile({ profile: icc! });
    const { data, info } = await sharp(
      uncompressedTiff({ ...drawnSize, channels: 3, profile: icc! }, (samples) => samples.set(drawnPixels())),
    )
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const meant = await sharp(data, { raw: { ...drawnSize, channels: 3 } })
      .png()
      .toBuffer();
    expect(info.channels).toBe(3);
    expect(data.equals(drawnPixels())).toBe(false);
    const expected = await described.descriptorOf(meant);
    const found = await described.descriptorOf(heic);
    expect(cosine(found, expected)).toBeGreaterThan(alike);
    expect(cosine(found, expected)).toBeGreaterThan(
      cosine(await described.descriptorOf(plainHeic), expected),
    );
  });

  it('in grey, with and without alpha', async () => {
    const grey = drawnPicture().greyscale();
    const expected = await described.descriptorOf(await grey.clone().toColourspace('srgb').png().toBuffer());
    const bytes = await grey.clone().toColourspace('b-w').png().toBuffer();
    expect((await sharp(bytes).metadata()).channels).toBe(1);
    expect(cosine(await described.descriptorOf(bytes), expected)).toBeGreaterThan(alike);
    const clear = await sharp(bytes).ensureAlpha(1).toColourspace('b-w').png().toBuffer();
    expect((await sharp(clear).metadata()).channels).toBe(2);
    expect(cosine(await described.descriptorOf(clear), expected)).toBeGreaterThan(alike);
  });

  it('on white where it is transparent', async () => {
    const [clear, onWhite] = [drawnPixels(), drawnPixels()];
    const half = clear.length / 2;
    onWhite.fill(255, half);
    const alpha = new Uint8Array(clear.length / 3).fill(255);
    alpha.fill(0, alpha.length / 2);
    const raw = { raw: { ...drawnSize, channels: 3 as const } };
    const bytes = await sharp(clear, raw)
      .joinChannel(alpha as Buffer, { raw: { ...drawnSize, channels: 1 } })
      .png()
      .toBuffer();
    expect((await sharp(bytes).metadata()).hasAlpha).toBe(true);
    const expected = await described.descriptorOf(await sharp(onWhite, raw).png().toBuffer());
    const found = await described.descriptorOf(bytes);
    expect(cosine(found, expected)).toBeGreaterThan(alike);
    expect(cosine(found, plain)).toBeLessThan(alike);
  });

  it.each(['gif', 'webp'] as const)('by the first frame of an animation in %s', async (format) => {
    const other = await sharp(png).negate().png().toBuffer();
    const frames = sharp([png, other], { join: { animated: true } });
    const bytes = await frames.toFormat(format, format === 'webp' ? { lossless: true } : {}).toBuffer();
    await expectAlike(bytes, format);
  });
});

async function jpeg(): Promise<Buffer> {
  return drawnPicture().jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
}

/** Another picture, so that it shows when it is taken for the preview. */
async function thumbnail(): Promise<Buffer> {
  return sharp(png).negate().resize(40, 30).jpeg().toBuffer();
}

/** A JPEG of many more pixels that usual decoders cannot read: its frame says that it is lossless. */
async function losslessJpeg(): Promise<Buffer> {
  const bytes = await sharp(png).negate().resize(640, 480).jpeg().toBuffer();
  bytes[bytes.indexOf(Buffer.of(0xff, 0xc0)) + 1] = 0xc3;
  return bytes;
}

describe('a raw photo', () => {
  it.each(Object.keys(rawFiles))('as %s is described by the largest JPEG in it', async (format) => {
    const bytes = rawFiles[format]({
      preview: await jpeg(),
      thumbnail: await thumbnail(),
      lossless: await losslessJpeg(),
    });
    await expectAlike(bytes, format, `photo.${format}`);
  });

  it.each(['nef', 'arw', 'dng'])('as %s is read in the other byte order, too', async (format) => {
    const parts = { preview: await jpeg(), thumbnail: await thumbnail() };
    await expectAlike(rawFiles[format](parts, { littleEndian: false }), format);
  });

  it.each(['cr2', 'nef', 'arw', 'dng', 'rw2', 'orf', 'cr3'])(
    'as %s is turned as the container says, and not again as the preview says',
    async (format) => {
      const preview = await (
        await storedFor(6)
      )
        .withMetadata({ orientation: 6 })
        .jpeg({ quality: 95 })
        .toBuffer();
      const bytes = rawFiles[format]({ preview, thumbnail: await thumbnail(), orientation: 6 });
      await expectAlike(bytes, format);
    },
  );

  it('as raf is turned as its JPEG says', async () => {
    const preview = await (
      await storedFor(8)
    )
      .withMetadata({ orientation: 8 })
      .jpeg({ quality: 95 })
      .toBuffer();
    await expectAlike(rawFiles['raf']({ preview, thumbnail: preview }), 'raf');
  });

  it('without a preview is set aside in plain words', async () => {
    const none = Buffer.from('no JPEG');
    await expect(
      described.descriptorOf(rawFiles['dng']({ preview: none, thumbnail: none }), 'a.dng'),
    ).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining('no preview') as string,
    });
  });

  it('is not taken for one because of its camera: a TIFF with a picture of its own stays that', async () => {
    const bytes = await drawnPicture()
      .tiff({ compression: 'lzw' })
      .withExif({ IFD0: { Make: 'NIKON' } })
      .toBuffer();
    await expectAlike(bytes, 'tiff');
  });

  it('does no harm, however it is damaged', async () => {
    const parts = { preview: await jpeg(), thumbnail: await thumbnail() };
    const files = Object.entries(rawFiles).map(([format, make]) => ({ format, bytes: make(parts) }));
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 20 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ format, bytes }, changes, kept) => {
          const damaged = Buffer.from(bytes.subarray(0, Math.ceil(kept * bytes.length)));
          for (const [at, value] of changes) if (at < damaged.length) damaged[at] = value;
          try {
            expect(jpegSize(rawPreview(damaged, format))).not.toBeNull();
          } catch (error) {
            expect(error).toMatchObject({ code: 'unsupported-format' });
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('does not lead round in circles', () => {
    const loop = tiffFile({ entries: [[0x0106, short(32803)]] });
    // The directory is its own successor, and its own part.
    loop.writeUInt32LE(8, loop.length - 4);
    expect(() => rawPreview(loop, 'nef')).toThrow(/no preview/);
  });
});

describe('what may run scripts or call other programs', () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>';

  it.each<[string, Uint8Array]>([
    ['SVG', Buffer.from(svg)],
    ['SVG with a declaration', Buffer.from(`<?xml version="1.0"?>${svg}`)],
    ['compressed SVG', gzipSync(svg)],
    ['PDF', Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj')],
    ['PostScript', Buffer.from('%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage')],
    ['EPS with a preview', Buffer.concat([Buffer.of(0xc5, 0xd0, 0xd3, 0xc6), Buffer.alloc(60)])],
    [
      'a drawing script',
      Buffer.from('push graphic-context\nviewbox 0 0 9 9\nimage over 0,0 0,0 "http://a/"\npop'),
    ],
    ['an HTML page', Buffer.from('<!doctype html><img src="x">')],
  ])('is refused, also when it is called x.jpg: %s', async (_, bytes) => {
    await expect(described.descriptorOf(bytes, 'x.jpg')).rejects.toMatchObject({
      code: 'unsupported-format',
    });
  });

  it('is refused by the decoders themselves', async () => {
    await expect(sharp(Buffer.from(svg)).toBuffer()).rejects.toThrow(/unsupported/);
  });

  it('is not in a picture that begins like one', async () => {
    await expect(described.descriptorOf(Buffer.from(`GIF89a${svg}`), 'x.gif')).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:corrupt|truncated|unsupported-format)$/) as string,
    });
  });
});
