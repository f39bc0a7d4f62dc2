/**
 * Vectors for benchmarks of the search, made from real descriptors: of the shared photos, by the default recipe, and mixed
 * two by two with noise, so strong that nearest neighbours are as near as among the real ones.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { defaultRecipe } from '../../src-main/contract/index.ts';
import { gaussianFrom, randomFrom } from '../../src-main/descriptor/random.ts';
import { recipeKey } from '../../src-main/descriptor/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { DotKernel } from '../../src-main/search/dot-kernel.ts';
import { installedModels } from '../../src-main/vision/index.ts';

export const seed = 20_261_124;
/** Vectors whose nearest neighbour is looked for to calibrate the noise. */
const probes = 200;
/** Medians are this close to each other at most. */
const tolerance = 0.02;
const folders = ['grocery', 'clothing'];

export interface Vectors {
  count: number;
  dimension: number;
  /** Row by row. */
  values: Float32Array;
}

/** Descriptors of the shared photos; they are kept in the system's temporary folder for the next time. */
export async function realVectors(): Promise<Vectors> {
  const model = installedModels().find(({ info }) => info.name === defaultRecipe.model);
  if (!model) throw new Error('no model: npm run backbone');
  const { dimension } = { dimension: 256, ...defaultRecipe.reduction };
  const key = recipeKey(defaultRecipe, model.info.sha256, []).slice(0, 16);
  const file = join(tmpdir(), 'semblance-bench-search', `${key}.f32`);
  if (!existsSync(file)) {
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, await describePhotos());
  }
  const values = new Float32Array(Uint8Array.from(readFileSync(file)).buffer);
  return { count: values.length / dimension, dimension, values };
}

async function describePhotos(): Promise<Uint8Array> {
  const libraryPath = mkdtempSync(join(tmpdir(), 'semblance-bench-photos-'));
  const engine = Engine.open({ libraryPath, access: 'write' });
  try {
    for (const name of folders) {
      const path = resolve('../shared/data', name);
      if (!existsSync(path)) throw new Error(`There is no ${path}: the benchmark is made of its photos.`);
      await engine.call('addFolder', { path });
    }
    await engine.index(engine.library.folders.list()).ended;
    // Indexing is followed by a fit on these photos.
    await engine.jobs.idle();
    const generation = engine.library.generations.serving();
    if (!generation) throw new Error('no descriptors');
    const rows = [...engine.library.generations.descriptors(generation.id)].map(({ vector }) => vector);
    return Buffer.concat(rows.map((row) => Buffer.from(row.buffer, row.byteOffset, row.byteLength)));
  } finally {
    await engine.close();
    rmSync(libraryPath, { recursive: true, force: true });
  }
}

/** normalise(a·x + (1 − a)·y + noise), a uniform in [½, 1]; x and y are any two of the real vectors. */
export function mixed(real: Vectors, count: number, noise: number, from: number): Vectors {
  const { dimension } = real;
  const random = randomFrom(from);
  const gaussian = gaussianFrom(random);
  const values = new Float32Array(count * dimension);
  const deviation = noise / Math.sqrt(dimension);
  for (let start = 0; start < values.length; start += dimension) {
    const x = dimension * Math.floor(random() * real.count);
    const y = dimension * Math.floor(random() * real.count);
    const share = 0.5 + 0.5 * random();
    let squares = 0;
    for (let i = 0; i < dimension; i++) {
      const value = share * real.values[x + i] + (1 - share) * real.values[y + i] + deviation * gaussian();
      values[start + i] = value;
      squares += value * value;
    }
    const length = Math.sqrt(squares);
    for (let i = 0; i < dimension; i++) values[start + i] /= length;
  }
  return { count, dimension, values };
}

/** Median over some vectors of the cosine to the nearest other one. */
export function medianNearest({ count, dimension, values }: Vectors): number {
  const kernel = new DotKernel(dimension);
  kernel.reserve(count);
  for (let row = 0; row < count; row++)
    kernel.set(row, values.subarray(row * dimension, (row + 1) * dimension));
  const asked = Math.min(probes, count);
  const nearest = Array.from({ length: asked }, (_, probe) => {
    const own = Math.floor((probe * count) / asked);
    kernel.setQuery(kernel.read(own));
    let best = -1;
    for (let first = 0; first < count; first += kernel.blockRows) {
      kernel.scores(first, Math.min(kernel.blockRows, count - first)).forEach((score, i) => {
        if (score > best && first + i !== own) best = score;
      });
    }
    return best;
  });
  return nearest.sort((a, b) => a - b)[asked >> 1];
}

export interface Calibrated {
  vectors: Vectors;
  noise: number;
  realMedian: number;
  median: number;
}

/** The noise is looked for by bisection: the more of it, the further apart are neighbours. */
export function calibrated(real: Vectors, count: number): Calibrated {
  const realMedian = medianNearest(real);
  let [low, high] = [0, 2];
  for (;;) {
    const noise = (low + high) / 2;
    const vectors = mixed(real, count, noise, seed);
    const median = medianNearest(vectors);
    if (Math.abs(median - realMedian) <= tolerance / 2) return { vectors, noise, realMedian, median };
    if (high - low < 1e-3) throw new Error(`no noise gives a median of ${realMedian} (nearest: ${median})`);
    if (median > realMedian) low = noise;
    else high = noise;
  }
}
