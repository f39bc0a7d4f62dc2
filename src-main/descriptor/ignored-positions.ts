/** Pooling without some areas of the picture: positions of a feature map that lie under them do not count. */
import { type Rectangle, SemblanceError } from '../contract/index.ts';
import { attentionOfMap, gemOfMap, pyramidOfMap } from './pooling.ts';
import { powerMeanNodes } from './power-means.ts';
import type { TapStatistic } from './tap-statistics.ts';

/** Of a cell's area; from this on the position is left out. */
const leastCovered = 0.5;

interface Side {
  from: number;
  to: number;
}

/**
 * Which positions of a map count: those whose cell is covered by less than half.
 * @param ignored in fractions of the picture, which the map stretches over
 * @returns height × width, row by row
 */
export function positionsThatCount(height: number, width: number, ignored: readonly Rectangle[]): Uint8Array {
  const counts = new Uint8Array(height * width);
  for (let row = 0; row < height; row++) {
    const rows = { from: row / height, to: (row + 1) / height };
    for (let column = 0; column < width; column++) {
      const columns = { from: column / width, to: (column + 1) / width };
      const covered = coveredArea(rows, columns, ignored) * height * width;
      counts[row * width + column] = covered < leastCovered ? 1 : 0;
    }
  }
  return counts;
}

/** Area of a cell that lies under any of the rectangles, which may overlap. */
function coveredArea(rows: Side, columns: Side, rectangles: readonly Rectangle[]): number {
  const inside = rectangles
    .map(({ left, top, width, height }) => ({
      left: Math.max(columns.from, left),
      right: Math.min(columns.to, left + width),
      top: Math.max(rows.from, top),
      bottom: Math.min(rows.to, top + height),
    }))
    .filter(({ left, right, top, bottom }) => right > left && bottom > top);
  if (inside.length === 0) return 0;
  // Cut along all their edges, each piece lies wholly under a rectangle or wholly beside it.
  const across = edges(inside.flatMap(({ left, right }) => [left, right]));
  const down = edges(inside.flatMap(({ top, bottom }) => [top, bottom]));
  let area = 0;
  for (const x of across) {
    for (const y of down) {
      const isCovered = inside.some(
        ({ left, right, top, bottom }) => left <= x.from && x.to <= right && top <= y.from && y.to <= bottom,
      );
      if (isCovered) area += (x.to - x.from) * (y.to - y.from);
    }
  }
  return area;
}

/** Pieces between neighbouring numbers. */
function edges(numbers: number[]): Side[] {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  return sorted.slice(1).map((to, i) => ({ from: sorted[i], to }));
}

/** A feature map: channels × height × width. */
export interface FeatureMap {
  map: Float32Array;
  channels: number;
  height: number;
  width: number;
}

/**
 * What the network's graph computes of a tap, of the positions that count only.
 * - power means: over those positions
 * - attention: shared out among those positions
 * - a pyramid: each cell's average over those of its positions; a cell that has none takes the average of all that count,
 *   which says nothing of its own
 * @throws SemblanceError `not-available` for a map that has one position for the whole picture, `invalid-arguments` where
 *   no position is left
 */
export function statisticWithout(
  { map, channels, height, width }: FeatureMap,
  statistic: TapStatistic,
  ignored: readonly Rectangle[],
): Float32Array {
  const counts = positionsThatCount(height, width, ignored);
  const kept = Uint32Array.from(counts.keys()).filter((position) => counts[position] === 1);
  if (counts.length === 1) {
    throw new SemblanceError(
      'not-available',
      'This recipe sees the picture as a whole in one of its maps, so no area of it can be left out. Crop the picture instead, or take a recipe without that map in Tune.',
    );
  }
  if (kept.length === 0) {
    throw new SemblanceError('invalid-arguments', 'Nothing is left of the picture. Ignore less of it.');
  }
  const left = takePositions(map, channels, height * width, kept);
  switch (statistic.kind) {
    case 'power-means':
      return powerMeansOf(left, channels, kept.length);
    case 'attention':
      return attentionOfMap(left, channels, kept.length, statistic.weights);
    case 'pyramid':
      return pyramidWithout({ map, channels, height, width }, counts, statistic.levels);
    case 'map':
      return left;
  }
}

function takePositions(
  map: Float32Array,
  channels: number,
  positions: number,
  kept: Uint32Array,
): Float32Array {
  const taken = new Float32Array(channels * kept.length);
  for (let channel = 0; channel < channels; channel++) {
    for (let i = 0; i < kept.length; i++) {
      taken[channel * kept.length + i] = map[channel * positions + kept[i]];
    }
  }
  return taken;
}

/** In the order of the graph's: a row for each exponent, then the maxima. */
function powerMeansOf(map: Float32Array, channels: number, positions: number): Float32Array {
  const rows = [...powerMeanNodes, Infinity].map((p) => gemOfMap(map, channels, positions, p));
  const joint = new Float32Array(rows.length * channels);
  rows.forEach((row, i) => joint.set(row, i * channels));
  return joint;
}

/** A cell's average is the mean of what counts in it, divided by the mean of how much counts. */
function pyramidWithout(
  { map, channels, height, width }: FeatureMap,
  counts: Uint8Array,
  levels: number[],
): Float32Array {
  const positions = height * width;
  const shares = pyramidOfMap(Float32Array.from(counts), 1, height, width, levels);
  const counted = map.map((value, i) => value * counts[i % positions]);
  const averages = pyramidOfMap(counted, channels, height, width, levels);
  const whole = pyramidOfMap(counted, channels, height, width, [1]);
  const [wholeShare] = pyramidOfMap(Float32Array.from(counts), 1, height, width, [1]);
  return averages.map((average, i) => {
    const share = shares[i % shares.length];
    return share > 0 ? average / share : whole[Math.floor(i / shares.length)] / wholeShare;
  });
}
