/**
 * `npm run bench:memory`: the most memory that indexing takes, whatever the folder holds. Photos that decoders need whole
 * (progressive JPEG, interlaced PNG, WebP) of up to 140 megapixels are made for it, many of them in a row, and a larger
 * network is used beside the default one. Each is a process of its own, whose high-water mark the system keeps (Linux).
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { conventions } from '../../src-main/contract/index.ts';
import { thriftyAllocator } from '../../src-main/engine/supervisor.ts';
import { addModel } from '../../src-main/vision/index.ts';
import { randomResNet50 } from './resnet50.ts';

const limitBytes = 1.2e9;
const sampleMs = 25;
const root = mkdtempSync(join(tmpdir(), 'semblance-bench-memory-'));
process.env['SEMBLANCE_MODELS'] = join(root, 'models');
const program = resolve('out/main/semblance.cjs');

async function writeLargePhotos(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const picture = (width: number, height: number, hue: number) =>
    sharp({
      create: { width, height, channels: 3, background: { r: hue, g: 90, b: 160 } },
      limitInputPixels: false,
    });
  for (let number = 0; number < 4; number++) {
    const [width, height] = [14_000 + number, 10_000];
    const each = picture(width, height, 40 * number);
    await each
      .clone()
      .jpeg({ progressive: true })
      .toFile(join(folder, `progressive-${number}.jpg`));
    await each
      .clone()
      .jpeg()
      .toFile(join(folder, `baseline-${number}.jpg`));
    await each
      .clone()
      .png({ progressive: true })
      .toFile(join(folder, `interlaced-${number}.png`));
    await picture(11_000 + number, 11_000, 40 * number)
      .webp({ effort: 0 })
      .toFile(join(folder, `${number}.webp`));
  }
}

/** Bytes of the whole family of processes at its highest, by what the system says of each. */
function highWater(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return 1024 * Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function run(args: string[]): Promise<{ bytes: number; seconds: number }> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [program, ...args], {
    // As the window and the server start the engine.
    env: { ...thriftyAllocator, ...process.env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let bytes = 0;
  const timer = setInterval(() => (bytes = Math.max(bytes, highWater(child.pid ?? 0))), sampleMs);
  return new Promise((done, reject) => {
    child.once('exit', (code) => {
      clearInterval(timer);
      if (code === 0) done({ bytes, seconds: (performance.now() - startedMs) / 1000 });
      else reject(new Error(`semblance ${args.join(' ')} ended with ${code}`));
    });
  });
}

async function measure(title: string, args: string[]): Promise<void> {
  const { bytes, seconds } = await run(args);
  const kept = bytes <= limitBytes ? 'kept' : 'MISSED';
  console.log(
    `${title.padEnd(46)} ${(bytes / 1e6).toFixed(0)} MB (at most ${limitBytes / 1e6}: ${kept}), ${seconds.toFixed(0)} s`,
  );
}

try {
  const photos = resolve(process.argv[2] ?? '../shared/data/clothing');
  const large = join(root, 'large');
  await writeLargePhotos(large);
  const library = (name: string): string[] => ['--library', join(root, name)];
  await measure('large photos, default backbone', ['index', large, ...library('large')]);
  if (existsSync(photos)) {
    await measure('photos, default backbone', ['index', photos, ...library('photos')]);
    await measure('the same, thorough', ['index', photos, '--profile', 'thorough', ...library('thorough')]);
  }
  const file = join(root, 'resnet50.onnx');
  writeFileSync(file, randomResNet50());
  await addModel({ file, name: 'resnet50', preprocessing: conventions.imagenet.preprocessing, layout: null });
  await run(['index', large, ...library('resnet50')]);
  await measure('large photos, ResNet-50, three scales', [
    'retune',
    '--model',
    'resnet50',
    '--yes',
    ...library('resnet50'),
  ]);
} finally {
  rmSync(root, { recursive: true, force: true });
}
