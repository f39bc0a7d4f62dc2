/**
 * `npm run bench:eight-bits`: what a network's eight-bit copy loses, on photos with ground truth. Both describe all photos
 * by the same recipe; mAP and P@1 by folder label, the difference with its interval, and how like each other the reduced,
 * whitened descriptors of a photo are, both reduced by what was fitted to the network's own.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  conventions,
  defaultRecipe,
  eightBitName,
  type Preprocessing,
  withModel,
} from '../../src-main/contract/index.ts';
import { Describer, extractionOfGeneration } from '../../src-main/engine/describer.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { addModel } from '../../src-main/vision/index.ts';
import { cosine } from '../../src-main/vision/devices.ts';
import { installed } from './networks.ts';

const root = mkdtempSync(join(tmpdir(), 'semblance-bench-eight-bits-'));
process.env['SEMBLANCE_MODELS'] = join(root, 'models');

const { imagenet, symmetric } = conventions;
const networks: { name: string; file: string | null; preprocessing: Preprocessing }[] = [
  { name: defaultRecipe.model, file: null, preprocessing: imagenet.preprocessing },
  { name: 'resnet50-cut', file: 'resnet50v2slim_conv4_gem.onnx', preprocessing: symmetric.preprocessing },
  { name: 'squeezenet', file: 'squeezenet1.1_gem_cls.onnx', preprocessing: imagenet.preprocessing },
  { name: 'mobilenet', file: 'mobilenetv2_gem.onnx', preprocessing: imagenet.preprocessing },
];
/** A copy may lose so much mAP. */
const mostLost = 0.005;

async function bench(name: string, photos: string): Promise<void> {
  const engine = Engine.open({ libraryPath: mkdtempSync(join(root, 'library-')), access: 'write' });
  try {
    engine.adopt(withModel(defaultRecipe, installed(name).info));
    await engine.jobs.idle();
    await engine.index([await engine.call('addFolder', { path: photos })]).ended;
    await engine.jobs.idle();
    const recipe = engine.recipe;
    const { serving } = engine;
    if (!serving) throw new Error('nothing is in service');
    const { generation } = serving;
    const describer = new Describer(generation, extractionOfGeneration(engine.library, generation));
    if (!existsSync(join(root, 'models', eightBitName(name)))) {
      await engine.call('makeEightBit', { name, leastGain: 0 });
      await engine.jobs.idle();
    }
    const made = engine.jobs.list().find(({ kind, error }) => kind === 'eight-bit' && error);
    if (made?.error) {
      console.log(`${name}, ${photos}: no copy (${made.error.message})`);
      return;
    }
    const copy = installed(eightBitName(name)).info;
    const inEightBits = withModel(recipe, copy);
    await engine.call('retune', { recipe: inEightBits, mayRead: true });
    await engine.jobs.idle();
    const { a, b, difference } = await engine.call('compareRecipes', {
      by: 'folder',
      a: recipe,
      b: inEightBits,
    });
    const { powerMeans, contents } = engine.library;
    const keys = [generation.extractionKey, engine.serving?.generation.extractionKey ?? ''];
    const cosines: number[] = [];
    for (const id of contents.ids()) {
      const [own, other] = keys.map((key) => powerMeans.get(id, key));
      if (own && other) cosines.push(cosine(await describer.describe(own), await describer.describe(other)));
    }
    cosines.sort((x, y) => x - y);
    const mean = cosines.reduce((sum, each) => sum + each, 0) / cosines.length;
    const lost = -difference.mean;
    console.log(
      [
        `${name}, ${photos}, ${cosines.length} photos`,
        `  mAP ${a.mAP.toFixed(4)} → ${b.mAP.toFixed(4)}, ${difference.mean.toFixed(4)} [${difference.low.toFixed(4)}, ${difference.high.toFixed(4)}] (may lose ${mostLost}: ${lost <= mostLost ? 'kept' : 'MISSED'}); P@1 ${a.precisionAt1.toFixed(3)} → ${b.precisionAt1.toFixed(3)}`,
        `  pooled descriptors: cosine ${copy.eightBit?.agreement.mean.toFixed(4) ?? ''}, least ${copy.eightBit?.agreement.least.toFixed(4) ?? ''} (16 photos)`,
        `  reduced and whitened: cosine ${mean.toFixed(4)}, 1st percentile ${cosines[Math.floor(cosines.length / 100)].toFixed(4)}, least ${cosines[0].toFixed(4)}`,
      ].join('\n'),
    );
  } finally {
    await engine.close();
  }
}

try {
  for (const { name, file, preprocessing } of networks) {
    const path = file && resolve('../shared/models', file);
    if (path && !existsSync(path)) {
      console.log(`${name}: not run, there is no ${path}`);
      continue;
    }
    if (path) await addModel({ file: path, name, preprocessing, layout: null });
    for (const set of ['grocery', 'clothing']) {
      const photos = resolve('../shared/data', set);
      if (existsSync(photos)) await bench(name, photos);
    }
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
