/**
 * `npm run bench:backbones`: photos per second with larger networks, of this pipeline (a), of its parts alone, (b) decoding
 * and (c) the network, each on all cores; of a plain loop (d), and of the classic PyTorch pipeline (e) where that is
 * installed. Same photos, same size, same taps, same arithmetic; rounds are interleaved, and the median counts.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { conventions, defaultRecipe, type Recipe } from '../../src-main/contract/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { addModel, installedModels } from '../../src-main/vision/index.ts';
import { decodeAll, inferAll, median, photoFiles, seconds, startInference } from './floors.ts';
import { plainLoop } from './plain-loop.ts';
import { randomResNet50, taps as resNetTaps } from './resnet50.ts';

const rounds = 3;
const photoCount = 64;
const longerSide = 512;
const source = resolve(process.argv[2] ?? '../shared/data/clothing');
/** Debian's, where python3-torch belongs to. */
const python = '/usr/bin/python3';
const program = join(import.meta.dirname, 'pytorch_pipeline.py');

/** How much faster than (d) and (e), and how much slower than (b) + (c), the pipeline is to be. */
const ahead = 1.2;
const overFloor = 1.1;

const folder = mkdtempSync(join(tmpdir(), 'semblance-bench-backbones-'));
process.env['SEMBLANCE_MODELS'] = join(folder, 'models');

async function indexAll(recipe: Recipe, photos: string, count: number): Promise<number> {
  const libraryPath = mkdtempSync(join(folder, 'library-'));
  const engine = Engine.open({ libraryPath, access: 'write' });
  try {
    engine.adopt(recipe);
    await engine.jobs.idle();
    const added = await engine.call('addFolder', { path: photos });
    await engine.call('probeDevices', {});
    await engine.vision();
    const { summary, error } = await engine.index([added]).ended;
    if (summary?.indexed !== count) throw new Error(error?.message ?? 'not every photo was indexed');
    return summary.seconds;
  } finally {
    await engine.close();
    rmSync(libraryPath, { recursive: true, force: true });
  }
}

function hasPyTorch(): boolean {
  return spawnSync(python, ['-c', 'import torch, onnx, PIL'], { stdio: 'ignore' }).status === 0;
}

interface Network {
  title: string;
  /** null for the one that comes along. */
  bytes: Uint8Array | null;
  /** Names of the taps when installed, and of the values in the file that a plain loop asks for. */
  taps: string[];
  values: readonly string[];
  runsInPyTorch: boolean;
}

async function bench(network: Network, copies: string[], photos: string): Promise<void> {
  const { title, bytes, taps, values, runsInPyTorch } = network;
  const name = bytes ? title.replaceAll(/[^\w]+/g, '-') : defaultRecipe.model;
  const file = join(folder, `${name}.onnx`);
  if (bytes) {
    writeFileSync(file, bytes);
    await addModel({ file, name, preprocessing: conventions.imagenet.preprocessing, layout: null });
  }
  const model = installedModels().find(({ info }) => info.name === name);
  if (!model) throw new Error(`no model '${name}'`);
  const recipe: Recipe = {
    ...defaultRecipe,
    model: name,
    longerSide,
    scales: [1],
    taps: taps.map((tap) => ({
      name: tap,
      pooling: { kind: 'gem', p: 3, learned: false },
      normalise: true,
      weight: 1,
    })),
    reduction: { kind: 'none' },
  };
  const lanes = await startInference({ graphPath: model.graphPath, taps, scales: [1] });
  const pictures = await decodeAll(copies, longerSide);
  const measured: Record<'a' | 'b' | 'c' | 'd' | 'e', number[]> = { a: [], b: [], c: [], d: [], e: [] };
  for (let round = 0; round < rounds; round++) {
    measured.b.push(
      await seconds(async () => {
        await decodeAll(copies, longerSide);
      }),
    );
    measured.c.push(await seconds(() => inferAll(lanes, pictures)));
    measured.a.push(await indexAll(recipe, photos, copies.length));
    if (bytes) measured.d.push(await plainLoop(bytes, values, copies, longerSide));
    if (runsInPyTorch) {
      const printed = execFileSync(python, [program, file, String(longerSide), values.join(','), ...copies]);
      measured.e.push(Number(printed.toString()));
    }
  }
  await Promise.all(lanes.map((lane) => lane.terminate()));
  const rate = (times: number[]): string => (copies.length / median(times)).toFixed(1);
  const ratio = median(measured.a.map((time, i) => time / (measured.b[i] + measured.c[i])));
  const gain = (times: number[]): string => {
    if (times.length === 0) return 'not run';
    const factor = median(times.map((time, i) => time / measured.a[i]));
    return `${rate(times)} photos/s, ${factor.toFixed(2)} × as long as (a) (at least ${ahead}: ${factor >= ahead ? 'kept' : 'MISSED'})`;
  };
  console.log(
    [
      `${title}, ${taps.join(' + ')}, ${longerSide} pixels, ${availableParallelism()} cores, ${copies.length} photos`,
      `  (a) this pipeline      ${rate(measured.a)} photos/s, ${ratio.toFixed(2)} × (b) + (c) (at most ${overFloor}: ${ratio <= overFloor ? 'kept' : 'MISSED'})`,
      `  (b) decoding alone     ${rate(measured.b)} photos/s`,
      `  (c) network alone      ${rate(measured.c)} photos/s`,
      `  (d) plain loop         ${gain(measured.d)}`,
      `  (e) PyTorch pipeline   ${gain(measured.e)}`,
    ].join('\n'),
  );
}

if (!existsSync(source)) {
  console.error(`There is no folder ${source}. Name one with photos: npm run bench:backbones -- FOLDER`);
  process.exitCode = 1;
} else {
  try {
    const photos = join(folder, 'photos');
    mkdirSync(photos);
    photoFiles(source)
      .slice(0, photoCount)
      .forEach((file, i) => cpSync(file, join(photos, `${i}.jpg`)));
    const copies = photoFiles(photos);
    const networks: Network[] = [
      {
        title: 'ResNet-50, random weights',
        bytes: randomResNet50(),
        taps: ['s16', 's32'],
        values: resNetTaps,
        runsInPyTorch: hasPyTorch(),
      },
      {
        title: 'default backbone',
        bytes: null,
        taps: defaultRecipe.taps.map(({ name }) => name),
        values: [],
        runsInPyTorch: false,
      },
    ];
    const cut = resolve('../shared/models/resnet50v2slim_conv4_gem.onnx');
    if (existsSync(cut)) {
      networks.push({
        title: 'ResNet-50 cut after its third stage',
        bytes: readFileSync(cut),
        taps: ['s16'],
        values: ['feat'],
        runsInPyTorch: false,
      });
    }
    for (const network of networks) await bench(network, copies, photos);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
