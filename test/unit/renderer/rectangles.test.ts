import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { rectangleSchema } from '../../../src-main/contract/index.ts';
import {
  drawnBetween,
  fitted,
  keyStep,
  leastSide,
  middle,
  moved,
  pressed,
  rectangleWords,
  resized,
} from '../../../src-renderer/searching/rectangles.ts';

const number = fc.double({ min: -2, max: 3, noNaN: true });
const point = fc.record({ x: number, y: number });
const rectangle = fc.record({ left: number, top: number, width: number, height: number }).map(fitted);
const isTaken = (value: unknown): boolean => v.is(rectangleSchema, value);

describe('a part of a picture', () => {
  it('is one that the engine takes, wherever it is drawn, moved or resized to', () => {
    fc.assert(
      fc.property(rectangle, point, point, (part, a, b) => {
        const drawn = drawnBetween(a, b);
        expect(drawn === null || isTaken(drawn)).toBe(true);
        expect(isTaken(moved(part, a))).toBe(true);
        expect(isTaken(resized(part, b))).toBe(true);
      }),
    );
  });

  it('keeps its size while it is moved, and its corner while it is resized', () => {
    fc.assert(
      fc.property(rectangle, point, (part, by) => {
        expect(moved(part, by)).toMatchObject({ width: part.width, height: part.height });
        const { left, top } = resized(part, by);
        // A part at the edge that would be too narrow gives way.
        expect(left).toBeLessThanOrEqual(part.left);
        expect(top).toBeLessThanOrEqual(part.top);
        expect(part.left - left).toBeLessThanOrEqual(leastSide);
      }),
    );
  });

  it('is drawn from any corner to the one across, and not by a click', () => {
    const expected = { left: 0.2, top: 0.1, width: 0.3, height: 0.5 };
    expect(drawnBetween({ x: 0.2, y: 0.1 }, { x: 0.5, y: 0.6 })).toEqual(expected);
    expect(drawnBetween({ x: 0.5, y: 0.1 }, { x: 0.2, y: 0.6 })).toEqual(expected);
    expect(drawnBetween({ x: 0.5, y: 0.5 }, { x: 0.505, y: 0.9 })).toBeNull();
  });

  it('is moved by arrow keys, resized by them with Shift, and left alone by others', () => {
    expect(pressed(middle, { key: 'ArrowLeft', shiftKey: false })).toEqual({
      ...middle,
      left: 0.25 - keyStep,
    });
    expect(pressed(middle, { key: 'ArrowDown', shiftKey: true })).toEqual({
      ...middle,
      height: 0.5 + keyStep,
    });
    expect(pressed(middle, { key: 'a', shiftKey: false })).toBeNull();
  });

  it('is told in numbers', () => {
    expect(rectangleWords({ left: 0.25, top: 0.1, width: 0.5, height: 0.405 })).toBe(
      '50 % wide and 40.5 % high, 25 % from the left and 10 % from the top',
    );
  });
});
