import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { conventions, defaultRecipe, withModel } from '../../src-main/contract/index.ts';
import { extractionOf } from '../../src-main/descriptor/index.ts';
import { addModel, addModelFrom, installedModels, removeModel, Vision } from '../../src-main/vision/index.ts';
import { readModel, writeModel } from '../../src-main/vision/onnx/model-file.ts';
import { convolutionalNetwork } from '../fixtures/convolutional-network.ts';
import { visionTransformer } from '../fixtures/vision-transformer.ts';
import { writePhotos } from '../e2e/photos.ts';

const shared = path.resolve('../shared/models');
const imageNet = conventions.imagenet.preprocessing;
const dinoShape = { patch: 14, channels: 24, blocks: 4, side: null, registers: 0 };
const clipShape = { patch: 32, channels: 32, blocks: 2, side: 224, registers: 0 };

let root: string;
const before = process.env['SEMBLANCE_MODELS'];

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'semblance-import-'));
  await writePhotos(path.join(root, 'photos'));
});

beforeEach(() => {
  process.env['SEMBLANCE_MODELS'] = mkdtempSync(path.join(root, 'models-'));
});

afterAll(() => {
  if (before === undefined) delete process.env['SEMBLANCE_MODELS'];
  else process.env['SEMBLANCE_MODELS'] = before;
  rmSync(root, { recursive: true, force: true });
});

function file(name: string, bytes: Uint8Array): string {
  const to = path.join(root, name);
  writeFileSync(to, bytes);
  return to;
}

const add = (from: string, name: string) =>
  addModel({ file: from, name, preprocessing: imageNet, layout: null });

/** Power means of a photo by an installed model with its usual taps. */
async function describePhoto(name: string, photo: string): Promise<Float32Array> {
  const model = installedModels().find(({ info }) => info.name === name)!;
  const recipe = withModel(defaultRecipe, model.info);
  const vision = await Vision.start({ model, settings: extractionOf(recipe, model.info), workers: 1 });
  try {
    const { extraction } = await vision.extractFile(path.join(root, 'photos', photo), () => false);
    return extraction!.powerMeans;
  } finally {
    await vision.close();
  }
}

describe.skipIf(!existsSync(shared))('backbones of others (skipped without ../shared/models)', () => {
  it.each([
    ['squeezenet1.1_gem_cls.onnx', ['s4 128', 's8 256', 's16 512']],
    ['mobilenetv2_gem.onnx', ['s4 144', 's8 192', 's16 576', 's32 1280']],
    ['resnet50v2slim_conv4_gem.onnx', ['s4 256', 's8 512', 's16 1024']],
  ])('%s is tapped behind its last wide activation at each resolution', async (name, taps) => {
    const info = await add(path.join(shared, name), 'own');
    expect(info.taps.map((tap) => `${tap.name} ${tap.channels}`)).toEqual(taps);
    expect(info.size).toBeNull();
    const statistics = await describePhoto('own', 'towns/towns-1.jpg');
    expect(statistics.every(Number.isFinite)).toBe(true);
  });

  it('are kept once: the same file under another name is refused', async () => {
    const from = path.join(shared, 'squeezenet1.1_gem_cls.onnx');
    await add(from, 'first');
    await expect(add(from, 'second')).rejects.toThrow("installed already, as 'first'");
    await expect(add(from, 'first')).rejects.toThrow("a model 'first' already");
    removeModel('first');
    expect(installedModels().map(({ info }) => info.name)).toEqual(['default']);
    expect(() => removeModel('first')).toThrow('no model');
    expect(() => removeModel('default')).toThrow('no model');
  });
});

describe('a convolutional network', () => {
  it('takes photos of any size even where its file declares the one that it was exported with', async () => {
    const shape = { channels: 16, activation: 'Relu' } as const;
    const info = await add(file('any.onnx', convolutionalNetwork({ ...shape, side: null })), 'any');
    expect(info.taps.map(({ stride }) => stride)).toEqual([4, 8]);
    // The same graph comes out, so it is refused as being installed.
    const declared = add(file('declared.onnx', convolutionalNetwork({ ...shape, side: 224 })), 'declared');
    await expect(declared).rejects.toThrow("installed already, as 'any'");
  });
});

