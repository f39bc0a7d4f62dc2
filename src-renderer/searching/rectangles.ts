/** Parts of a picture, drawn and moved by pointer and by keys, always within the picture. In fractions of its sides. */
import type { Rectangle } from '../../src-main/contract/index.ts';
import { decimal } from '../wording.ts';

export interface Point {
  x: number;
  y: number;
}

/** A part is at least so wide and high; what is drawn smaller was a click. */
export const leastSide = 0.02;
/** A key moves or resizes by so much. */
export const keyStep = 0.01;
/** What a part that is added without being drawn begins as. */
export const middle: Rectangle = { left: 0.25, top: 0.25, width: 0.5, height: 0.5 };

/** So exact are the numbers that a person sees and types: a thousandth. */
const round = (number: number): number => Math.round(1000 * number) / 1000;
const within = (number: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, number));

/** The nearest rectangle that lies in the picture. */
export function fitted({ left, top, width, height }: Rectangle): Rectangle {
  const size = { width: round(within(width, leastSide, 1)), height: round(within(height, leastSide, 1)) };
  return {
    left: round(within(left, 0, 1 - size.width)),
    top: round(within(top, 0, 1 - size.height)),
    ...size,
  };
}

/** Between two corners, wherever they are; null for what is too small to have been meant. */
export function drawnBetween(a: Point, b: Point): Rectangle | null {
  const [left, right] = [a.x, b.x].map((x) => within(x, 0, 1)).sort((p, q) => p - q);
  const [top, bottom] = [a.y, b.y].map((y) => within(y, 0, 1)).sort((p, q) => p - q);
  if (right - left < leastSide || bottom - top < leastSide) return null;
  return fitted({ left, top, width: right - left, height: bottom - top });
}

export function moved(rectangle: Rectangle, by: Point): Rectangle {
  return fitted({ ...rectangle, left: rectangle.left + by.x, top: rectangle.top + by.y });
}

/** Moves the lower right corner, as far as the picture goes. */
export function resized({ left, top, width, height }: Rectangle, by: Point): Rectangle {
  return fitted({
    left,
    top,
    width: Math.min(width + by.x, 1 - left),
    height: Math.min(height + by.y, 1 - top),
  });
}

const steps: Partial<Record<string, Point>> = {
  ArrowLeft: { x: -keyStep, y: 0 },
  ArrowRight: { x: keyStep, y: 0 },
  ArrowUp: { x: 0, y: -keyStep },
  ArrowDown: { x: 0, y: keyStep },
};

/** What a key makes of a rectangle: arrows move it, with Shift they resize it; null for other keys. */
export function pressed(
  rectangle: Rectangle,
  { key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>,
): Rectangle | null {
  const step = steps[key];
  if (!step) return null;
  return shiftKey ? resized(rectangle, step) : moved(rectangle, step);
}

/** E.g. '50 % wide and 40 % high, 25 % from the left and 10 % from the top'. */
export function rectangleWords({ left, top, width, height }: Rectangle): string {
  const percent = (part: number): string => `${decimal(100 * part, 0, 1)} %`;
  return `${percent(width)} wide and ${percent(height)} high, ${percent(left)} from the left and ${percent(top)} from the top`;
}
