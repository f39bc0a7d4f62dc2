/** Photos whose bytes were changed, through the threads that read photos, and through the reader of metadata. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { metadataOfFile } from '../../../src-main/vision/index.ts';
import { drawnPicture } from '../../fixtures/drawn-picture.ts';
import { plainHeic } from '../../fixtures/iso-file.ts';
import { rawFiles } from '../../fixtures/raw-files.ts';
import { smallLibrary } from '../../fixtures/small-library.ts';
import type { Dice } from '../dice.ts';
import { outcomeOf } from '../outcome.ts';
import type { Case, Target } from './target.ts';

const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="3" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:subject><rdf:Bag><rdf:li>harbour</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>`;

const svg = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>',
);

/** Whole files of all formats, with the blocks that tell of a photo. */
async function wholeFiles(): Promise<Record<string, Buffer>> {
  const exif = { IFD0: { Make: 'Maker', Model: 'Model' }, IFD2: { DateTimeOriginal: '2020:01:02 03:04:05' } };
  const picture = () =>
    drawnPicture()
      .resize(96, 72)
      .withExif(exif)
      .withXmp(xmp)
      .withIccProfile('p3')
      .withMetadata({ orientation: 6 });
  const jpeg = await picture().jpeg().toBuffer();
  const files: Record<string, Buffer> = {
    jpg: jpeg,
    'progressive.jpg': await picture().jpeg({ progressive: true }).toBuffer(),
    png: await picture().png().toBuffer(),
    'indexed.png': await picture().png({ palette: true }).toBuffer(),
    webp: await picture().webp().toBuffer(),
    'lossless.webp': await picture().webp({ lossless: true }).toBuffer(),
    gif: await picture().gif().toBuffer(),
    tif: await picture().tiff({ compression: 'none' }).toBuffer(),
    'packed.tif': await picture().tiff({ compression: 'lzw', tile: true }).toBuffer(),
    avif: await picture().avif({ effort: 0 }).toBuffer(),
    heic: plainHeic,
    svg,
  };
  const thumbnail = await sharp(jpeg).resize(40).jpeg().toBuffer();
  for (const [extension, make] of Object.entries(rawFiles))
    files[extension] = make({ preview: jpeg, thumbnail });
  return files;
}

function changedFile(dice: Dice, files: Record<string, Buffer>): { name: string; bytes: Buffer } {
  const names = Object.keys(files);
  const name = dice.pick(names);
  const named = dice.chance(0.8) ? name : dice.pick(names);
  return { name: `photo.${named}`, bytes: dice.mutated(files[name], Object.values(files)) };
}

async function written({ dice, folder, keep }: Case, files: Record<string, Buffer>): Promise<string> {
  const { name, bytes } = changedFile(dice, files);
  keep(name, bytes);
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return Promise.resolve(path);
}

export const photos: Target = {
  name: 'photos',
  limitMs: 90_000,
  open: async () => {
    const files = await wholeFiles();
    const small = await smallLibrary(4, 64, { knownDevice: true });
    const good = join(small.root, 'good.jpg');
    writeFileSync(good, files['jpg']);
    const vision = await small.engine.vision();
    return {
      attempt: async (one) => {
        const path = await written(one, files);
        const outcome = await outcomeOf(() => vision.extractFile(path, () => false));
        if (one.dice.chance(0.05)) {
          // Whatever was read before, the next photo is read as always.
          const { extraction } = await vision.extractFile(good, () => false);
          if (extraction?.width !== 72) throw new Error('A good photo is no longer read.');
        }
        return outcome;
      },
      close: () => small.close(),
    };
  },
};

export const metadata: Target = {
  name: 'metadata',
  limitMs: 60_000,
  open: async () => {
    const files = await wholeFiles();
    return {
      attempt: async (one) => {
        const path = await written(one, files);
        return outcomeOf(async () => {
          const { metadata: found } = await metadataOfFile(path);
          const texts = [found.camera ?? '', found.lens ?? '', ...found.tags];
          const isBounded = texts.every((text) => text.length <= 10_000) && found.tags.length <= 10_000;
          const isPlace = Math.abs(found.latitude ?? 0) <= 90 && Math.abs(found.longitude ?? 0) <= 180;
          if (!isBounded || !isPlace || Number.isNaN(found.takenAtMs)) {
            throw new Error(`A file tells ${JSON.stringify(found).slice(0, 500)}`);
          }
        });
      },
      close: () => undefined,
    };
  },
};
