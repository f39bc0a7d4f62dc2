import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PhotoDetails } from '../../src-main/contract/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { photoFormat } from '../../src-main/vision/photo-format.ts';
import { type FileMetadata, photoMetadata } from '../../src-main/vision/photo-metadata.ts';
import { drawnPicture } from '../fixtures/drawn-picture.ts';
import { heicFile } from '../fixtures/iso-file.ts';
import { rawFiles } from '../fixtures/raw-files.ts';
import { smallLibrary, type SmallLibrary } from '../fixtures/small-library.ts';
import { type Directory, rational, short, tiffFile } from '../fixtures/tiff-file.ts';

const exposure: Directory = {
  entries: [
    [0x9003, '2024:06:01 18:30:05'],
    [0x9291, '25'],
    [0xa434, 'EF 50mm f/1.8 STM'],
  ],
};

const place: Directory = {
  entries: [
    [1, 'S'],
    [2, rational(33, 51, 30)],
    [3, 'E'],
    [4, rational(151, 12, 36)],
  ],
};

const image: Directory['entries'] = [
  [0x010f, 'NIKON CORPORATION'],
  [0x0110, 'NIKON D70'],
  [0x4746, short(2)],
  [0x8769, { directories: [exposure] }],
  [0x8825, { directories: [place] }],
];

const told = {
  takenAtMs: Date.UTC(2024, 5, 1, 18, 30, 5, 250),
  camera: 'NIKON D70',
  lens: 'EF 50mm f/1.8 STM',
  latitude: -33.858333,
  longitude: 151.21,
};

const packet = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:lr="http://ns.adobe.com/lightroom/1.0/" xmp:Rating="4">
<dc:subject><rdf:Bag><rdf:li>autumn</rdf:li><rdf:li>  Zürich &amp; lake </rdf:li></rdf:Bag></dc:subject>
<lr:hierarchicalSubject><rdf:Bag><rdf:li>Places|Zürich</rdf:li></rdf:Bag></lr:hierarchicalSubject>
<dc:title><rdf:Alt><rdf:li>no keyword</rdf:li></rdf:Alt></dc:title>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;

const keywords = ['Places', 'Zürich', 'Zürich & lake', 'autumn'];

