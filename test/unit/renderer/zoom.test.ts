import { describe, expect, it } from 'vitest';
import { fitScale, fittedView, mostScale, pannedBy, zoomedTo } from '../../../src-renderer/library/zoom.ts';

const picture = { width: 4000, height: 3000 };
const frame = { width: 1000, height: 600 };
const centre = { x: 0, y: 0 };

describe('a picture in a frame', () => {
  it('is seen as a whole at first, but never enlarged', () => {
    expect(fitScale(picture, frame)).toBe(0.2);
    expect(fitScale({ width: 300, height: 200 }, frame)).toBe(1);
  });

  it('keeps the spot under the pointer where it is', () => {
    const point = { x: 100, y: -50 };
    const near = zoomedTo(fittedView(picture, frame), 1, centre, picture, frame);
    const before = { x: (point.x - near.x) / near.scale, y: (point.y - near.y) / near.scale };
    const nearer = zoomedTo(near, 2, point, picture, frame);
    expect((point.x - nearer.x) / nearer.scale).toBeCloseTo(before.x);
    expect((point.y - nearer.y) / nearer.scale).toBeCloseTo(before.y);
  });

  it('cannot be moved out of it', () => {
    const full = zoomedTo(fittedView(picture, frame), 1, centre, picture, frame);
    expect(pannedBy(full, { x: 1e6, y: -1e6 }, picture, frame)).toEqual({ scale: 1, x: 1500, y: -1200 });
    expect(pannedBy(fittedView(picture, frame), { x: 50, y: 50 }, picture, frame)).toEqual({
      scale: 0.2,
      x: 0,
      y: 0,
    });
  });

  it('is enlarged within bounds', () => {
    expect(zoomedTo(fittedView(picture, frame), 1000, centre, picture, frame).scale).toBe(mostScale);
    expect(zoomedTo(fittedView(picture, frame), 0.01, centre, picture, frame).scale).toBe(0.2);
  });
});
