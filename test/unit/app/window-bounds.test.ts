import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bounds, boundsOnScreens, leastSize } from '../../../src-main/app/window-bounds.ts';

const laptop: Bounds = { x: 0, y: 25, width: 1440, height: 875 };
const beside: Bounds = { x: 1440, y: 0, width: 2560, height: 1400 };

describe('where the window opens', () => {
  it('is in the middle of the main screen the first time', () => {
    expect(boundsOnScreens(null, [laptop, beside])).toEqual({ x: 80, y: 53, width: 1280, height: 820 });
  });

  it('is where it was, on whichever screen that is', () => {
    for (const was of [
      { x: 100, y: 60, width: 1000, height: 700 },
      { x: 2000, y: 200, width: 1800, height: 1000 },
      // Half of it beyond the edge, as a person may want it.
      { x: -500, y: 60, width: 1000, height: 700 },
    ]) {
      expect(boundsOnScreens(was, [laptop, beside])).toEqual(was);
    }
  });

  it('is on the main screen where its own has been taken away', () => {
    const was = { x: 2000, y: 200, width: 1800, height: 1000 };
    expect(boundsOnScreens(was, [laptop])).toEqual({ x: 0, y: 25, width: 1440, height: 875 });
  });

  it('is one that a person can take hold of and that is not larger than the screen', () => {
    const side = fc.integer({ min: 1, max: 10_000 });
    const corner = fc.integer({ min: -20_000, max: 20_000 });
    const bounds = fc.record({ x: corner, y: corner, width: side, height: side });
    const screen = fc.record({
      x: corner,
      y: corner,
      width: fc.integer({ min: leastSize.width, max: 5000 }),
      height: fc.integer({ min: leastSize.height, max: 3000 }),
    });
    fc.assert(
      fc.property(bounds, fc.array(screen, { minLength: 1, maxLength: 3 }), (was, screens) => {
        const now = boundsOnScreens(was, screens);
        const isHeld = screens.some((each) => {
          const across = Math.min(now.x + now.width, each.x + each.width) - Math.max(now.x, each.x);
          const fits = now.width <= each.width && now.height <= each.height;
          return across >= 120 && now.y >= each.y && now.y + 30 <= each.y + each.height && fits;
        });
        expect(isHeld).toBe(true);
        expect(now.width).toBeGreaterThanOrEqual(leastSize.width);
        expect(now.height).toBeGreaterThanOrEqual(leastSize.height);
      }),
    );
  });
});
