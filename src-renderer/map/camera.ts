/** From places on the map to pixels of the screen and back. The map lies within −1 … 1. */

export interface Camera {
  /** The place in the middle of the screen. */
  x: number;
  y: number;
  /** Pixels that a unit of the map takes. */
  scale: number;
}

/** In CSS pixels. */
export interface ScreenSize {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface Bounds {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Free room around a map that is shown as a whole. */
const margin = 40;
/** How far one can come near, and go away, against the whole map. */
const nearest = 600;
const farthest = 0.6;

/** Shows the whole map. */
export function wholeMap({ width, height }: ScreenSize): Camera {
  return { x: 0, y: 0, scale: Math.max(20, (Math.min(width, height) - 2 * margin) / 2) };
}

export function toScreen({ x, y, scale }: Camera, { width, height }: ScreenSize, point: Point): Point {
  return { x: (point.x - x) * scale + width / 2, y: (point.y - y) * scale + height / 2 };
}

export function toMap({ x, y, scale }: Camera, { width, height }: ScreenSize, pixel: Point): Point {
  return { x: (pixel.x - width / 2) / scale + x, y: (pixel.y - height / 2) / scale + y };
}

/** The part of the map that the screen shows. */
export function boundsOf({ x, y, scale }: Camera, { width, height }: ScreenSize): Bounds {
  const [halfWidth, halfHeight] = [width / 2 / scale, height / 2 / scale];
  return { left: x - halfWidth, top: y - halfHeight, right: x + halfWidth, bottom: y + halfHeight };
}

/** Moves what is seen by so many pixels; the middle of the screen stays on the map. */
export function panned({ x, y, scale }: Camera, rightPixels: number, downPixels: number): Camera {
  return { x: clamped(x - rightPixels / scale), y: clamped(y - downPixels / scale), scale };
}

/** Zooms so that the place under a pixel stays there. */
export function zoomed(camera: Camera, screen: ScreenSize, factor: number, pixel?: Point): Camera {
  const whole = wholeMap(screen).scale;
  const scale = Math.max(farthest * whole, Math.min(nearest * whole, camera.scale * factor));
  const { width, height } = screen;
  const fixed = pixel ?? { x: width / 2, y: height / 2 };
  const place = toMap(camera, screen, fixed);
  return {
    x: clamped(place.x - (fixed.x - width / 2) / scale),
    y: clamped(place.y - (fixed.y - height / 2) / scale),
    scale,
  };
}

function clamped(value: number): number {
  return Math.max(-1, Math.min(1, value));
}
