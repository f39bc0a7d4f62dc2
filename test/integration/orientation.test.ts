import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultRecipe } from '../../src-main/contract/index.ts';
import { croppedPhoto, decodePhoto } from '../../src-main/vision/index.ts';
import { cosine, type Described, describing } from '../fixtures/described.ts';
import { drawnPicture, drawnPixels, drawnSize, storedFor } from '../fixtures/drawn-picture.ts';
import { heicFile } from '../fixtures/iso-file.ts';
import { short, tiffFile } from '../fixtures/tiff-file.ts';

const alike = 0.99;
/** What other coding of the same pixels may cost. */
const same = 0.998;
const shared = path.resolve(import.meta.dirname, '../../../shared/data/odd-files');
const orientations = [1, 2, 3, 4, 5, 6, 7, 8];

let described: Described;
let plain: Float32Array;

beforeAll(async () => {
  described = await describing();
  plain = await described.descriptorOf(await drawnPicture().png().toBuffer());
});

afterAll(() => described.close());

async function similarity(bytes: Uint8Array): Promise<number> {
  return cosine(await described.descriptorOf(bytes), plain);
}

/** How far pixels are from the drawn ones on average, of 255; as far as can be where the size is another. */
async function difference(bytes: Uint8Array, format: string): Promise<number> {
  const { pixels } = await decodePhoto(bytes, format, drawnSize.width);
  const drawn = drawnPixels();
  if (pixels.width !== drawnSize.width || pixels.data.length !== drawn.length) return 255;
  return drawn.reduce((sum, value, i) => sum + Math.abs(value - pixels.data[i]), 0) / drawn.length;
}

describe('EXIF orientation', () => {
  it.each(orientations)('%i is seen upright in JPEG, PNG, WebP and TIFF', async (orientation) => {
    const stored = (await storedFor(orientation)).withMetadata({ orientation });
    const lossy = { quality: 97 };
    for (const [format, bytes] of [
      ['jpeg', await stored.clone().jpeg(lossy).toBuffer()],
      ['png', await stored.clone().png().toBuffer()],
      ['webp', await stored.clone().webp(lossy).toBuffer()],
      ['tiff', await stored.clone().tiff({ compression: 'lzw' }).toBuffer()],
    ] as const) {
      expect(await difference(bytes, format)).toBeLessThan(5);
      expect(await similarity(bytes)).toBeGreaterThan(alike);
    }
  });

  it.each(orientations.slice(1))(
    '%i makes a difference: without it, it is another picture',
    async (orientation) => {
      expect(await difference(await (await storedFor(orientation)).png().toBuffer(), 'png')).toBeGreaterThan(
        25,
      );
    },
  );

  it('outside 1 to 8 is as good as none', async () => {
    for (const orientation of [0, 9, 4711]) {
      const exif = tiffFile({ entries: [[0x0112, short(orientation)]] });
      const bytes = await drawnPicture().jpeg({ quality: 97 }).toBuffer();
      const length = exif.length + 8;
      const block = Buffer.concat([
        Buffer.of(0xff, 0xe1, length >> 8, length & 255),
        Buffer.from('Exif\0\0'),
        exif,
      ]);
      const marked = Buffer.concat([bytes.subarray(0, 2), block, bytes.subarray(2)]);
      expect(await similarity(marked)).toBeGreaterThan(alike);
    }
  });

  it('counts for a crop, too', async () => {
    const file = path.join(described.root, 'turned.png');
    writeFileSync(file, await (await storedFor(5)).withMetadata({ orientation: 5 }).png().toBuffer());
    const crop = { x: 40, y: 20, width: 80, height: 80 };
    const expected = await drawnPicture()
      .extract({ left: 40, top: 20, width: 80, height: 80 })
      .raw()
      .toBuffer();
    expect(
      (
        await sharp(await croppedPhoto(file, crop))
          .raw()
          .toBuffer()
      ).equals(expected),
    ).toBe(true);
  });
});

