/** Draws the map: far out how many photos lie where, near by the photos themselves. */
import { boundsOf, type Point, toScreen } from './camera.ts';
import { type Colour, densityCell, densityOf, paintDensity } from './density.ts';
import type { MapColours, MapScene } from './messages.ts';
import { levelOf, pictureSize, Representatives } from './representatives.ts';
import type { SpatialGrid } from './spatial-grid.ts';
import type { ThumbnailStore } from './thumbnail-store.ts';

/** With more photos in sight than this, only their density is drawn. */
const mostAsPictures = 1500;
/** Photos in a spot of `densityCell` pixels that take the full colour, at least. */
const leastStrongest = 1.5;
const dotRadius = 2.5;
/** Points that are looked at in a frame for which of them have pictures: about a millisecond. */
const pointsPerFrame = 4000;

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
  /** Of the density, by colour; every frame writes how opaque they are. */
  readonly #images = new Map<string, ImageData>();
  /** Which points have pictures, and those of another zoom while they are being looked for. */
  #shown: Representatives | null = null;
  #coming: Representatives | null = null;

  /** @throws Error where the browser gives no drawing context */
  constructor(canvas: OffscreenCanvas, thumbnails: ThumbnailStore) {
    this.#context = contextOf(canvas);
    this.#rasterContext = contextOf(this.#raster);
    this.#thumbnails = thumbnails;
  }

  /** Whether another frame is due, although nothing has changed. */
  get isUnfinished(): boolean {
    return this.#coming !== null;
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
    const visible = grid.within(boundsOf(camera, screen));
    const asPictures = visible.length <= mostAsPictures;
    if (asPictures) this.#paintPictures(scene, grid, photoIds, visible, colours, marks);
    else {
      this.#coming = null;
      this.#thumbnails.want([]);
      this.#paintDensity(scene, grid, visible, colours.quiet);
      const chosen = visible.filter((i) => marks.selected[i] === 1);
      if (chosen.length > mostAsPictures) this.#paintDensity(scene, grid, chosen, colours.accent);
      else this.#paintDots(scene, grid, chosen, colours.accent);
    }
    if (marks.focused >= 0) this.#paintFocus(toScreen(camera, screen, pointOf(grid, marks.focused)), colours);
    return asPictures ? 'pictures' : 'density';
  }

  #paintDensity({ camera, screen }: MapScene, grid: SpatialGrid, points: Uint32Array, colour: Colour): void {
    const density = densityOf(grid, points, camera, screen);
    const { columns, rows, values } = density;
    let strongest = leastStrongest;
    for (const value of values) strongest = Math.max(strongest, value);
    const raster = this.#raster;
    const image = this.#imageOf(columns, rows, colour);
    paintDensity(density, image.data, strongest);
    this.#rasterContext.putImageData(image, 0, 0);
    this.#context.imageSmoothingEnabled = true;
    this.#context.drawImage(raster, 0, 0, columns * densityCell, rows * densityCell);
  }

  /** Of the raster, all in one colour. */
  #imageOf(columns: number, rows: number, colour: Colour): ImageData {
    const raster = this.#raster;
    if (raster.width !== columns || raster.height !== rows) {
      Object.assign(raster, { width: columns, height: rows });
      this.#images.clear();
    }
    const key = css(colour);
    const known = this.#images.get(key);
    if (known) return known;
    const image = this.#rasterContext.createImageData(columns, rows);
    for (let at = 0; at < image.data.length; at += 4) image.data.set(colour, at);
    this.#images.set(key, image);
    return image;
  }

  #paintPictures(
    scene: MapScene,
    grid: SpatialGrid,
    photoIds: Uint32Array,
    visible: Uint32Array,
    colours: MapColours,
    marks: MapMarks,
  ): void {
    const { camera, screen } = scene;
    const { level, points } = this.#representativesFor(grid, levelOf(camera.scale));
    const size = pictureSize(camera.scale, level);
    const pictured = picturesWithin(scene, grid, points, size);
    this.#thumbnails.want(byDistance(grid, pictured, camera).map((i) => photoIds[i]));
    const bare = new Set(visible);
    for (const i of pictured) if (this.#thumbnails.get(photoIds[i])) bare.delete(i);
    const dots = [...bare];
    this.#paintDots(
      scene,
      grid,
      dots.filter((i) => marks.selected[i] !== 1),
      colours.quiet,
    );
    this.#paintDots(
      scene,
      grid,
      dots.filter((i) => marks.selected[i] === 1),
      colours.accent,
    );
    for (const i of pictured) {
      const picture = this.#thumbnails.get(photoIds[i]);
      if (!picture) continue;
      const middle = toScreen(camera, screen, pointOf(grid, i));
      this.#paintPicture(picture, middle, size, marks.selected[i] === 1, colours);
    }
  }

  /** Of the wanted level, or of the one before until those are found. */
  #representativesFor(grid: SpatialGrid, level: number): Representatives {
    if (this.#shown?.grid === grid && this.#shown.level === level) {
      this.#coming = null;
      return this.#shown;
    }
    if (this.#coming?.grid !== grid || this.#coming.level !== level) {
      this.#coming = new Representatives(grid, level);
    }
    const coming = this.#coming;
    coming.advance(pointsPerFrame);
    if (this.#shown?.grid === grid && !coming.isComplete) return this.#shown;
    this.#shown = coming;
    if (coming.isComplete) this.#coming = null;
    return coming;
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
    points: ArrayLike<number> & Iterable<number>,
    colour: Colour,
  ): void {
    const context = this.#context;
    context.fillStyle = css(colour);
    context.beginPath();
    for (const i of points) {
      const { x, y } = toScreen(camera, screen, pointOf(grid, i));
      context.moveTo(x + dotRadius, y);
      context.arc(x, y, dotRadius, 0, 2 * Math.PI);
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

/** Points whose picture reaches into sight. */
function picturesWithin(
  { camera, screen }: MapScene,
  { xs, ys }: SpatialGrid,
  points: Uint32Array,
  size: number,
): number[] {
  const reach = size / 2 / camera.scale;
  const { left, top, right, bottom } = boundsOf(camera, screen);
  const found: number[] = [];
  for (const i of points) {
    const isSeen =
      xs[i] >= left - reach && xs[i] <= right + reach && ys[i] >= top - reach && ys[i] <= bottom + reach;
    if (isSeen) found.push(i);
  }
  return found;
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
