/** Draws the map: far out how many photos lie where, near by the photos themselves. */
import { boundsOf, type Point, toScreen } from './camera.ts';
import { type Colour, densityCell, densityOf, paintDensity } from './density.ts';
import type { MapColours, MapScene } from './messages.ts';
import { levelOf, pictureSize, representativesOf } from './representatives.ts';
import type { SpatialGrid } from './spatial-grid.ts';
import type { ThumbnailStore } from './thumbnail-store.ts';

/** With more photos in sight than this, only their density is drawn. */
const mostAsPictures = 1500;
/** Photos in a spot of `densityCell` pixels that take the full colour, at least. */
const leastStrongest = 1.5;
const dotSize = 4;

export interface MapMarks {
  /** 1 for each selected point. */
  selected: Uint8Array;
  /** The point that the keyboard is at; −1 for none. */
  focused: number;
}

export class MapPainter {
  readonly #context: OffscreenCanvasRenderingContext2D;
  readonly #thumbnails: ThumbnailStore;
  readonly #raster = new OffscreenCanvas(1, 1);
  readonly #rasterContext: OffscreenCanvasRenderingContext2D;
  /** Which points have pictures, at the level that was drawn last. */
  #representatives: { grid: SpatialGrid; level: number; points: Uint32Array } | null = null;

  /** @throws Error where the browser gives no drawing context */
  constructor(canvas: OffscreenCanvas, thumbnails: ThumbnailStore) {
    this.#context = contextOf(canvas);
    this.#rasterContext = contextOf(this.#raster);
    this.#thumbnails = thumbnails;
  }

  paint(
    scene: MapScene,
    grid: SpatialGrid,
    photoIds: Uint32Array,
    colours: MapColours,
    marks: MapMarks,
  ): 'density' | 'pictures' {
    const { screen, ratio, camera } = scene;
    const context = this.#context;
    const { canvas } = context;
    const [width, height] = [Math.round(screen.width * ratio), Math.round(screen.height * ratio)];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = css(colours.ground);
    context.fillRect(0, 0, screen.width, screen.height);
    const visible: number[] = [];
    grid.visit(boundsOf(camera, screen), (i) => visible.push(i));
    const asPictures = visible.length <= mostAsPictures;
    if (asPictures) this.#paintPictures(scene, grid, photoIds, visible, colours, marks);
    else {
      this.#thumbnails.want([]);
      this.#paintDensity(scene, grid, colours);
      const chosen = visible.filter((i) => marks.selected[i] === 1);
      this.#paintDots(scene, grid, chosen, colours.text);
    }
    if (marks.focused >= 0) this.#paintFocus(toScreen(camera, screen, pointOf(grid, marks.focused)), colours);
    return asPictures ? 'pictures' : 'density';
  }

  #paintDensity({ camera, screen }: MapScene, grid: SpatialGrid, { accent }: MapColours): void {
    const density = densityOf(grid, camera, screen);
    const { columns, rows, values } = density;
    let strongest = leastStrongest;
    for (const value of values) strongest = Math.max(strongest, value);
    const raster = this.#raster;
    if (raster.width !== columns || raster.height !== rows) {
      Object.assign(raster, { width: columns, height: rows });
    }
    const image = this.#rasterContext.createImageData(columns, rows);
    paintDensity(density, image.data, accent, strongest, 0.95);
    this.#rasterContext.putImageData(image, 0, 0);
    this.#context.imageSmoothingEnabled = true;
    this.#context.drawImage(raster, 0, 0, columns * densityCell, rows * densityCell);
  }

  #paintPictures(
    scene: MapScene,
    grid: SpatialGrid,
    photoIds: Uint32Array,
    visible: readonly number[],
    colours: MapColours,
    marks: MapMarks,
  ): void {
    const { camera, screen } = scene;
    const size = pictureSize(camera.scale);
    const pictured = this.#picturesWithin(scene, grid, size);
    this.#thumbnails.want(byDistance(grid, pictured, camera).map((i) => photoIds[i]));
    const bare = new Set(visible);
    for (const i of pictured) if (this.#thumbnails.get(photoIds[i])) bare.delete(i);
    const dots = [...bare];
    this.#paintDots(
      scene,
      grid,
      dots.filter((i) => marks.selected[i] !== 1),
      colours.accent,
    );
    for (const i of pictured) {
      const picture = this.#thumbnails.get(photoIds[i]);
      if (!picture) continue;
      const middle = toScreen(camera, screen, pointOf(grid, i));
      this.#paintPicture(picture, middle, size, marks.selected[i] === 1, colours);
    }
    this.#paintDots(
      scene,
      grid,
      dots.filter((i) => marks.selected[i] === 1),
      colours.text,
    );
  }

  /** Points whose picture reaches into sight. */
  #picturesWithin({ camera, screen }: MapScene, grid: SpatialGrid, size: number): number[] {
    const level = levelOf(camera.scale);
    const known = this.#representatives;
    const isKnown = known?.grid === grid && known.level === level;
    const points = isKnown ? known.points : representativesOf(grid, level);
    this.#representatives = { grid, level, points };
    const reach = size / 2 / camera.scale;
    const { left, top, right, bottom } = boundsOf(camera, screen);
    const { xs, ys } = grid;
    const found: number[] = [];
    for (const i of points) {
      const isSeen =
        xs[i] >= left - reach && xs[i] <= right + reach && ys[i] >= top - reach && ys[i] <= bottom + reach;
      if (isSeen) found.push(i);
    }
    return found;
  }

  #paintPicture(
    picture: ImageBitmap,
    middle: Point,
    size: number,
    isSelected: boolean,
    { accent, ground }: MapColours,
  ): void {
    const context = this.#context;
    const factor = size / Math.max(picture.width, picture.height);
    const [width, height] = [picture.width * factor, picture.height * factor];
    const [x, y] = [middle.x - width / 2, middle.y - height / 2];
    const frame = isSelected ? 4 : 1;
    context.fillStyle = css(isSelected ? accent : ground);
    context.fillRect(x - frame, y - frame, width + 2 * frame, height + 2 * frame);
    context.drawImage(picture, x, y, width, height);
  }

  #paintDots(
    { camera, screen }: MapScene,
    grid: SpatialGrid,
    points: readonly number[],
    colour: Colour,
  ): void {
    const context = this.#context;
    context.fillStyle = css(colour);
    context.beginPath();
    for (const i of points) {
      const { x, y } = toScreen(camera, screen, pointOf(grid, i));
      context.rect(x - dotSize / 2, y - dotSize / 2, dotSize, dotSize);
    }
    context.fill();
  }

  #paintFocus({ x, y }: Point, { text, ground }: MapColours): void {
    const context = this.#context;
    for (const [lineWidth, colour] of [
      [5, ground],
      [2, text],
    ] as const) {
      context.lineWidth = lineWidth;
      context.strokeStyle = css(colour);
      context.beginPath();
      context.arc(x, y, 11, 0, 2 * Math.PI);
      context.stroke();
    }
  }
}

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (context) return context;
  throw new Error('The browser gives no context to draw the map with.');
}

function pointOf({ xs, ys }: SpatialGrid, i: number): Point {
  return { x: xs[i], y: ys[i] };
}

/** What is in the middle comes first. */
function byDistance({ xs, ys }: SpatialGrid, points: readonly number[], { x, y }: Point): number[] {
  return points.toSorted((a, b) => Math.hypot(xs[a] - x, ys[a] - y) - Math.hypot(xs[b] - x, ys[b] - y));
}

function css([red, green, blue]: Colour): string {
  return `rgb(${red} ${green} ${blue})`;
}
