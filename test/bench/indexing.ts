/**
 * `npm run bench`: photos per second of indexing, and in the same run the floor under it: decoding alone plus the
 * network alone, on the same photos, each with all cores. Three interleaved rounds; the median counts.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import { defaultRecipe } from '../../src-main/contract/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { installedModels } from '../../src-main/vision/index.ts';
import type { InferenceSetup, Picture } from './inference-worker.ts';

const rounds = 3;
const photoCount = 300;
const source = resolve(process.argv[2] ?? '../shared/data/clothing');

function photoFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.jpe?g$/i.test(name))
    .sort()
    .map((name) => join(folder, name));
}

async function seconds(action: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await action();
  return (performance.now() - startMs) / 1000;
}

/** What no indexing can do without: every photo decoded to the recipe's size, on all cores. */
async function decodeAll(files: string[]): Promise<Picture[]> {
  const pictures: Picture[] = [];
  const queue = files.entries();
  const lane = async (): Promise<void> => {
    for (const [position, file] of queue) {
      const { data, info } = await sharp(readFileSync(file))
        .autoOrient()
        .resize({ width: defaultRecipe.longerSide, height: defaultRecipe.longerSide, fit: 'inside' })
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      pictures[position] = { data, width: info.width, height: info.height };
    }
  };
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, lane));
  return pictures;
}

/** The network on every picture at every scale, on all cores: sessions are made beforehand. */
async function inferAll(lanes: Worker[], pictures: Picture[]): Promise<void> {
  const share = Math.ceil(pictures.length / lanes.length);
  await Promise.all(
    lanes.map(
      (worker, lane) =>
        new Promise<void>((done) => {
          worker.once('message', () => done());
          worker.postMessage(pictures.slice(lane * share, (lane + 1) * share));
        }),
    ),
  );
}

async function startInference(): Promise<Worker[]> {
  const model = installedModels().find(({ info }) => info.name === defaultRecipe.model);
  if (!model) throw new Error('no model: npm run backbone');
  const setup: InferenceSetup = {
    graphPath: model.graphPath,
    taps: defaultRecipe.taps.map(({ name }) => name),
    scales: defaultRecipe.scales,
  };
  return Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      const worker = new Worker(new URL('./inference-worker.ts', import.meta.url), { workerData: setup });
      await new Promise((ready) => worker.once('message', ready));
      return worker;
    }),
  );
}

async function indexAll(folder: string, files: number): Promise<number> {
  const libraryPath = mkdtempSync(join(tmpdir(), 'semblance-bench-library-'));
  const engine = Engine.open({ libraryPath, access: 'write' });
  try {
    const added = await engine.call('addFolder', { path: folder });
    // Loading the model is paid once a run, not once a photo.
    await engine.vision();
    const { summary, error } = await engine.index([added]).ended;
    if (!summary || summary.indexed !== files)
      throw new Error(error?.message ?? 'not every photo was indexed');
    return summary.seconds;
  } finally {
    await engine.close();
    rmSync(libraryPath, { recursive: true, force: true });
  }
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

async function bench(): Promise<void> {
  if (!existsSync(source)) {
    console.error(`There is no folder ${source}. Name one with photos: npm run bench -- FOLDER`);
    process.exitCode = 1;
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'semblance-bench-photos-'));
  const files = photoFiles(source).slice(0, photoCount);
  mkdirSync(join(folder, 'photos'));
  files.forEach((file, i) => cpSync(file, join(folder, 'photos', `${i}.jpg`)));
  const copies = photoFiles(folder);
  const lanes = await startInference();
  const ratios: number[] = [];
  const indexingRates: number[] = [];
  const floorRates: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    let pictures: Picture[] = [];
    const decoding = await seconds(async () => {
      pictures = await decodeAll(copies);
    });
    const inference = await seconds(() => inferAll(lanes, pictures));
    const indexing = await indexAll(join(folder, 'photos'), copies.length);
    const floor = decoding + inference;
    ratios.push(indexing / floor);
    indexingRates.push(copies.length / indexing);
    floorRates.push(copies.length / floor);
    console.log(
      `round ${round}: decode ${decoding.toFixed(2)} s + network ${inference.toFixed(2)} s = floor ${floor.toFixed(2)} s; ` +
        `indexing ${indexing.toFixed(2)} s = ${(indexing / floor).toFixed(2)} × floor`,
    );
  }
  await Promise.all(lanes.map((worker) => worker.terminate()));
  rmSync(folder, { recursive: true, force: true });
  console.log(
    `${copies.length} photos, ${availableParallelism()} cores, median of ${rounds}: indexing ${median(indexingRates).toFixed(1)} photos/s, ` +
      `floor ${median(floorRates).toFixed(1)} photos/s, ratio ${median(ratios).toFixed(2)}`,
  );
}

await bench();
