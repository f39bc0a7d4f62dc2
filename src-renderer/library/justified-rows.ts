/**
 * Photos in rows of one width, each row as high as its photos' shapes make it, with a heading over each group. All rows are
 * known beforehand, so that only those in sight have to exist.
 */
export interface RowMeasures {
  /** Width of all rows. */
  width: number;
  gap: number;
  /** The height that rows come close to. */
  rowHeight: number;
  headingHeight: number;
}

export interface GridRows {
  count: number;
  /** The first photo's place in each row, and at the end the number of photos. A heading has the place that follows it. */
  firsts: Uint32Array;
  /** Distance of each row from the top, and at the end the height of all. */
  tops: Float64Array;
  /** The group that a row is the heading of; −1 for a row of photos. */
  headings: Int32Array;
}

/** Photos that are wider or narrower are cut at their sides. */
const narrowest = 0.45;
const widest = 3;

/** Width by height as it is drawn. @param shape width by height in thousandths */
function drawnShape(shape: number): number {
  return Math.min(widest, Math.max(narrowest, shape / 1000));
}

/**
 * @param shapes width by height of each photo in thousandths
 * @param groups how many photos each group has; one group without heading where it is empty
 */
export function justifiedRows(
  shapes: Uint16Array,
  groups: readonly number[],
  measures: RowMeasures,
): GridRows {
  const { width, gap, rowHeight, headingHeight } = measures;
  const firsts: number[] = [];
  const tops: number[] = [];
  const headings: number[] = [];
  let top = 0;
  const add = (first: number, height: number, heading: number): void => {
    firsts.push(first);
    tops.push(top);
    headings.push(heading);
    top += height;
  };
  const sizes = groups.length > 0 ? groups : [shapes.length];
  let place = 0;
  sizes.forEach((size, group) => {
    if (groups.length > 0) add(place, headingHeight, group);
    const end = Math.min(shapes.length, place + size);
    while (place < end) {
      const first = place;
      let sum = 0;
      // Another photo joins as long as that brings the row closer to its height.
      while (place < end) {
        const more = sum + drawnShape(shapes[place]);
        const heightBefore = sum === 0 ? Infinity : fitting(sum, place - first, width, gap);
        const heightAfter = fitting(more, place - first + 1, width, gap);
        if (heightBefore - rowHeight <= rowHeight - heightAfter) break;
        sum = more;
        place += 1;
      }
      const height = Math.min(fitting(sum, place - first, width, gap), place === end ? rowHeight : Infinity);
      add(first, Math.round(height) + gap, -1);
    }
  });
  return {
    count: firsts.length,
    firsts: Uint32Array.from([...firsts, shapes.length]),
    tops: Float64Array.from([...tops, top]),
    headings: Int32Array.from(headings),
  };
}

function fitting(shapeSum: number, photos: number, width: number, gap: number): number {
  return Math.max(1, (width - gap * (photos - 1)) / shapeSum);
}

/** The row at a distance from the top, by halving. */
export function rowAt({ tops, count }: GridRows, distance: number): number {
  return lastAtMost(tops, count, distance);
}

/** The row of photos that holds a place. */
export function rowOf({ firsts, count }: GridRows, place: number): number {
  return lastAtMost(firsts, count, place);
}

/** The last of the first `count` ascending values that is at most so much, or 0. */
function lastAtMost(values: Uint32Array | Float64Array, count: number, most: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= most) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

export interface GridCell {
  place: number;
  left: number;
  width: number;
}

/** The photos of a row, in whole pixels that fill the width, except at the end of a group. */
export function cellsOf(
  rows: GridRows,
  row: number,
  shapes: Uint16Array,
  { width, gap }: RowMeasures,
): GridCell[] {
  if (rows.headings[row] >= 0) return [];
  const height = rows.tops[row + 1] - rows.tops[row] - gap;
  const cells: GridCell[] = [];
  let left = 0;
  for (let place = rows.firsts[row]; place < rows.firsts[row + 1]; place++) {
    const right = Math.min(width, left + drawnShape(shapes[place]) * height);
    cells.push({ place, left: Math.round(left), width: Math.round(right) - Math.round(left) });
    left = right + gap;
  }
  // Heights are whole pixels, too, so a full row may end a few of them early.
  const last = cells.at(-1);
  const missing = last ? width - last.left - last.width : 0;
  if (last && missing > 0 && missing < 2 * cells.length + gap) last.width += missing;
  return cells;
}

/** The place above or below, with its middle as near as can be; the same place at the ends. */
export function placeBeside(
  rows: GridRows,
  place: number,
  by: 1 | -1,
  shapes: Uint16Array,
  measures: RowMeasures,
): number {
  const own = rowOf(rows, place);
  let next = own + by;
  while (rows.headings[next] >= 0) next += by;
  if (next < 0 || next >= rows.count) return place;
  const middleOf = (cell: GridCell): number => cell.left + cell.width / 2;
  const here = cellsOf(rows, own, shapes, measures).find((cell) => cell.place === place);
  const middle = here ? middleOf(here) : 0;
  const cells = cellsOf(rows, next, shapes, measures);
  return cells.reduce((best, cell) =>
    Math.abs(middleOf(cell) - middle) < Math.abs(middleOf(best) - middle) ? cell : best,
  ).place;
}
