/** Parts of a picture, which are given in fractions of it. */
import type { Rectangle } from '../contract/index.ts';

/** In whole pixels, at least one in each direction. */
export function pixelsOf(
  { left, top, width, height }: Rectangle,
  size: { width: number; height: number },
): { left: number; top: number; width: number; height: number } {
  const across = span(left, width, size.width);
  const down = span(top, height, size.height);
  return { left: across.from, top: down.from, width: across.length, height: down.length };
}

function span(start: number, length: number, pixels: number): { from: number; length: number } {
  const from = Math.min(pixels - 1, Math.round(start * pixels));
  const to = Math.min(pixels, Math.max(from + 1, Math.round((start + length) * pixels)));
  return { from, length: to - from };
}

/** What lies within a crop, in fractions of that. */
export function partsWithin(crop: Rectangle, parts: readonly Rectangle[]): Rectangle[] {
  return parts
    .map((part) => {
      const left = Math.max(0, (part.left - crop.left) / crop.width);
      const top = Math.max(0, (part.top - crop.top) / crop.height);
      const right = Math.min(1, (part.left + part.width - crop.left) / crop.width);
      const bottom = Math.min(1, (part.top + part.height - crop.top) / crop.height);
      return { left, top, width: right - left, height: bottom - top };
    })
    .filter(({ width, height }) => width > 0 && height > 0);
}
