/** A picture to try networks and devices on. */

interface Size {
  width: number;
  height: number;
}

/** Large enough to have all sizes of maps, small enough for the slowest device. */
export const smallSize: Size = { width: 192, height: 128 };
/**
 * As a photo is read: what a graphics processor takes for a small picture is mostly the giving of orders, which tells
 * little of a large one.
 */
export const usualSizes: readonly Size[] = [
  { width: 512, height: 384 },
  { width: 362, height: 272 },
  { width: 256, height: 192 },
];

/** Colours, edges and textures, RGB, the same each time. */
export function testPicture({ width, height }: Size): Uint8Array {
  const pixels = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 3 * (y * width + x);
      const inside = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (height / 4) ** 2;
      pixels[at] = inside ? 220 : (255 * x) / width;
      pixels[at + 1] = ((x >> 3) + (y >> 3)) % 2 === 0 ? 200 : 60;
      pixels[at + 2] = inside ? 40 : 128 + 127 * Math.sin((x * y) / 300);
    }
  }
  return pixels;
}
