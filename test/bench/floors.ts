/** What no pipeline can do without: decoding alone, and the network alone, each on all cores. */
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import { processor } from '../../src-main/vision/index.ts';
import type { InferenceSetup, Picture } from './inference-worker.ts';

export function photoFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.jpe?g$/i.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** Copies of a folder's first photos, beside each other in a new folder. */
export function copyPhotos(source: string, folder: string, count: number): string[] {
  mkdirSync(folder);
  photoFiles(source)
    .slice(0, count)
    .forEach((file, i) => cpSync(file, join(folder, `${i}.jpg`)));
  return photoFiles(folder);
}

export async function seconds(action: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await action();
  return (performance.now() - startMs) / 1000;
}

/** What no indexing can do without: every photo decoded to the recipe's size, on all cores. */
export async function decodeAll(files: string[], longerSide: number): Promise<Picture[]> {
  const pictures: Picture[] = [];
  const queue = files.entries();
  const lane = async (): Promise<void> => {
    for (const [position, file] of queue) {
      const { data, info } = await sharp(readFileSync(file))
        .autoOrient()
        .resize({ width: longerSide, height: longerSide, fit: 'inside' })
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
export async function inferAll(lanes: Worker[], pictures: Picture[]): Promise<void> {
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

/** On all cores; a graphics processor computes for one thread at a time. */
export async function startInference(setup: InferenceSetup): Promise<Worker[]> {
  return Promise.all(
    Array.from({ length: setup.provider === processor ? availableParallelism() : 1 }, async () => {
      const worker = new Worker(new URL('./inference-worker.ts', import.meta.url), { workerData: setup });
      await new Promise((ready) => worker.once('message', ready));
      return worker;
    }),
  );
}

export function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
