/** Points by the cell of the map that they lie in, so that only what is near is looked at. */
import type { Bounds, Point } from './camera.ts';

/** Points that share a cell, were they spread evenly. */
const pointsPerCell = 4;
const mostCells = 256;

export class SpatialGrid {
  readonly xs: Float32Array;
  readonly ys: Float32Array;
  readonly #cells: number;
  /** Where each cell's points begin in `#order`, and where the last one's end. */
  readonly #starts: Uint32Array;
  /** Points cell by cell. */
  readonly #order: Uint32Array;
  /** Takes the answers of `within`, so that a frame makes no garbage. */
  readonly #found: Uint32Array;

  /** @param xs and @param ys within −1 … 1 */
  constructor(xs: Float32Array, ys: Float32Array) {
    this.xs = xs;
    this.ys = ys;
    this.#cells = Math.max(1, Math.min(mostCells, Math.round(Math.sqrt(xs.length / pointsPerCell))));
    const cellOf = Uint32Array.from(xs, (x, i) => this.#column(ys[i]) * this.#cells + this.#column(x));
    this.#starts = new Uint32Array(this.#cells * this.#cells + 1);
    for (const cell of cellOf) this.#starts[cell + 1] += 1;
    for (let cell = 0; cell < this.#cells * this.#cells; cell++) this.#starts[cell + 1] += this.#starts[cell];
    const next = this.#starts.slice();
    this.#order = new Uint32Array(xs.length);
    cellOf.forEach((cell, i) => (this.#order[next[cell]++] = i));
    this.#found = new Uint32Array(xs.length);
  }

  get size(): number {
    return this.xs.length;
  }

  /** The points within the bounds; what was answered before is overwritten. */
  within({ left, top, right, bottom }: Bounds): Uint32Array {
    const { xs, ys } = this;
    const [order, starts, found, cells] = [this.#order, this.#starts, this.#found, this.#cells];
    const [first, last, lowest] = [this.#column(left), this.#column(right), this.#column(bottom)];
    let count = 0;
    for (let row = this.#column(top); row <= lowest; row++) {
      // Cells of a row lie one after the other.
      const end = starts[row * cells + last + 1];
      for (let at = starts[row * cells + first]; at < end; at++) {
        const i = order[at];
        if (xs[i] >= left && xs[i] <= right && ys[i] >= top && ys[i] <= bottom) found[count++] = i;
      }
    }
    return found.subarray(0, count);
  }

  /** The point nearest to a place, within a distance; null where there is none. */
  nearest({ x, y }: Point, within = Infinity): number | null {
    let best: number | null = null;
    let bestDistance = within;
    // Rings of cells, until no nearer point can lie outside of what was looked at.
    for (let radius = 2 / this.#cells; ; radius *= 2) {
      const reach = Math.min(radius, within);
      for (const i of this.within({ left: x - reach, top: y - reach, right: x + reach, bottom: y + reach })) {
        const distance = Math.hypot(this.xs[i] - x, this.ys[i] - y);
        if (distance > bestDistance || (distance === bestDistance && best !== null && i > best)) continue;
        best = i;
        bestDistance = distance;
      }
      const isCovered = reach >= within || reach >= Math.abs(x) + Math.abs(y) + 4;
      if ((best !== null && bestDistance <= reach) || isCovered) return best;
    }
  }

  #column(value: number): number {
    const column = Math.floor(((value + 1) / 2) * this.#cells);
    return Math.max(0, Math.min(this.#cells - 1, column));
  }
}
