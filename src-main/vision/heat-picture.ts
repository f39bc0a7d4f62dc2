/** Photos side by side with heat maps over them, as a picture file. */
import sharp from 'sharp';
import { type HeatMap, heatPixels, strengthOf } from '../contract/index.ts';
import { decodePhoto } from './decode.ts';
import type { DecodeLimits } from './decode-limits.ts';
import { photoFormat } from './photo-format.ts';
import type { NamedBytes } from './vision-messages.ts';

/** Pixels of the longer side of each photo, and between two. */
const longerSide = 720;
const gap = 12;
/** Colours of the photo are taken back, so that those of the map can be told from them. */
const saturation = 0.25;

export interface HeatPhoto extends NamedBytes {
  heatMap: HeatMap;
}

/**
 * @param groups photos that are drawn by a common strength, so that they can be compared
 * @returns PNG
 * @throws SemblanceError with the reason why a photo cannot be read
 */
export async function heatPicture(groups: readonly HeatPhoto[][], limits: DecodeLimits): Promise<Uint8Array> {
  const drawn: { data: Buffer; width: number; height: number }[] = [];
  for (const photos of groups) {
    const strength = strengthOf(photos.map(({ heatMap }) => heatMap));
    for (const photo of photos) drawn.push(await draw(photo, strength, limits));
  }
  const height = Math.max(...drawn.map((each) => each.height));
  let left = 0;
  const placed = drawn.map((each) => {
    const place = { input: each.data, left, top: Math.floor((height - each.height) / 2) };
    left += each.width + gap;
    return place;
  });
  const page = { width: left - gap, height, channels: 4, background: '#00000000' } as const;
  return sharp({ create: page }).composite(placed).png().toBuffer();
}

async function draw(
  { bytes, name, crop, heatMap }: HeatPhoto,
  strength: number,
  limits: DecodeLimits,
): Promise<{ data: Buffer; width: number; height: number }> {
  const format = await photoFormat(bytes, name);
  const { pixels } = await decodePhoto(bytes, format, longerSide, { limits, crop });
  const { width, height } = pixels;
  const heat = Buffer.from(heatPixels(heatMap, width, height, strength));
  const photo = await sharp(pixels.data, { raw: { width, height, channels: 3 } })
    .modulate({ saturation })
    .raw()
    .toBuffer();
  const data = await sharp(photo, { raw: { width, height, channels: 3 } })
    .composite([{ input: heat, raw: { width, height, channels: 4 } }])
    .png()
    .toBuffer();
  return { data, width, height };
}
