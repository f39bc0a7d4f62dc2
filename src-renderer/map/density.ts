/** How many photos lie where, as a picture. */
import { type Bounds, boundsOf, type Camera, type ScreenSize } from './camera.ts';
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
 * The points that the screen shows, each shared out among the four values around it so that nothing jumps as the map
 * moves, and spread a little.
 */
export function densityOf(grid: SpatialGrid, camera: Camera, screen: ScreenSize): Density {
  const columns = Math.max(2, Math.ceil(screen.width / densityCell));
  const rows = Math.max(2, Math.ceil(screen.height / densityCell));
  const values = new Float32Array(columns * rows);
  const bounds: Bounds = boundsOf(camera, screen);
  const perUnit = camera.scale / densityCell;
  grid.visit(bounds, (i) => {
    const x = Math.max(0, Math.min(columns - 1.001, (grid.xs[i] - bounds.left) * perUnit - 0.5));
    const y = Math.max(0, Math.min(rows - 1.001, (grid.ys[i] - bounds.top) * perUnit - 0.5));
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const [right, below] = [x - column, y - row];
    const at = row * columns + column;
    values[at] += (1 - right) * (1 - below);
    values[at + 1] += right * (1 - below);
    values[at + columns] += (1 - right) * below;
    values[at + columns + 1] += right * below;
  });
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

/**
 * Colours from nothing to full, as they are told apart best: many photos differ from more by their logarithm.
 * @param pixels RGBA, one pixel a value
 * @param strongest the value that takes the full colour
 * @param opacity of the full colour, 0 … 1
 */
export function paintDensity(
  { values }: Density,
  pixels: Uint8ClampedArray,
  [red, green, blue]: Colour,
  strongest: number,
  opacity: number,
): void {
  const most = Math.log1p(strongest * 8);
  for (let i = 0; i < values.length; i++) {
    const at = 4 * i;
    const share = values[i] <= 0.002 ? 0 : Math.min(1, Math.log1p(values[i] * 8) / most);
    pixels[at] = red;
    pixels[at + 1] = green;
    pixels[at + 2] = blue;
    pixels[at + 3] = Math.round(255 * share * opacity);
  }
}
