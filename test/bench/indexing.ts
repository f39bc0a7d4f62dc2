/**
 * `npm run bench:index`: photos per second of this pipeline (a), of its parts alone, (b) decoding and (c) the network, each
 * on all cores; of a plain loop (d), and of the classic PyTorch pipeline (e) where that is installed; and of this pipeline
 * with the network's eight-bit copy. Same photos, same size, same taps, same arithmetic; rounds are interleaved, and the
 * median counts. With a graphics processor, (b) and (c) overlap, so the larger of the two is the floor.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  defaultRecipe,
  type EightBitCopy,
  eightBitName,
  type Recipe,
  SemblanceError,
} from '../../src-main/contract/index.ts';
import { addEightBitCopy, installedModels, processor } from '../../src-main/vision/index.ts';
import { copyPhotos, decodeAll, inferAll, median, seconds, startInference } from './floors.ts';
import { busyShare } from './graphics-load.ts';
import { indexPhotos } from './index-photos.ts';
import { installed, type Network, networks, plainRecipe } from './networks.ts';
import { plainLoop } from './plain-loop.ts';

const rounds = 3;
const longerSide = 512;
const source = resolve(process.argv[2] ?? '../shared/data/clothing');
/** More where a graphics processor computes, which is done with few before its load can be read off. */
const photoCount = Number(process.argv[3] ?? 64);
/** Debian's, where python3-torch belongs to. */
const python = '/usr/bin/python3';
const program = join(import.meta.dirname, 'pytorch_pipeline.py');

/** How much faster than (d) and (e), and how much slower than its floor, the pipeline is to be. */
const ahead = 1.2;
const overFloor = 1.1;
const eightBitGain = 2;

const root = mkdtempSync(join(tmpdir(), 'semblance-bench-'));
process.env['SEMBLANCE_MODELS'] = join(root, 'models');

const hasPyTorch = spawnSync(python, ['-c', 'import torch, onnx, PIL'], { stdio: 'ignore' }).status === 0;

function runPyTorch({ file, values }: Network, copies: string[]): number {
  const printed = execFileSync(python, [
    program,
    file ?? '',
    String(longerSide),
    values.join(','),
    ...copies,
  ]);
  return Number(printed.toString());
}

/** Why there is none is said, and the rest is measured. */
async function copyInEightBits(name: string, copies: string[]): Promise<void> {
  await addEightBitCopy(
    installed(name),
    {
      calibration: copies.filter((_, i) => i % 3 !== 0).slice(0, 32),
      comparison: copies.filter((_, i) => i % 3 === 0).slice(0, 16),
      longerSide,
    },
    { turn: () => Promise.resolve(), signal: new AbortController().signal, leastGain: 0 },
  ).catch((error: unknown) => {
    if (!(error instanceof SemblanceError)) throw error;
    console.log(error.message);
  });
}

interface Times {
  a: number[];
  b: number[];
  c: number[];
  d: number[];
  e: number[];
  eightBit: number[];
}

async function bench(title: string, recipe: Recipe, network: Network, photos: string, copies: string[]) {
  const { name, taps, file, values } = network;
  const copy = installedModels().find(({ info }) => info.name === eightBitName(name))?.info.eightBit ?? null;
  const times: Times = { a: [], b: [], c: [], d: [], e: [], eightBit: [] };
  // Which device computes is found out by the first run, whose time does not count.
  const { provider } = await indexPhotos(recipe, photos, copies.length, root);
  const graphPath = installed(name).graphPath;
  const lanes = await startInference({ graphPath, taps, scales: recipe.scales, provider });
  const pictures = await decodeAll(copies, recipe.longerSide);
  const isPlain = recipe.scales.length === 1;
  const busy: (number | null)[] = [];
  for (let round = 0; round < rounds; round++) {
    times.b.push(
      await seconds(async () => {
        await decodeAll(copies, recipe.longerSide);
      }),
    );
    times.c.push(await seconds(() => inferAll(lanes, pictures)));
    const load = busyShare();
    times.a.push((await indexPhotos(recipe, photos, copies.length, root)).seconds);
    busy.push(await load.end());
    const inEightBits = { ...recipe, model: eightBitName(name) };
    if (copy) times.eightBit.push((await indexPhotos(inEightBits, photos, copies.length, root)).seconds);
    if (file && isPlain) times.d.push(await plainLoop(file, values, copies, longerSide));
    if (file && isPlain && hasPyTorch) times.e.push(runPyTorch(network, copies));
  }
  await Promise.all(lanes.map((lane) => lane.terminate()));
  print(`${title}, ${recipe.longerSide} pixels`, provider, times, copies.length, copy);
  const seen = busy.filter((share) => share !== null);
  if (seen.length > 0)
    console.log(`  nvidia-smi: busy ${(100 * median(seen)).toFixed(0)} % of the time of (a)`);
}

function print(
  title: string,
  provider: string,
  times: Times,
  count: number,
  copy: EightBitCopy | null,
): void {
  const { a, b, c, d, e, eightBit } = times;
  const overlaps = provider !== processor;
  const rate = (each: number[]): string => (count / median(each)).toFixed(1).padStart(6);
  const floor = (i: number): number => (overlaps ? Math.max(b[i], c[i]) : b[i] + c[i]);
  const ratio = median(a.map((time, i) => time / floor(i)));
  const verdict = (isKept: boolean): string => (isKept ? 'kept' : 'MISSED');
  const gain = (each: number[]): string => {
    if (each.length === 0) return '     – not run';
    const factor = median(each.map((time, i) => time / a[i]));
    return `${rate(each)} photos/s, takes ${factor.toFixed(2)} × as long as (a) (at least ${ahead}: ${verdict(factor >= ahead)})`;
  };
  const faster = copy ? median(a.map((time, i) => time / eightBit[i])) : 0;
  console.log(
    [
      `${title}, ${count} photos, ${availableParallelism()} cores, computed by ${provider}`,
      `  (a) this pipeline     ${rate(a)} photos/s, ${ratio.toFixed(2)} × ${overlaps ? 'the longer of (b) and (c)' : '(b) + (c)'} (at most ${overFloor}: ${verdict(ratio <= overFloor)})`,
      `  (b) decoding alone    ${rate(b)} photos/s`,
      `  (c) network alone     ${rate(c)} photos/s, ${(100 * median(c.map((time, i) => time / a[i]))).toFixed(0)} % of the time of (a)`,
      `  (d) plain loop        ${gain(d)}`,
      `  (e) PyTorch pipeline  ${gain(e)}`,
      ...(copy
        ? [
            `  (a) in eight bits     ${rate(eightBit)} photos/s, ${faster.toFixed(2)} × as fast as (a) (at least ${eightBitGain}: ${verdict(faster >= eightBitGain)}); descriptors like its own to ${copy.agreement.mean.toFixed(4)}`,
          ]
        : []),
    ].join('\n'),
  );
}

if (!existsSync(source)) {
  console.error(`There is no folder ${source}. Name one with photos: npm run bench:index -- FOLDER COUNT`);
  process.exitCode = 1;
} else {
  try {
    const photos = join(root, 'photos');
    const copies = copyPhotos(source, photos, photoCount);
    const found = await networks(root);
    for (const { name } of found) await copyInEightBits(name, copies);
    for (const network of found) {
      const recipe = plainRecipe(network.name, network.taps, longerSide);
      await bench(`${network.title}, ${network.taps.join(' + ')}`, recipe, network, photos, copies);
    }
    const usual = found.find(({ name }) => name === defaultRecipe.model);
    if (usual) await bench('default recipe, three scales', defaultRecipe, usual, photos, copies);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
