/** The app's icon in the forms that the three systems want, drawn from the one of the interface. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

/** As freedesktop.org's theme has them. */
const linuxSizes = [16, 24, 32, 48, 64, 128, 256, 512];
const windowsSizes = [16, 24, 32, 48, 64, 256];
/** Of Apple's format: four letters for each size in pixels, those for dense screens last. */
const macTypes: readonly (readonly [type: string, size: number])[] = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic07', 128],
  ['ic08', 256],
  ['ic09', 512],
  ['ic10', 1024],
  ['ic11', 32],
  ['ic12', 64],
  ['ic13', 256],
  ['ic14', 512],
];
/** How much of its square an icon takes on a Mac. */
const macShare = 824 / 1024;
/** In the units that the drawing is measured in, which sharp takes for 72 dots an inch. */
const drawnSize = 32;

/**
 * @param drawing an SVG file
 * @param folder gets `16x16.png` and so on, `icon.ico` and `icon.icns`
 */
export async function makeIcons(drawing: string, folder: string): Promise<void> {
  const svg = readFileSync(drawing);
  mkdirSync(folder, { recursive: true });
  for (const size of linuxSizes)
    writeFileSync(join(folder, `${size}x${size}.png`), await drawn(svg, size, 1));
  const windows = await Promise.all(
    windowsSizes.map(async (size) => ({ size, png: await drawn(svg, size, 1) })),
  );
  writeFileSync(join(folder, 'icon.ico'), windowsIcon(windows));
  const mac = await Promise.all(
    macTypes.map(async ([type, size]) => ({ type, png: await drawn(svg, size, macShare) })),
  );
  writeFileSync(join(folder, 'icon.icns'), macIcon(mac));
}

async function drawn(svg: Buffer, size: number, share: number): Promise<Buffer> {
  const inner = Math.round(size * share);
  const before = Math.floor((size - inner) / 2);
  const after = size - inner - before;
  return sharp(svg, { density: (72 * inner) / drawnSize })
    .resize(inner, inner)
    .extend({ top: before, left: before, bottom: after, right: after, background: '#0000' })
    .png()
    .toBuffer();
}

/** A directory of pictures, each a PNG: https://learn.microsoft.com/previous-versions/ms997538(v=msdn.10). */
function windowsIcon(pictures: readonly { size: number; png: Buffer }[]): Buffer {
  const entryBytes = 16;
  const header = Buffer.alloc(6 + entryBytes * pictures.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pictures.length, 4);
  let offset = header.length;
  pictures.forEach(({ size, png }, number) => {
    const at = 6 + entryBytes * number;
    // One byte each, and 0 stands for 256.
    header.writeUInt8(size % 256, at);
    header.writeUInt8(size % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(png.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([header, ...pictures.map(({ png }) => png)]);
}

/** Pieces of four letters, a length and a PNG, in one of their like. */
function macIcon(pictures: readonly { type: string; png: Buffer }[]): Buffer {
  const piece = (type: string, content: Buffer): Buffer => {
    const header = Buffer.alloc(8);
    header.write(type, 'latin1');
    header.writeUInt32BE(8 + content.length, 4);
    return Buffer.concat([header, content]);
  };
  return piece('icns', Buffer.concat(pictures.map(({ type, png }) => piece(type, png))));
}
