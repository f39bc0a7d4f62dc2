/** Which photos are shown as pictures: as many as have room, the same ones wherever the map is moved. */
import type { SpatialGrid } from './spatial-grid.ts';

/** Pixels between the middles of two pictures at least. */
const leastSpacing = 72;
/** Zooming by this shows others; in between, pictures grow. */
const levelFactor = Math.SQRT2;
/** Share of the spacing that a picture takes. */
const share = 0.92;
/** More columns than this never fit a number. */
const columnFactor = 2 ** 24;

/** The level of detail of a zoom; pictures of a level are the same whatever part of the map is seen. */
export function levelOf(scale: number): number {
  return Math.floor(Math.log(scale) / Math.log(levelFactor));
}

/** How large pictures are drawn, in pixels. */
export function pictureSize(scale: number): number {
  return share * leastSpacing * (scale / levelFactor ** levelOf(scale));
}

/**
 * Points in their order, without those whose picture would lie over that of one before. One look at each point and at
 * the nine cells around it.
 */
export function representativesOf({ xs, ys, size }: SpatialGrid, level: number): Uint32Array {
  const spacing = leastSpacing / levelFactor ** level;
  const taken = new Map<number, number>();
  const chosen: number[] = [];
  for (let i = 0; i < size; i++) {
    const column = Math.floor((xs[i] + 1) / spacing) + 1;
    const row = Math.floor((ys[i] + 1) / spacing) + 1;
    if (isCovered(i, column, row)) continue;
    taken.set(row * columnFactor + column, i);
    chosen.push(i);
  }
  return Uint32Array.from(chosen);

  function isCovered(i: number, column: number, row: number): boolean {
    for (let r = row - 1; r <= row + 1; r++) {
      for (let c = column - 1; c <= column + 1; c++) {
        const other = taken.get(r * columnFactor + c);
        if (other === undefined) continue;
        if (Math.abs(xs[other] - xs[i]) < spacing && Math.abs(ys[other] - ys[i]) < spacing) return true;
      }
    }
    return false;
  }
}
