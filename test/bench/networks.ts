/** The networks that benchmarks compare: a random ResNet-50, the default backbone, and those of ../shared/models. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { conventions, defaultRecipe, type Recipe } from '../../src-main/contract/index.ts';
import { addModel, type InstalledModel, installedModels } from '../../src-main/vision/index.ts';
import { randomResNet50, taps as resNetTaps } from './resnet50.ts';

export interface Network {
  title: string;
  /** Of the installed model. */
  name: string;
  /** Its taps, and the values in the file that a plain loop asks for in their place. */
  taps: string[];
  values: readonly string[];
  /** The file as its author made it, or null where it is not on this machine. */
  file: string | null;
}

const shared = (name: string): string | null => {
  const file = resolve('../shared/models', name);
  return existsSync(file) ? file : null;
};

/** Installs what is not; files are written into the folder. SEMBLANCE_MODELS must name one of the benchmark's own. */
export async function networks(folder: string): Promise<Network[]> {
  const { preprocessing } = conventions.imagenet;
  const random = resolve(folder, 'resnet50.onnx');
  mkdirSync(dirname(random), { recursive: true });
  writeFileSync(random, randomResNet50());
  await addModel({ file: random, name: 'resnet50', preprocessing, layout: null });
  const found: Network[] = [
    {
      title: 'ResNet-50, random weights',
      name: 'resnet50',
      taps: ['s16', 's32'],
      values: resNetTaps,
      file: random,
    },
    {
      title: 'default backbone',
      name: defaultRecipe.model,
      taps: defaultRecipe.taps.map(({ name }) => name),
      values: defaultRecipe.taps.map(({ name }) => name),
      file: shared('oidv4-mnv2.onnx'),
    },
  ];
  const cut = shared('resnet50v2slim_conv4_gem.onnx');
  if (cut === null) return found;
  const { preprocessing: symmetric } = conventions.symmetric;
  await addModel({ file: cut, name: 'resnet50-cut', preprocessing: symmetric, layout: null });
  const title = 'ResNet-50 cut after its third stage';
  return [...found, { title, name: 'resnet50-cut', taps: ['s16'], values: ['feat'], file: cut }];
}

export function installed(name: string): InstalledModel {
  const model = installedModels().find(({ info }) => info.name === name);
  if (model) return model;
  throw new Error(`no model '${name}'`);
}

/** One scale, GeM with p = 3, and no reduction: what a plain pipeline computes, too. */
export function plainRecipe(model: string, taps: readonly string[], longerSide: number): Recipe {
  return {
    ...defaultRecipe,
    model,
    longerSide,
    scales: [1],
    taps: taps.map((name) => ({
      name,
      pooling: { kind: 'gem', p: 3, learned: false },
      normalise: true,
      weight: 1,
    })),
    reduction: { kind: 'none' },
  };
}
