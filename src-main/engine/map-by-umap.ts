/**
 * A map by UMAP (McInnes, Healy & Melville, UMAP: Uniform Manifold Approximation and Projection for Dimension Reduction,
 * 2018): photos that are neighbours by their descriptors stay neighbours.
 */
import { UMAP } from 'umap-js';
import { type MatrixProduct, randomFrom, type Rows } from '../descriptor/index.ts';
import { type Advance, partOf } from './advance.ts';
import { nearestNeighbours, type Neighbours } from '../search/index.ts';

export interface UmapSettings {
  seed: number;
  /** Photos taken for the surroundings of each, itself included: few show detail, many show the whole. */
  neighbours: number;
  /** How close photos may come, 0 … 1 of the typical distance between them. */
  minimumDistance: number;
  /** Passes over all pairs of neighbours; 500 … 200 by the number of photos unless given. */
  iterations?: number;
}

/** Cosine distances below this are rounding; exactly zero would make umap-js quadratic in the number of duplicates. */
const leastDistance = 1e-7;

/** Where in the whole a part ends: finding neighbours and building their graph take as long as all passes together. */
const foundNeighbours = 0.2;
const builtGraph = 0.5;

/**
 * @param rows at least four unit vectors
 * @returns rows × 2
 */
export async function mapByUmap(
  rows: Rows,
  { seed, neighbours, minimumDistance, iterations }: UmapSettings,
  product: MatrixProduct,
  advance: Advance,
): Promise<Float32Array> {
  const around = Math.min(neighbours, rows.rows - 1);
  const finding = partOf(advance, 0, foundNeighbours);
  const { places, distances } = withSelf(await nearestNeighbours(rows, rows, around - 1, product, finding));
  const umap = new UMAP({
    nNeighbors: around,
    minDist: minimumDistance,
    random: randomFrom(seed),
    ...(iterations === undefined ? {} : { nEpochs: iterations }),
  });
  umap.setPrecomputedKNN(places, distances);
  // With the neighbours given, umap-js reads of the rows only how many there are.
  const passes = umap.initializeFit(places);
  await advance(builtGraph);
  const passing = partOf(advance, builtGraph, 1);
  for (let pass = 1; pass <= passes; pass++) {
    umap.step();
    await passing(pass / passes);
  }
  return Float32Array.from(umap.getEmbedding().flat());
}

/** Neighbours as UMAP counts them, each row its own first one. */
function withSelf({ count, places, similarities }: Neighbours): {
  places: number[][];
  distances: number[][];
} {
  const result = { places: [] as number[][], distances: [] as number[][] };
  for (let start = 0; start < places.length; start += count) {
    const distances = Array.from(similarities.subarray(start, start + count), (similarity) =>
      Math.max(1 - similarity, leastDistance),
    );
    result.places.push([start / count, ...places.subarray(start, start + count)]);
    result.distances.push([0, ...distances]);
  }
  return result;
}