describe('transformers', () => {
  it('shaped like DINOv2 give their tokens as a grid of any size, the class token apart', async () => {
    const info = await add(file('dino.onnx', visionTransformer(dinoShape)), 'dino');
    expect(info.taps).toEqual([
      { name: 'tokens_middle', channels: 48, stride: 14 },
      { name: 'tokens', channels: 48, stride: 14 },
      { name: 'class', channels: 48, stride: 0 },
    ]);
    expect(info.size).toBeNull();
    const model = installedModels().find(({ info: { name } }) => name === 'dino')!;
    const settings = extractionOf(withModel({ ...defaultRecipe, scales: [1] }, info), info);
    const vision = await Vision.start({ model, settings, workers: 1 });
    const photo = path.join(root, 'photos/towns/towns-1.jpg');
    const [[tokens, whole]] = await vision.extractMaps(photo, ['tokens', 'class'], [0.5]);
    await vision.close();
    // Longer side 256: 256 × 192 pixels, 18 × 13 whole patches.
    expect(tokens).toMatchObject({ width: 18, height: 13, channels: 48 });
    expect(whole).toMatchObject({ width: 1, height: 1, channels: 48 });
  });

  it('give in each cell the token of its patch, what is above zero and what is below apart', async () => {
    const bytes = visionTransformer(clipShape);
    await add(file('clip-cells.onnx', bytes), 'clip');
    const { graphPath } = installedModels().find(({ info }) => info.name === 'clip')!;
    const pixels = Uint8Array.from({ length: 224 * 224 * 3 }, (_, i) => (i * i) % 251);
    const plane = 224 * 224;
    const values = Float32Array.from({ length: pixels.length }, (_, i) => {
      const channel = Math.floor(i / plane);
      return (pixels[3 * (i % plane) + channel] / 255 - imageNet.mean[channel]) / imageNet.deviation[channel];
    });
    const exposed = readModel(bytes);
    exposed.graph.output = [{ name: 'final' }];
    const original = await ort.InferenceSession.create(writeModel(exposed));
    const { final } = await original.run({ image: new ort.Tensor('float32', values, [1, 3, 224, 224]) });
    const edited = readModel(readFileSync(graphPath));
    edited.graph.output = [{ name: 'semblance/tokens/map' }, { name: 'semblance/tokens/signed' }];
    const session = await ort.InferenceSession.create(writeModel(edited));
    const results = await session.run({ photo: new ort.Tensor('uint8', pixels, [1, 224, 224, 3]) });
    const map = results['semblance/tokens/map'];
    const signed = results['semblance/tokens/signed'];
    expect(map.dims).toEqual([1, 32, 7, 7]);
    expect(signed.dims).toEqual([1, 64, 7, 7]);
    for (const [token, channel] of [
      [0, 0],
      [10, 5],
      [48, 31],
    ]) {
      const expected = (final.data as Float32Array)[(1 + token) * 32 + channel];
      expect((map.data as Float32Array)[channel * 49 + token]).toBeCloseTo(expected, 4);
      const [above, below] = [channel, 32 + channel].map(
        (at) => (signed.data as Float32Array)[at * 49 + token],
      );
      expect(above - below).toBeCloseTo(expected, 4);
      expect(Math.min(above, below)).toBe(0);
    }
  });

  it('that declare the size of an example, but take any, are taken at any', async () => {
    const model = readModel(visionTransformer(dinoShape));
    model.graph.input[0].type!.tensor_type!.shape!.dim.splice(2, 2, { dim_value: 224 }, { dim_value: 224 });
    const info = await add(file('declared.onnx', writeModel(model)), 'declared');
    expect(info.size).toBeNull();
    expect((await describePhoto('declared', 'forests/forests-1.jpg')).every(Number.isFinite)).toBe(true);
  });

  it('shaped like CLIP take one size, to which photos are stretched', async () => {
    const info = await add(file('clip.onnx', visionTransformer(clipShape)), 'clip');
    expect(info.size).toEqual({ width: 224, height: 224 });
    expect(info.taps.map(({ name }) => name)).toEqual(['tokens_middle', 'tokens', 'class']);
    const recipe = withModel(defaultRecipe, info);
    expect(recipe).toMatchObject({ longerSide: 224, scales: [1] });
    expect((await describePhoto('clip', 'forests/forests-1.jpg')).every(Number.isFinite)).toBe(true);
  });
});

