/** One grid for maps of several sizes of the same picture, each of which covers all of it. */

export interface Grid {
  columns: number;
  rows: number;
  /** Row by row. */
  cells: Float64Array;
}

/** Cells along the longer side, which is finer than a person can tell in a heat map. */
export const mostCells = 64;

/** The finest of the sizes, made coarser where it is finer than need be. */
export function commonSize(sizes: readonly { width: number; height: number }[]): {
  columns: number;
  rows: number;
} {
  const finest = sizes.reduce((most, size) =>
    size.width * size.height > most.width * most.height ? size : most,
  );
  const factor = Math.min(1, mostCells / Math.max(finest.width, finest.height));
  return {
    columns: Math.max(1, Math.round(finest.width * factor)),
    rows: Math.max(1, Math.round(finest.height * factor)),
  };
}

/**
 * Adds the numbers of a map to a grid, each parted over the cells that its position covers, by the area that it has of
 * each. What is added to the grid is what the map sums to.
 * @param values height × width
 */
export function addToGrid(
  { columns, rows, cells }: Grid,
  values: Float64Array,
  { width, height }: { width: number; height: number },
): void {
  const [across, down] = [overlaps(width, columns), overlaps(height, rows)];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = values[y * width + x];
      for (const row of down[y]) {
        for (const column of across[x]) {
          cells[row.cell * columns + column.cell] += value * row.share * column.share;
        }
      }
    }
  }
}

/** For each of the positions along a side: the cells that it covers, and how much of it lies in each; they sum to 1. */
function overlaps(positions: number, cells: number): { cell: number; share: number }[][] {
  // In units in which the side is positions · cells long, so that all borders are whole numbers.
  return Array.from({ length: positions }, (_, position) => {
    const [from, to] = [position * cells, (position + 1) * cells];
    const first = Math.floor(from / positions);
    const last = Math.ceil(to / positions) - 1;
    return Array.from({ length: last - first + 1 }, (__, i) => {
      const cell = first + i;
      const covered = Math.min(to, (cell + 1) * positions) - Math.max(from, cell * positions);
      return { cell, share: covered / cells };
    });
  });
}
