import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  moved,
  type SeenPart,
  transformOf,
  wholePicture,
  zoomed,
} from '../../../src-renderer/duplicates/seen-part.ts';

const inFrame = fc.double({ min: -0.5, max: 0.5, noNaN: true });
const place = fc.record({ x: inFrame, y: inFrame });
const factor = fc.double({ min: 0.5, max: 2, noNaN: true });
const deeds = fc.array(
  fc.oneof(
    fc.tuple(factor, place).map(
      ([by, at]) =>
        (part: SeenPart) =>
          zoomed(part, by, at),
    ),
    place.map((by) => (part: SeenPart) => moved(part, by)),
  ),
);

describe('the part of two photos that is looked at', () => {
  it('never reaches beyond them, however one zooms and moves', () => {
    fc.assert(
      fc.property(deeds, (all) => {
        let part = wholePicture;
        for (const deed of all) {
          part = deed(part);
          expect(part.zoom).toBeGreaterThanOrEqual(1);
          expect(part.zoom).toBeLessThanOrEqual(16);
          expect(Math.max(Math.abs(part.x), Math.abs(part.y))).toBeLessThanOrEqual(
            (part.zoom - 1) / 2 + 1e-9,
          );
        }
      }),
    );
  });

  it('keeps what is under the pointer where it is when it comes closer', () => {
    fc.assert(
      fc.property(place, place, (first, second) => {
        const before = zoomed(wholePicture, 2, first);
        const after = zoomed(before, 2, second);
        expect((second.x - after.x) / after.zoom).toBeCloseTo((second.x - before.x) / before.zoom);
        expect((second.y - after.y) / after.zoom).toBeCloseTo((second.y - before.y) / before.zoom);
      }),
    );
  });

  it('is told to CSS in shares of the frame', () => {
    expect(transformOf({ zoom: 2, x: 0.5, y: -0.25 })).toBe('translate(50%, -25%) scale(2)');
  });
});
