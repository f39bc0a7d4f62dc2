/** Holds the product's own code against golden data that other programs computed. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { SemblanceError } from '../contract/index.ts';
import { gem, gemOfMap, l2Normalise, powerMeanNodes } from '../descriptor/index.ts';
import { decodePhoto, inputName, lastActivation, type TapOutput, TappedModel } from '../vision/index.ts';
import {
  type ArrayError,
  compareArrays,
  readArray,
  type Reference,
  type ReferenceArray,
  readReference,
} from './reference-data.ts';
import { type LayerStatistics, positionalPoolings, positionalStatistics } from './reference-positional.ts';
import { reductions } from './reference-reductions.ts';
import { selectionErrors } from './reference-selection.ts';

const networkFile = 'tiny-resnet.onnx';
const layers = ['layer3', 'layer4'];

/**
 * Runs the folder's network and pictures through the product's own code, and says for each array that the code
 * can produce how far it is from the stored one.
 * @param folder in the format of reference.json: shapes, and files of little-endian float32
 * @throws SemblanceError `not-found`, `invalid-arguments` or `model-invalid`
 */
export async function* verifyReference(folder: string): AsyncGenerator<ArrayError> {
  const reference = await readReference(folder);
  const arrays = new Map<string, ReferenceArray>();
  for (const [name, entry] of Object.entries(reference.arrays))
    arrays.set(name, await readArray(folder, entry));
  const statistics = positionalStatistics(layers, arrays);
  const pictures = await runNetwork(folder, reference, statistics);
  for (const [name, { values }] of arrays) {
    const ways = poolingsNamed(name, statistics);
    if (ways.length === 0) continue;
    const errors = ways.map((way) => compareArrays(name, joined(pictures.map(way)), values));
    yield errors.reduce((worst, error) => (error.maxRelativeError > worst.maxRelativeError ? error : worst));
  }

  const features = arrays.get('concat.gem3');
  if (features === undefined) return;
  const computed = await reductions(features, reference.train_rows, arrays.get('pca16.plain.components'));
  for (const [name, values] of computed) {
    const expected = arrays.get(name);
    if (expected) yield compareArrays(name, values, expected.values);
  }
  yield* selectionErrors(features, reference, arrays);
}

/** Each picture at its own size through the network: what each layer gives. */
async function runNetwork(
  folder: string,
  { mean, std, images }: Reference,
  statistics: LayerStatistics,
): Promise<TapOutput[][]> {
  const model = await readFile(path.join(folder, networkFile)).catch((cause: unknown) => {
    throw new SemblanceError('not-found', `There is no ${networkFile} in ${folder}.`, { cause });
  });
  const network = await TappedModel.load(model, {
    input: inputName(model),
    mean,
    deviation: std,
    range: 255,
    taps: layers.map((layer) => ({
      name: layer,
      value: lastActivation(model, layer),
      statistics: statistics.get(layer) ?? [],
    })),
  });
  try {
    const outputs: TapOutput[][] = [];
    for (const { file, width, height } of images) {
      const bytes = await readFile(path.join(folder, file));
      const { pixels } = await decodePhoto(bytes, 'png', Math.max(width, height));
      outputs.push(await network.run(pixels));
    }
    return outputs;
  } finally {
    await network.release();
  }
}

type Pooling = (picture: TapOutput[]) => Float32Array;

/** All ways in which the product computes an array of this name from the network's outputs. */
function poolingsNamed(name: string, statistics: LayerStatistics): Pooling[] {
  if (name === 'concat.gem3') {
    return poolings(3).map((pool) => (picture) => joined(picture.map(pool)));
  }
  if (name === 'concat.gem3.l2_per_layer') {
    return poolings(3).map((pool) => (picture) => joined(picture.map((tap) => l2Normalise(pool(tap)))));
  }
  const positional = positionalPoolings(name, statistics);
  if (positional) {
    const layer = layers.indexOf(positional.layer);
    return positional.ways.map((pool) => (picture) => pool(picture[layer]));
  }
  const match = /^(gap|gmp|gem([\d.]+))\.(layer\d)$/.exec(name);
  const layer = match ? layers.indexOf(match[3]) : -1;
  if (match === null || layer < 0) return [];
  if (match[1] === 'gap') return [(picture) => unclamped(picture[layer], 1)];
  if (match[1] === 'gmp') return [(picture) => unclamped(picture[layer], Infinity)];
  return poolings(Number(match[2])).map((pool) => (picture) => pool(picture[layer]));
}

/** Average and maximum are zero where a channel is dead, whereas GeM is its floor there. */
function unclamped({ map, channels, positions }: TapOutput, p: number): Float32Array {
  return gemOfMap(map, channels, positions, p, Number.MIN_VALUE);
}

/** Exactly from the map; and from power means inside the graph, where p is one of their nodes. */
function poolings(p: number): ((tap: TapOutput) => Float32Array)[] {
  const ways = [({ map, channels, positions }: TapOutput) => gemOfMap(map, channels, positions, p)];
  if (p === Infinity || powerMeanNodes.some((node) => node === p)) {
    ways.push(({ powerMeans, channels }) => gem(powerMeans, channels, p));
  }
  return ways;
}

function joined(parts: Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}
