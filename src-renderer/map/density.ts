/** How many photos lie where, as a picture. */
import { boundsOf, type Camera, type ScreenSize } from './camera.ts';
import type { SpatialGrid } from './spatial-grid.ts';

export interface Density {
  columns: number;
  rows: number;
  /** Row by row from the top left; they add up to the points that are seen. */
  values: Float32Array;
}

/** Pixels of the screen to a value. */
export const densityCell = 4;

/**
 * Points of the map as the screen shows them, each shared out among the four values around it so that nothing jumps as the
 * map moves, and spread a little.
 * @param points those in sight
 */
export function densityOf(
  { xs, ys }: Pick<SpatialGrid, 'xs' | 'ys'>,
  points: Uint32Array,
  camera: Camera,
  screen: ScreenSize,
): Density {
  const columns = Math.max(2, Math.ceil(screen.width / densityCell));
  const rows = Math.max(2, Math.ceil(screen.height / densityCell));
  const values = new Float32Array(columns * rows);
  const { left, top } = boundsOf(camera, screen);
  const perUnit = camera.scale / densityCell;
  for (const i of points) {
    const x = Math.max(0, Math.min(columns - 1.001, (xs[i] - left) * perUnit - 0.5));
    const y = Math.max(0, Math.min(rows - 1.001, (ys[i] - top) * perUnit - 0.5));
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const [right, below] = [x - column, y - row];
    const at = row * columns + column;
    values[at] += (1 - right) * (1 - below);
    values[at + 1] += right * (1 - below);
    values[at + columns] += (1 - right) * below;
    values[at + columns + 1] += right * below;
  }
  spread(values, columns, rows);
  return { columns, rows, values };
}

/** Each value takes a quarter of its neighbours, along rows and then along columns; at the edge they keep it. */
function spread(values: Float32Array, columns: number, rows: number): void {
  const along = (lines: number, length: number, lineStep: number, step: number): void => {
    for (let line = 0; line < lines; line++) {
      let at = line * lineStep;
      let before = values[at];
      for (let i = 0; i < length; i++, at += step) {
        const own = values[at];
        const after = i + 1 < length ? values[at + step] : own;
        values[at] = (before + 2 * own + after) / 4;
        before = own;
      }
    }
  };
  along(rows, columns, columns, 1);
  along(columns, rows, 1, columns);
}

export type Colour = readonly [red: number, green: number, blue: number];

/** Shades from nothing to full. */
const shades = 256;

/**
 * How opaque each value is, 0 … 255: many photos are told from more by the logarithm, in so many shades.
 * @param pixels RGBA, one pixel a value, of which only the opacity is written
 * @param strongest the value that is opaque
 */
export function paintDensity({ values }: Density, pixels: Uint8ClampedArray, strongest: number): void {
  const opacities = Uint8Array.from({ length: shades }, (_, shade) => {
    const value = strongest * (shade / (shades - 1)) ** 2;
    return Math.round((255 * Math.log1p(8 * value)) / Math.log1p(8 * strongest));
  });
  for (let i = 0, at = 3; i < values.length; i++, at += 4) {
    const value = values[i];
    pixels[at] =
      value === 0 ? 0 : opacities[Math.floor(Math.sqrt(Math.min(1, value / strongest)) * (shades - 1))];
  }
}
