/** Photos for tests: three folders, each with its own texture and colours, so that kin are alike and others are not. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

export const folders = ['beaches', 'forests', 'towns'] as const;
export const photosPerFolder = 8;

const size = { width: 320, height: 240 };

/** The same numbers each time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function picture(kind: (typeof folders)[number], random: () => number): string {
  const { width } = size;
  const many = (count: number, shape: () => string): string => Array.from({ length: count }, shape).join('');
  const x = (): number => Math.round(random() * width);

  switch (kind) {
    case 'beaches':
      return `<rect width="100%" height="45%" fill="#8fc7ef"/><rect y="45%" width="100%" height="20%" fill="#2f78a8"/>
        <rect y="65%" width="100%" height="35%" fill="#e6cf9c"/>
        ${many(12, () => `<ellipse cx="${x()}" cy="${150 + random() * 80}" rx="14" ry="4" fill="#d8bd85"/>`)}
        <circle cx="${x()}" cy="40" r="22" fill="#fff2b0"/>`;
    case 'forests':
      return `<rect width="100%" height="100%" fill="#24401f"/>
        ${many(26, () => {
          const at = x();
          return `<path d="M${at} ${40 + random() * 60} l26 120 h-52 z" fill="#${random() < 0.5 ? '2f6b2a' : '3d8a37'}"/>
            <rect x="${at - 4}" y="170" width="8" height="60" fill="#4a3320"/>`;
        })}`;
    case 'towns':
      return `<rect width="100%" height="100%" fill="#c9ced6"/>
        ${many(9, () => {
          const left = x();
          const top = 30 + random() * 90;
          const windows = many(
            12,
            () =>
              `<rect x="${left + 6 + Math.floor(random() * 3) * 14}" y="${top + 8 + Math.floor(random() * 7) * 18}" width="8" height="11" fill="#f7e9a0"/>`,
          );
          return `<rect x="${left}" y="${top}" width="52" height="240" fill="#7b4a3d" stroke="#3f241d" stroke-width="2"/>${windows}`;
        })}`;
  }
}

/** Writes the photos, and one file that is no photo although it is called one. */
export async function writePhotos(root: string): Promise<void> {
  // The app lets sharp read no SVG; these drawings are our own.
  const drawings = { operation: ['VipsForeignLoadSvg'] };
  sharp.unblock(drawings);
  try {
    for (const [number, kind] of folders.entries()) {
      mkdirSync(join(root, kind), { recursive: true });
      for (let i = 1; i <= photosPerFolder; i++) {
        const drawing = picture(kind, randomFrom(1000 * number + i));
        const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}">${drawing}</svg>`;
        await sharp(Buffer.from(svg))
          .jpeg({ quality: 88 })
          .toFile(join(root, kind, `${kind}-${i}.jpg`));
      }
    }
  } finally {
    sharp.block(drawings);
  }
  writeFileSync(join(root, 'broken.jpg'), 'This was never a photo.');
}
