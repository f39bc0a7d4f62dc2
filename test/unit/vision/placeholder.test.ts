import sharp from 'sharp';
import { thumbHashToApproximateAspectRatio, thumbHashToRGBA } from 'thumbhash';
import { describe, expect, it } from 'vitest';
import { decodePhoto } from '../../../src-main/vision/decode.ts';
import { placeholderOf } from '../../../src-main/vision/placeholder.ts';

/** Green above and blue below. */
async function placeholderOfPicture(width: number, height: number): Promise<Uint8Array> {
  const upper = { width, height: Math.ceil(height / 2), channels: 3 as const, background: '#20c040' };
  const photo = await sharp({ create: { width, height, channels: 3, background: '#2040d0' } })
    .composite([{ input: { create: upper }, left: 0, top: 0 }])
    .jpeg()
    .toBuffer();
  const { pixels } = await decodePhoto(photo, 'jpeg', 512);
  return placeholderOf(pixels);
}

describe('the placeholder of a photo', () => {
  it('shows its colours where they are, in 25 bytes at most', async () => {
    const placeholder = await placeholderOfPicture(1200, 900);
    expect(placeholder.length).toBeLessThanOrEqual(25);
    const { w, h, rgba } = thumbHashToRGBA(placeholder);
    const colourAt = (row: number): number[] => [
      ...rgba.subarray(4 * (row * w + (w >> 1)), 4 * (row * w + (w >> 1)) + 3),
    ];
    const [above, below] = [colourAt(Math.floor(h / 5)), colourAt(Math.floor((4 * h) / 5))];
    expect(above[1]).toBeGreaterThan(above[2] + 60);
    expect(below[2]).toBeGreaterThan(below[1] + 60);
  });

  it.each([
    [1200, 900],
    [900, 1200],
    [1000, 1000],
    [3000, 300],
  ])('of %i × %i pixels has about that shape', async (width, height) => {
    const ratio = thumbHashToApproximateAspectRatio(await placeholderOfPicture(width, height));
    expect(Math.abs(Math.log(ratio / Math.max(1 / 3, Math.min(3, width / height))))).toBeLessThan(1);
  });
});
