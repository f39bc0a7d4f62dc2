/** A map of photos: a place in the plane for each descriptor, similar ones close together. */
import { SemblanceError } from '../contract/index.ts';
import type { MatrixProduct, Rows } from '../descriptor/index.ts';
import { type Advance, advanceOf, type ProgressWatcher } from './advance.ts';
import { mapBySample } from './map-by-sample.ts';
import { mapByTsne } from './map-by-tsne.ts';
import { mapByUmap } from './map-by-umap.ts';

export interface MapOptions {
  method: 'umap' | 'tsne';
  /** A whole number. The same seed gives the same map, to the bit where the product does. */
  seed: number;
  /** UMAP: photos taken for the surroundings of each, itself included, 2 … 200; 15 unless given. */
  neighbours?: number;
  /** UMAP: how close photos may come, 0 … 1; 0.1 unless given. */
  minimumDistance?: number;
  /** t-SNE: photos taken for the surroundings of each, roughly, 2 … 200; 30 unless given. */
  perplexity?: number;
  /** Steps of the optimisation, up to 10,000; UMAP takes 500 … 200 by the number of photos and t-SNE 500 unless given. */
  iterations?: number;
}

/**
 * Time and memory of t-SNE grow by the square. Measured on two cores with 256 dimensions: 2,000 photos take 16 s and
 * 0.3 GB, 5,000 take 100 s and 1.1 GB.
 */
const mostRowsForTsne = 5000;
/**
 * Neighbours in all that UMAP is given at once; of more photos a sample is laid out. Measured like t-SNE: 20,000 photos
 * with 15 neighbours each take 38 s and 1.4 GB.
 */
const mostNeighboursForUmap = 300_000;
/** Rows up to which there is nothing to learn. */
const fewRows = 3;

/**
 * Lays out descriptors in the plane. Fewer photos than a method's surroundings ask for are fine; up to three are put
 * evenly on a circle.
 * @param rows unit vectors; not changed
 * @returns rows × 2, within −1 … 1: both axes have the same scale, and the longer one is filled
 * @throws SemblanceError `invalid-arguments`, also for descriptors that are not finite and for too many photos for
 *   t-SNE; `cancelled`
 */
export async function layOut(
  rows: Rows,
  options: MapOptions,
  product: MatrixProduct,
  watcher: ProgressWatcher,
): Promise<Float32Array> {
  check(rows, options);
  const advance = advanceOf(watcher);
  await advance(0);
  const positions = rows.rows <= fewRows ? onCircle(rows.rows) : await mapOf(rows, options, product, advance);
  await advance(1);
  return filled(positions);
}

async function mapOf(
  rows: Rows,
  options: MapOptions,
  product: MatrixProduct,
  advance: Advance,
): Promise<Float32Array> {
  if (options.method === 'tsne') {
    const { perplexity = 30 } = options;
    return mapByTsne(rows, { ...options, perplexity }, product, advance);
  }
  const { neighbours = 15, minimumDistance = 0.1, seed } = options;
  const umap = (part: Rows, advancePart: Advance): Promise<Float32Array> =>
    mapByUmap(part, { ...options, neighbours, minimumDistance }, product, advancePart);
  const most = Math.floor(mostNeighboursForUmap / neighbours);
  return rows.rows <= most ? umap(rows, advance) : mapBySample(rows, most, seed, umap, product, advance);
}

function check(rows: Rows, options: MapOptions): void {
  const { method, seed, neighbours, minimumDistance, perplexity, iterations } = options;
  if (!Number.isSafeInteger(seed)) refuse('The seed of a map must be a whole number.');
  if (!isBetween(neighbours, 2, 200) || !Number.isInteger(neighbours ?? 2)) {
    refuse('The neighbours of a map must be a whole number from 2 to 200.');
  }
  if (!isBetween(minimumDistance, 0, 1)) refuse('The minimum distance of a map must be from 0 to 1.');
  if (!isBetween(perplexity, 2, 200)) refuse('The perplexity of a map must be from 2 to 200.');
  if (!isBetween(iterations, 1, 10_000) || !Number.isInteger(iterations ?? 1)) {
    refuse('The iterations of a map must be a whole number from 1 to 10,000.');
  }
  if (rows.values.length !== rows.rows * rows.columns || !rows.values.every(Number.isFinite)) {
    refuse('Some descriptors are damaged: they hold values that are no numbers. Index the photos again.');
  }
  if (method === 'tsne' && rows.rows > mostRowsForTsne) {
    refuse(
      `t-SNE takes too much memory for more than ${mostRowsForTsne} photos; these are ${rows.rows}. Use UMAP.`,
    );
  }
}

function isBetween(value: number | undefined, least: number, most: number): boolean {
  return value === undefined || (value >= least && value <= most);
}

function refuse(message: string): never {
  throw new SemblanceError('invalid-arguments', message);
}

function onCircle(count: number): Float32Array {
  // A single photo is in the middle.
  if (count === 1) return new Float32Array(2);
  return Float32Array.from({ length: 2 * count }, (_, i) => {
    const angle = (2 * Math.PI * (i >> 1)) / count;
    return i % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  });
}

/** Moves the middle of the positions to 0, and scales both axes by the same factor so that the longer one is filled. */
function filled(positions: Float32Array): Float32Array {
  const least = [Infinity, Infinity];
  const most = [-Infinity, -Infinity];
  positions.forEach((value, i) => {
    least[i % 2] = Math.min(least[i % 2], value);
    most[i % 2] = Math.max(most[i % 2], value);
  });
  const halfLength = Math.max(most[0] - least[0], most[1] - least[1]) / 2;
  // All in one place: in the middle.
  if (halfLength === 0) return new Float32Array(positions.length);
  // Rounding must not lead out of the map.
  return positions.map((value, i) =>
    Math.max(-1, Math.min(1, (value - (least[i % 2] + most[i % 2]) / 2) / halfLength)),
  );
}
