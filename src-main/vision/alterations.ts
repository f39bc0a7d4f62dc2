/** Altered copies of a photo, as people make them: what matching pairs are learned from where there are no labels. */
import sharp, { type Sharp } from 'sharp';
import { randomFrom } from '../descriptor/index.ts';
import type { DecodeLimits } from './decode-limits.ts';
import { decodePhoto } from './decode.ts';
import { photoFormat } from './photo-format.ts';
import { readPhotoFile } from './read-file.ts';

/** Numbers between 0 and 1 that belong to a photo: the same photo is always altered in the same way. */
type Chances = () => number;

/** Shorter sides than this are left alone by what cuts something away. */
const leastSide = 32;

interface Size {
  width: number;
  height: number;
}

const make: Record<string, (photo: Sharp, size: Size, chance: Chances) => Sharp> = {
  crop: (photo, size, chance) => photo.extract(part(size, 0.6 + 0.2 * chance(), chance)),
  recompress: (photo, { width }, chance) =>
    photo.resize({ width: Math.max(leastSide, Math.round(width * (0.3 + 0.3 * chance()))) }),
  rotate: (photo, size, chance) => {
    const degrees = (chance() < 0.5 ? -1 : 1) * (3 + 5 * chance());
    // What is left of the picture without the corners that turning leaves empty.
    return photo.rotate(degrees).extract(inner(size, degrees));
  },
  colour: (photo, _, chance) =>
    photo
      .modulate({
        brightness: 0.8 + 0.4 * chance(),
        saturation: 0.5 + chance(),
        hue: Math.round(30 * chance() - 15),
      })
      .gamma(1 + 0.5 * chance()),
  blur: (photo, { width, height }, chance) =>
    photo.blur((0.002 + 0.003 * chance()) * Math.max(width, height) + 0.3),
};

/** Names of all alterations. */
export const alterations = Object.keys(make);

/** The network sees no more, and altering a large photo takes seconds. */
const longerSide = 1024;

/**
 * @param path of a photo
 * @param hash of its content, which decides how much it is altered
 * @returns the altered photos as JPEG, upright
 * @throws SemblanceError with the reason why the photo cannot be read
 */
export async function alteredPhotos(
  path: string,
  hash: string,
  wanted: readonly string[],
  limits: DecodeLimits,
): Promise<{ alteration: string; bytes: Uint8Array }[]> {
  const { bytes } = await readPhotoFile(path);
  const { pixels } = await decodePhoto(bytes, await photoFormat(bytes, path), longerSide, {
    limits,
  });
  const { data, width, height } = pixels;
  return Promise.all(
    wanted.map(async (alteration) => {
      const photo = sharp(data, { raw: { width, height, channels: 3 } });
      const altered = make[alteration](photo, pixels, chancesOf(`${hash} ${alteration}`));
      return {
        alteration,
        bytes: await altered.jpeg(alteration === 'recompress' ? { quality: 30 } : { quality: 90 }).toBuffer(),
      };
    }),
  );
}

function part({ width, height }: Size, share: number, chance: Chances): { left: number; top: number } & Size {
  const cut = { width: atLeast(width * share, width), height: atLeast(height * share, height) };
  return {
    ...cut,
    left: Math.floor(chance() * (width - cut.width)),
    top: Math.floor(chance() * (height - cut.height)),
  };
}

function atLeast(length: number, most: number): number {
  return Math.min(most, Math.max(Math.min(leastSide, most), Math.round(length)));
}

/** A rectangle of the picture's shape inside the turned picture. */
function inner({ width, height }: Size, degrees: number): { left: number; top: number } & Size {
  const angle = (Math.abs(degrees) * Math.PI) / 180;
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const turned = { width: width * cosine + height * sine, height: width * sine + height * cosine };
  const shape = Math.max(width / height, height / width);
  const share = 1 / (cosine + shape * sine);
  const kept = { width: atLeast(width * share - 2, width), height: atLeast(height * share - 2, height) };
  return {
    ...kept,
    left: Math.max(0, Math.floor((turned.width - kept.width) / 2)),
    top: Math.max(0, Math.floor((turned.height - kept.height) / 2)),
  };
}

/** FNV-1a over the text, then mulberry32. */
function chancesOf(text: string): Chances {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return randomFrom(hash >>> 0);
}