function segment(marker: number, ...parts: (Uint8Array | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  const head = Buffer.of(0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 255);
  return Buffer.concat([head, content]);
}

/** IPTC's data sets in Photoshop's resources. */
function iptc(...sets: [number, number, Uint8Array][]): Buffer {
  const data = Buffer.concat(
    sets.map(([record, number, value]) =>
      Buffer.concat([Buffer.of(0x1c, record, number, value.length >> 8, value.length & 255), value]),
    ),
  );
  const size = Buffer.alloc(4);
  size.writeUInt32BE(data.length);
  const other = Buffer.from('8BIM\x03\xed\0\0\0\0\0\x03abc\0', 'latin1');
  return segment(0xed, 'Photoshop 3.0\0', other, Buffer.from('8BIM\x04\x04\0\0', 'latin1'), size, data);
}

async function jpegWith(...segments: Uint8Array[]): Promise<Buffer> {
  const jpeg = await drawnPicture().jpeg({ quality: 97 }).toBuffer();
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

const exifSegment = (exif: Uint8Array): Buffer => segment(0xe1, 'Exif\0\0', exif);
const xmpSegment = (xmp: string): Buffer => segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0', xmp);

async function read(bytes: Uint8Array): Promise<FileMetadata> {
  return photoMetadata(bytes, await photoFormat(bytes, 'photo.jpg'));
}

function expectTold(metadata: FileMetadata): void {
  const { latitude, longitude, ...rest } = told;
  expect(metadata).toMatchObject(rest);
  expect(metadata.latitude).toBeCloseTo(latitude, 5);
  expect(metadata.longitude).toBeCloseTo(longitude, 5);
}

describe('EXIF', () => {
  it.each([true, false])('tells when, with what and where (little endian: %s)', async (littleEndian) => {
    const metadata = await read(await jpegWith(exifSegment(tiffFile({ entries: image }, { littleEndian }))));
    expectTold(metadata);
    expect(metadata.rating).toBe(2);
  });

  it('is read in PNG, WebP, AVIF, TIFF and HEIC as well', async () => {
    const exif = { IFD2: { DateTimeOriginal: '2024:06:01 18:30:05' }, IFD0: { Model: 'D70' } };
    for (const format of ['png', 'webp', 'avif'] as const) {
      const bytes = await drawnPicture().withExif(exif).toFormat(format, {}).toBuffer();
      expect(await read(bytes), format).toMatchObject({ takenAtMs: told.takenAtMs - 250, camera: 'D70' });
    }
    expectTold(await read(heicFile({ exif: tiffFile({ entries: image }) })));
    const keyword = Buffer.from('\x1c\x02\x19\0\x04iptc', 'latin1');
    const tiff = tiffFile({
      entries: [...image, [0x02bc, { bytes: Buffer.from(packet) }], [0x83bb, { bytes: keyword }]],
    });
    expectTold(await read(tiff));
    expect(await read(tiff)).toMatchObject({ rating: 4, tags: [...keywords, 'iptc'] });
  });

  it.each(Object.keys(rawFiles).filter((format) => format !== 'raf'))('is read in %s', async (format) => {
    const preview = await drawnPicture().jpeg().toBuffer();
    const { takenAtMs, lens, camera } = await read(
      rawFiles[format]({ preview, thumbnail: preview, exif: exposure }),
    );
    expect({ takenAtMs, lens }).toEqual({ takenAtMs: told.takenAtMs, lens: told.lens });
    expect(camera).toMatch(/test$/);
  });

  it('is read in the JPEG of a Fujifilm raw file', async () => {
    const preview = await jpegWith(exifSegment(tiffFile({ entries: image })));
    expectTold(await read(rawFiles['raf']({ preview, thumbnail: preview })));
  });

  it.each<[string, Directory['entries']]>([
    ['no day of the calendar', [[0x8769, { directories: [{ entries: [[0x9003, '2023:02:30 10:00:00']] }] }]]],
    [
      'a clock that was never set',
      [[0x8769, { directories: [{ entries: [[0x9003, '0000:00:00 00:00:00']] }] }]],
    ],
    [
      'zeros without a fix',
      [
        [
          0x8825,
          {
            directories: [
              {
                entries: [
                  [2, rational(0, 0, 0)],
                  [4, rational(0, 0, 0)],
                ],
              },
            ],
          },
        ],
      ],
    ],
    [
      'more degrees than there are',
      [
        [
          0x8825,
          {
            directories: [
              {
                entries: [
                  [2, rational(91, 0, 0)],
                  [4, rational(1, 0, 0)],
                ],
              },
            ],
          },
        ],
      ],
    ],
    ['when a program last wrote it', [[0x0132, '2024:06:01 18:30:05']]],
  ])('does not make a fact of %s', async (_, entries) => {
    const { takenAtMs, latitude, longitude } = await read(await jpegWith(exifSegment(tiffFile({ entries }))));
    expect({ takenAtMs, latitude, longitude }).toEqual({ takenAtMs: null, latitude: null, longitude: null });
  });
});

describe('keywords and ratings', () => {
  it('are read from XMP', async () => {
    expect(await read(await jpegWith(xmpSegment(packet)))).toMatchObject({ rating: 4, tags: keywords });
  });

  it('are read from XMP in HEIC and PNG', async () => {
    expect(await read(heicFile({ xmp: packet }))).toMatchObject({ rating: 4, tags: keywords });
    const png = await drawnPicture().withXmp(packet).png().toBuffer();
    expect(await read(png)).toMatchObject({ rating: 4, tags: keywords });
  });

  it("are read from IPTC in the text's own charset", async () => {
    const utf8 = iptc(
      [1, 90, Buffer.from('\x1b%G')],
      [2, 25, Buffer.from('Köln')],
      [2, 25, Buffer.from('东京')],
    );
    expect((await read(await jpegWith(utf8))).tags).toEqual(['Köln', '东京']);
    const older = iptc(
      [2, 25, Buffer.from('K\xf6ln', 'latin1')],
      [2, 55, Buffer.from('20240601')],
      [2, 60, Buffer.from('183005+0200')],
    );
    expect(await read(await jpegWith(older))).toMatchObject({
      tags: ['Köln'],
      takenAtMs: told.takenAtMs - 250,
    });
  });

  it('of Windows are read, stars as shares of a hundred', async () => {
    const words = Buffer.from('see;Berge\0', 'utf16le');
    const exif = tiffFile({
      entries: [
        [0x4749, short(75)],
        [0x9c9e, { bytes: words }],
      ],
    });
    expect(await read(await jpegWith(exifSegment(exif)))).toMatchObject({
      rating: 4,
      tags: ['Berge', 'see'],
    });
  });

  it.each([
    ['-1', null],
    ['0', null],
    ['3.0', 3],
    ['5', 5],
    ['99', null],
    ['many', null],
  ])('a rating of %s is %s', async (text, rating) => {
    const other = packet.replace('xmp:Rating="4"', `xmp:Rating="${text}"`);
    expect((await read(await jpegWith(xmpSegment(other)))).rating).toBe(rating);
  });

  it('are each there once, clean, and not without end', async () => {
    const odd = [
      'a\u0000b\u202ec',
      'e\u0301',
      '\u00e9',
      '   ',
      'x'.repeat(5000),
      ...Array.from({ length: 400 }, (_, i) => `k${i}`),
    ];
    const items = odd.map((each) => `<rdf:li>${each.replace('\0', '&#1;')}</rdf:li>`).join('');
    const { tags } = await read(await jpegWith(xmpSegment(packet.replace('<rdf:li>autumn</rdf:li>', items))));
    expect(tags).toContain('\u00e9');
    expect(tags).not.toContain('e\u0301');
    expect(tags.some((tag) => /[\p{Cc}\u202e]/u.test(tag))).toBe(false);
    expect(Math.max(...tags.map((tag) => tag.length))).toBe(200);
    expect(tags.length).toBe(200);
  });

  it('do not unfold entities of the file', async () => {
    const bomb = `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>${packet.replace('autumn', '&b;')}`;
    const { tags, rating } = await read(await jpegWith(xmpSegment(bomb)));
    expect(rating).toBe(4);
    expect(tags.every((tag) => !tag.includes('aaaa'))).toBe(true);
  });
});

describe('a damaged block', () => {
  it('never loses the photo, and what of it is whole is kept', async () => {
    const good = await jpegWith(
      exifSegment(tiffFile({ entries: image })),
      xmpSegment(packet),
      iptc([2, 25, Buffer.from('iptc')]),
    );
    const end = good.indexOf(Buffer.of(0xff, 0xdb));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 26, max: end - 1 }), fc.nat(255)), {
          minLength: 1,
          maxLength: 30,
        }),
        async (changes) => {
          const damaged = Buffer.from(good);
          for (const [at, value] of changes) damaged[at] = value;
          const { tags, takenAtMs, latitude, rating } = await photoMetadata(damaged, 'jpeg');
          expect(takenAtMs === null || Number.isFinite(takenAtMs)).toBe(true);
          expect(latitude === null || Math.abs(latitude) <= 90).toBe(true);
          expect(rating === null || [1, 2, 3, 4, 5].includes(rating)).toBe(true);
          expect(tags.every((tag) => tag.length > 0 && tag.length <= 200)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
    const cutShort = await jpegWith(
      exifSegment(Buffer.from('MM\0*\xff\xff\xff\xff', 'latin1')),
      xmpSegment(packet.slice(0, -150)),
    );
    expect(await read(cutShort)).toMatchObject({ rating: 4, tags: keywords, takenAtMs: null });
  });

  it('does not lead round in circles, and values of any length are not read whole', async () => {
    const exif = tiffFile({
      entries: [
        [0x8769, { directories: [exposure] }],
        [0x010f, 'x'.repeat(60_000)],
      ],
    });
    expect((await read(await jpegWith(exifSegment(exif)))).camera).toHaveLength(200);
    const ring = tiffFile({
      entries: [
        [0x8769, short(8)],
        [0x8825, short(8)],
      ],
    });
    expect((await read(await jpegWith(exifSegment(ring)))).takenAtMs).toBeNull();
  });
});

