/** TIFF files of kinds that libtiff, as it is built for sharp, does not read. */
import { TiffStructure } from './tiff-directories.ts';

const tags = { compression: 0x0103, planar: 0x011c, tileWidth: 0x0142 };

/** None, the fax codes, LZW, JPEG, Deflate old and new, PackBits, Zstandard and WebP. */
const readCompressions = new Set([1, 2, 3, 4, 5, 7, 8, 32773, 32946, 50000, 50001]);

/** Whether it is one of them by what its first directory says, whatever the decoder has said. */
export function isUnreadableTiff(bytes: Uint8Array, format: string): boolean {
  const first = format === 'tiff' ? TiffStructure.open(bytes)?.first() : null;
  if (!first) return false;
  const isPlanarInTiles = first.number(tags.planar) === 2 && first.has(tags.tileWidth);
  return isPlanarInTiles || !readCompressions.has(first.number(tags.compression) ?? 1);
}
