/** Which photos are shown as pictures: as many as have room, the same ones wherever the map is moved. */
import type { SpatialGrid } from './spatial-grid.ts';

/** Pixels between the middles of two pictures at least. */
const leastSpacing = 60;
/** Zooming by this shows others; in between, pictures grow. */
const levelFactor = Math.SQRT2;
/** Share of the spacing that a picture takes. */
const share = 0.92;

/** The level of detail of a zoom; pictures of a level are the same whatever part of the map is seen. */
export function levelOf(scale: number): number {
  return Math.floor(Math.log(scale) / Math.log(levelFactor));
}

/** How large pictures of a level are drawn, in pixels. */
export function pictureSize(scale: number, level: number): number {
  return share * leastSpacing * (scale / levelFactor ** level);
}

/**
 * Points in their order, without those whose picture would lie over that of one before: one look at each point and at the
 * nine cells around it. Of many points that takes longer than a frame may, so it is done a part at a time.
 */
export class Representatives {
  readonly grid: SpatialGrid;
  readonly level: number;
  readonly #spacing: number;
  readonly #columns: Int32Array;
  readonly #rows: Int32Array;
  /**
   * A hash table with open addressing, because there may be more cells than memory has room for: points by their cell,
   * none of which holds two; −1 where there is none.
   */
  readonly #taken: Int32Array;
  readonly #chosen: Uint32Array;
  #count = 0;
  #next = 0;

  constructor(grid: SpatialGrid, level: number) {
    this.grid = grid;
    this.level = level;
    this.#spacing = leastSpacing / levelFactor ** level;
    this.#columns = new Int32Array(grid.size);
    this.#rows = new Int32Array(grid.size);
    this.#taken = new Int32Array(2 ** Math.ceil(Math.log2(2 * grid.size + 2))).fill(-1);
    this.#chosen = new Uint32Array(grid.size);
  }

  get isComplete(): boolean {
    return this.#next === this.grid.size;
  }

  /** Those that are chosen so far. */
  get points(): Uint32Array {
    return this.#chosen.subarray(0, this.#count);
  }

  /** Looks at so many points more. */
  advance(count: number): void {
    const { xs, ys } = this.grid;
    const end = Math.min(this.grid.size, this.#next + count);
    for (let i = this.#next; i < end; i++) {
      this.#columns[i] = Math.floor((xs[i] + 1) / this.#spacing);
      this.#rows[i] = Math.floor((ys[i] + 1) / this.#spacing);
      if (this.#isCovered(i)) continue;
      let slot = this.#slotOf(this.#columns[i], this.#rows[i]);
      while (this.#taken[slot] >= 0) slot = this.#after(slot);
      this.#taken[slot] = i;
      this.#chosen[this.#count++] = i;
    }
    this.#next = end;
  }

  #isCovered(i: number): boolean {
    const { xs, ys } = this.grid;
    const [columns, rows, taken, spacing] = [this.#columns, this.#rows, this.#taken, this.#spacing];
    for (let row = rows[i] - 1; row <= rows[i] + 1; row++) {
      for (let column = columns[i] - 1; column <= columns[i] + 1; column++) {
        for (let slot = this.#slotOf(column, row); taken[slot] >= 0; slot = this.#after(slot)) {
          const other = taken[slot];
          if (columns[other] !== column || rows[other] !== row) continue;
          if (Math.abs(xs[other] - xs[i]) < spacing && Math.abs(ys[other] - ys[i]) < spacing) return true;
        }
      }
    }
    return false;
  }

  #slotOf(column: number, row: number): number {
    return (Math.imul(column, 73_856_093) ^ Math.imul(row, 19_349_663)) & (this.#taken.length - 1);
  }

  #after(slot: number): number {
    return (slot + 1) & (this.#taken.length - 1);
  }
}
