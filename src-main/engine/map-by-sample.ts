/** A map of very many photos: a sample of them is laid out, and every other one put among those nearest to it. */
import { type MatrixProduct, randomFrom, rowAt, type Rows } from '../descriptor/index.ts';
import { type Advance, partOf } from './advance.ts';
import { nearestNeighbours } from '../search/index.ts';

/** Photos of the sample that a photo is put among. */
const anchors = 5;
/** Where in the whole the sample is laid out. */
const laidOutSample = 0.7;

/**
 * @param rows unit vectors
 * @param size rows in the sample, more than `anchors` and fewer than there are
 * @param layOutSample gives rows × 2
 * @returns rows × 2
 */
export async function mapBySample(
  rows: Rows,
  size: number,
  seed: number,
  layOutSample: (sample: Rows, advance: Advance) => Promise<Float32Array>,
  product: MatrixProduct,
  advance: Advance,
): Promise<Float32Array> {
  const chosen = sampleOf(rows.rows, size, seed);
  const sample = { rows: size, columns: rows.columns, values: new Float32Array(size * rows.columns) };
  chosen.forEach((row, place) => rowAt(sample, place).set(rowAt(rows, row)));
  const known = await layOutSample(sample, partOf(advance, 0, laidOutSample));
  const nearest = await nearestNeighbours(rows, sample, anchors, product, partOf(advance, laidOutSample, 1));
  const positions = new Float32Array(rows.rows * 2);
  for (let row = 0; row < rows.rows; row++) {
    const start = row * anchors;
    const weights = weightsOf(nearest.similarities.subarray(start, start + anchors));
    weights.forEach((weight, i) => {
      const place = nearest.places[start + i];
      positions[2 * row] += weight * known[2 * place];
      positions[2 * row + 1] += weight * known[2 * place + 1];
    });
  }
  chosen.forEach((row, place) => positions.set(known.subarray(2 * place, 2 * place + 2), 2 * row));
  return positions;
}

/** Some of the numbers 0 … count − 1, each as likely as any other (Floyd, in Bentley, Programming Pearls, 1987). */
function sampleOf(count: number, size: number, seed: number): number[] {
  const random = randomFrom(seed);
  const chosen = new Set<number>();
  for (let last = count - size; last < count; last++) {
    const drawn = Math.floor(random() * (last + 1));
    chosen.add(chosen.has(drawn) ? last : drawn);
  }
  return [...chosen].sort((a, b) => a - b);
}

/** Weights that sum to one, and fall off from the nearest as fast as UMAP's do: exp(−(d − d₁) / mean(d − d₁)). */
function weightsOf(similarities: Float32Array): number[] {
  const further = Array.from(similarities, (similarity) => similarities[0] - similarity);
  const scale = further.reduce((sum, distance) => sum + distance, 0) / further.length;
  const weights = further.map((distance) => (scale > 0 ? Math.exp(-distance / scale) : 1));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