describe('in the library', () => {
  let small: SmallLibrary;
  let photos: string;
  let file: string;

  beforeEach(async () => {
    small = await smallLibrary(8, 64);
    photos = path.join(small.root, 'photos');
    mkdirSync(photos);
    file = path.join(photos, 'a.jpg');
    writeFileSync(file, await jpegWith(exifSegment(tiffFile({ entries: image })), xmpSegment(packet)));
  });

  afterEach(() => small.close());

  async function index(engine = small.engine): Promise<void> {
    const known = (await engine.call('folders', {})).at(0);
    const job = await engine.index([known ?? (await engine.call('addFolder', { path: photos }))]).ended;
    expect(job.error).toBeNull();
  }

  async function details(engine = small.engine): Promise<PhotoDetails> {
    const { photos } = await engine.call('photos', { offset: 0, limit: 10, order: 'path' });
    return engine.call('photo', { photoId: photos[0].id });
  }

  it('is stored with the photo, can be filtered by, and the file is as it was', async () => {
    const before = { bytes: readFileSync(file), modified: statSync(file).mtimeMs };
    await index();
    const { takenAtMs, camera } = told;
    expect(await details()).toMatchObject({
      takenAtMs,
      camera,
      rating: 4,
      tags: keywords.toSorted((a, b) => a.localeCompare(b)),
    });
    const found = async (filter: object): Promise<number> =>
      (await small.engine.call('photos', { offset: 0, limit: 10, order: 'path', filter })).total;
    expect(await found({ tags: ['autumn'], leastRating: 4, takenFromMs: takenAtMs })).toBe(1);
    expect(await found({ takenBeforeMs: takenAtMs })).toBe(0);
    expect(readFileSync(file).equals(before.bytes)).toBe(true);
    expect(statSync(file).mtimeMs).toBe(before.modified);
  });

  it('takes keywords that differ in the case of letters only for one', async () => {
    const twice = packet.replace('<rdf:li>autumn</rdf:li>', '<rdf:li>autumn</rdf:li><rdf:li>Autumn</rdf:li>');
    writeFileSync(file, await jpegWith(xmpSegment(twice)));
    await index();
    const { tags } = await details();
    expect(tags.filter((tag) => tag.toLowerCase() === 'autumn')).toHaveLength(1);
  });

  it('is no reason to read or compute anything twice: a copy has it, too', async () => {
    await index();
    copyFileSync(file, path.join(photos, 'copy.jpg'));
    await index();
    const { photos: all } = await small.engine.call('photos', { offset: 0, limit: 10, order: 'path' });
    for (const { id } of all) {
      expect(await small.engine.call('photo', { photoId: id })).toMatchObject({
        rating: 4,
        tags: keywords.toSorted((a, b) => a.localeCompare(b)),
      });
    }
  });

  describe('that was indexed before metadata was read', () => {
    const libraryPath = (): string => path.join(small.root, 'library');

    beforeEach(async () => {
      await index();
      await small.engine.close();
      const database = new Database(path.join(libraryPath(), 'library.sqlite'));
      database.exec(
        'UPDATE contents SET metadataVersion = 0, takenAtMs = NULL, camera = NULL, fileRating = NULL; DELETE FROM fileTags',
      );
      database.close();
    });

    async function withEngine(action: (engine: Engine) => Promise<void>): Promise<void> {
      const engine = Engine.open({ libraryPath: libraryPath(), access: 'write' });
      try {
        await action(engine);
      } finally {
        await engine.close();
      }
    }

    it('gets it in the background after the start, and only once', async () => {
      await withEngine(async (engine) => {
        expect(engine.jobs.list()).toMatchObject([{ kind: 'metadata' }]);
        await engine.jobs.idle();
        expect(engine.jobs.list()).toMatchObject([{ kind: 'metadata', state: 'done', done: 1, total: 1 }]);
        expect(await details(engine)).toMatchObject({
          camera: told.camera,
          rating: 4,
          tags: keywords.toSorted((a, b) => a.localeCompare(b)),
        });
      });
      await withEngine((engine) => {
        expect(engine.jobs.list()).toEqual([]);
        return Promise.resolve();
      });
    });

    it('gets it later where that is cancelled, and never from a file that has changed meanwhile', async () => {
      await withEngine(async (engine) => {
        engine.jobs.cancel(engine.jobs.list()[0].id);
        await engine.jobs.idle();
        expect(engine.library.metadata.pending()).toBe(1);
      });
      const other = await jpegWith(xmpSegment(packet.replace('autumn', 'spring')));
      writeFileSync(file, other);
      await withEngine(async (engine) => {
        await engine.jobs.idle();
        expect(engine.library.metadata.pending()).toBe(1);
        expect((await details(engine)).tags).toEqual([]);
        await index(engine);
        expect((await details(engine)).tags).toContain('spring');
      });
    });

    it('gets it when the file is read again, without being described again', async () => {
      utimesSync(file, 1000, 1000);
      await withEngine(async (engine) => {
        engine.jobs.cancel(engine.jobs.list()[0].id);
        await index(engine);
        expect(await details(engine)).toMatchObject({
          rating: 4,
          tags: keywords.toSorted((a, b) => a.localeCompare(b)),
        });
      });
    });

    it('does without where the file is gone', async () => {
      rmSync(file);
      await withEngine(async (engine) => {
        await engine.jobs.idle();
        expect(engine.jobs.list()).toMatchObject([{ kind: 'metadata', state: 'done', error: null }]);
      });
    });
  });
});
