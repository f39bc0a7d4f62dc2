/**
 * `npm run bench`: photos per second of indexing, and in the same run the floor under it: decoding alone plus the
 * network alone, on the same photos, each with all cores. Three interleaved rounds; the median counts.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { defaultRecipe } from '../../src-main/contract/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { installedModels } from '../../src-main/vision/index.ts';
import { decodeAll, inferAll, median, photoFiles, seconds, startInference } from './floors.ts';
import type { Picture } from './inference-worker.ts';

const rounds = 3;
const photoCount = 300;
const source = resolve(process.argv[2] ?? '../shared/data/clothing');

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
  const model = installedModels().find(({ info }) => info.name === defaultRecipe.model);
  if (!model) throw new Error('no model: npm run backbone');
  const lanes = await startInference({
    graphPath: model.graphPath,
    taps: defaultRecipe.taps.map(({ name }) => name),
    scales: defaultRecipe.scales,
  });
  const ratios: number[] = [];
  const indexingRates: number[] = [];
  const floorRates: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    let pictures: Picture[] = [];
    const decoding = await seconds(async () => {
      pictures = await decodeAll(copies, defaultRecipe.longerSide);
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