describe('a file that cannot serve', () => {
  const broken = (change: (model: ReturnType<typeof readModel>) => void): Uint8Array => {
    const model = readModel(visionTransformer(dinoShape));
    change(model);
    return writeModel(model);
  };

  it.each<[string, Uint8Array, RegExp]>([
    ['no ONNX file', Buffer.from('nothing of the kind'), /no network|not an ONNX file/],
    [
      'no image as its input',
      broken(({ graph }) => {
        graph.input[0].type!.tensor_type!.shape!.dim = [{ dim_param: 'N' }, { dim_value: 77 }];
      }),
      /an image of four dimensions, but has: image \[\?, 77\]/,
    ],
    [
      'pictures of four channels',
      broken(({ graph }) => {
        graph.input[0].type!.tensor_type!.shape!.dim[1] = { dim_value: 4 };
      }),
      /4 channels; photos have three/,
    ],
    [
      'operators of the future',
      broken((model) => {
        model.opset_import = [{ domain: '', version: 99 }];
      }),
      /operator set 99, which is newer/,
    ],
    [
      'weights elsewhere',
      broken(({ graph }) => {
        Object.assign(graph.initializer[1], {
          raw_data: new Uint8Array(),
          data_location: 1,
          external_data: [{ key: 'location', value: 'weights.bin' }],
        });
      }),
      /keeps its weights in weights\.bin/,
    ],
    [
      'weights outside of its folder',
      broken(({ graph }) => {
        Object.assign(graph.initializer[1], {
          raw_data: new Uint8Array(),
          data_location: 1,
          external_data: [{ key: 'location', value: '../../etc/passwd' }],
        });
      }),
      /not beside it/,
    ],
    [
      'weights that are not numbers',
      broken(({ graph }) => {
        const bias = graph.initializer.find(({ name }) => name === 'patch.bias')!;
        bias.raw_data = new Uint8Array(Float32Array.from({ length: 24 }, () => NaN).buffer);
      }),
      /not finite on a test picture/,
    ],
  ])('with %s is refused in words, and nothing of it stays', async (name, bytes, why) => {
    await expect(add(file(`${name}.onnx`, bytes), 'broken')).rejects.toThrow(why);
    expect(installedModels().map(({ info }) => info.name)).toEqual(['default']);
  });

  it('is not there at all', async () => {
    await expect(add(path.join(root, 'nowhere.onnx'), 'none')).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each(['', '..', 'a/b', '.hidden', 'default'])("cannot be called '%s'", async (name) => {
    await expect(add(file('named.onnx', visionTransformer(dinoShape)), name)).rejects.toMatchObject({
      code: 'invalid-arguments',
    });
  });

  it('whose weights lie beside it is taken with them', async () => {
    const model = readModel(visionTransformer(dinoShape));
    const tensor = model.graph.initializer.find(({ name }) => name === 'patch.weight')!;
    writeFileSync(path.join(root, 'beside.bin'), Buffer.concat([Buffer.alloc(16), tensor.raw_data!]));
    Object.assign(tensor, {
      raw_data: new Uint8Array(),
      data_location: 1,
      external_data: [
        { key: 'location', value: 'beside.bin' },
        { key: 'offset', value: '16' },
      ],
    });
    const [whole, apart] = [
      await add(file('whole.onnx', visionTransformer(dinoShape)), 'whole'),
      add(file('apart.onnx', writeModel(model)), 'apart'),
    ];
    // The same graph, so the same content.
    await expect(apart).rejects.toThrow(`installed already, as '${whole.name}'`);
  });
});

describe('a model in the web', () => {
  it('is downloaded, imported, and leaves nothing else behind', async () => {
    const bytes = visionTransformer(dinoShape);
    const server = createServer((_, response) => response.end(bytes));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const { port } = server.address() as AddressInfo;
    try {
      const info = await addModelFrom(
        `http://127.0.0.1:${port}/dino.onnx`,
        { name: 'dino', preprocessing: imageNet, layout: null },
        { sha256: createHash('sha256').update(bytes).digest('hex') },
      );
      expect(info.taps.map(({ name }) => name)).toEqual(['tokens_middle', 'tokens', 'class']);
    } finally {
      server.close();
    }
    expect(readdirSync(path.join(process.env['SEMBLANCE_MODELS']!, '.downloads'))).toEqual([]);
  });
});