describe('the turning of HEIC', () => {
  /** The picture that the boxes make of the drawn one; the mirror comes after the turn. */
  async function expected(turns: number, mirrored?: 0 | 1): Promise<Float32Array> {
    let picture = sharp(
      await drawnPicture()
        .rotate(-90 * turns)
        .png()
        .toBuffer(),
    );
    if (mirrored !== undefined) picture = mirrored === 0 ? picture.flip() : picture.flop();
    return described.descriptorOf(await picture.png().toBuffer());
  }

  it.each<[number, (0 | 1)?]>([[0], [1], [2], [3], [0, 0], [0, 1], [1, 0], [3, 1]])(
    'by %i quarters, with the mirror %s, is done once',
    async (turns, mirrored) => {
      const heic = heicFile({ turns, ...(mirrored !== undefined && { mirrored }) });
      const found = await described.descriptorOf(heic);
      expect(cosine(found, await expected(turns, mirrored))).toBeGreaterThan(alike);
    },
  );

  it('is all that turns it: an EXIF orientation beside it says the same once more, and is passed over', async () => {
    const exif = tiffFile({ entries: [[0x0112, short(8)]] });
    const found = await described.descriptorOf(heicFile({ turns: 1, exif }));
    expect(cosine(found, await expected(1))).toBeGreaterThan(alike);
    const alone = await described.descriptorOf(heicFile({ exif }));
    expect(cosine(alone, plain)).toBeGreaterThan(alike);
  });

  it('exchanges width and height', async () => {
    const file = path.join(described.root, 'turned.heic');
    writeFileSync(file, heicFile({ turns: 3 }));
    const { width, height } = drawnSize;
    const whole = await croppedPhoto(file, { x: 0, y: 0, width: 1e4, height: 1e4 });
    expect(await sharp(whole).metadata()).toMatchObject({ width: height, height: width });
  });
});

describe.skipIf(!existsSync(shared))('pictures of others in all orientations (needs ../shared/data)', () => {
  const names = ['Landscape', 'Portrait'];
  const file = (name: string, orientation: number): string =>
    path.join(shared, 'exif-orientation', `${name}_${orientation}.jpg`);

  /**
   * Each of these pictures shows its orientation's number: seen upright, within 55 pixels of the middle from left to
   * right and 95 from top to bottom. Elsewhere two of them are 3 of 255 apart at the most on average, because each was
   * coded turned.
   */
  const aside = 55;
  const above = 95;

  /** The file with a patch over its number, as large either way, so that it covers it however the picture is turned. */
  async function withoutNumber(name: string, orientation: number): Promise<Buffer> {
    const patch = {
      create: { width: 2 * above, height: 2 * above, channels: 3 as const, background: '#204060' },
    };
    return sharp(file(name, orientation))
      .composite([{ input: patch, gravity: 'centre' }])
      .withMetadata({ orientation })
      .jpeg({ quality: 97 })
      .toBuffer();
  }

  /** The first file's picture, seen upright, with the number of another. */
  async function withNumberOf(name: string, orientation: number): Promise<Buffer> {
    const first = sharp(file(name, 1));
    const { width, height } = await first.metadata();
    const box = { left: width / 2 - aside, top: height / 2 - above, width: 2 * aside, height: 2 * above };
    const number = await sharp(file(name, orientation)).autoOrient().extract(box).png().toBuffer();
    return first
      .composite([{ input: number, left: box.left, top: box.top }])
      .jpeg({ quality: 97, chromaSubsampling: '4:4:4' })
      .toBuffer();
  }

  it.each(names)('%s: all eight are one picture, once their numbers are covered', async (name) => {
    await expectAllAlike(
      orientations.map(async (each) => described.descriptorOf(await withoutNumber(name, each))),
    );
  });

  it.each(names)('%s: as they are, their numbers are all that tells the eight apart', async (name) => {
    for (const each of orientations) {
      const found = await described.descriptorOf(readFileSync(file(name, each)));
      const upright = await described.descriptorOf(await withNumberOf(name, each));
      expect(cosine(found, upright)).toBeGreaterThan(same);
    }
  });

  it('all eight are one picture to the network, numbers and all', async () => {
    // Whitening makes much of little: of the numbers, too.
    const unwhitened = await describing({ ...defaultRecipe, reduction: { kind: 'none' } });
    try {
      for (const name of names) {
        await expectAllAlike(
          orientations.map((each) => unwhitened.descriptorOf(readFileSync(file(name, each)))),
        );
      }
    } finally {
      await unwhitened.close();
    }
  });

  it('AVIF is turned and mirrored as its boxes say, as HEIC is', async () => {
    const read = async (name: string): Promise<Uint8Array> => {
      const bytes = readFileSync(path.join(shared, `pillow/Tests/images/avif/${name}.avif`));
      return (await decodePhoto(bytes, 'avif', 512)).pixels.data;
    };
    const first = await read('rot0mir0');
    for (const name of ['rot1mir0', 'rot2mir0', 'rot3mir0', 'rot0mir1', 'rot1mir1', 'rot2mir1', 'rot3mir1']) {
      const pixels = await read(name);
      expect(pixels.length).toBe(first.length);
      const apart = first.reduce((sum, value, i) => sum + Math.abs(value - pixels[i]), 0) / first.length;
      expect(apart, name).toBeLessThan(12);
    }
  });
});

async function expectAllAlike(reading: Promise<Float32Array>[]): Promise<void> {
  const descriptors = await Promise.all(reading);
  for (const a of descriptors) {
    for (const b of descriptors) expect(cosine(a, b)).toBeGreaterThan(alike);
  }
}
