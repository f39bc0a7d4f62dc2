import fc from 'fast-check';
import * as ort from 'onnxruntime-node';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conventions } from '../../../src-main/contract/index.ts';
import { ValueHistogram } from '../../../src-main/vision/activation-range.ts';
import { readBackbone } from '../../../src-main/vision/import-model.ts';
import { node, readModel, valueInfo, writeModel } from '../../../src-main/vision/onnx/model-file.ts';
import { quantise, valuesToCalibrate } from '../../../src-main/vision/onnx/quantisation.ts';
import { quantisedModel } from '../../../src-main/vision/quantise-model.ts';
import { testPicture } from '../../../src-main/vision/test-picture.ts';
import { convolutionalNetwork, type ConvolutionalShape } from '../../fixtures/convolutional-network.ts';
import { visionTransformer } from '../../fixtures/vision-transformer.ts';

let folder: string;
let photos: string[];
const atOnce = () => Promise.resolve();

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'semblance-quantisation-'));
  photos = await Promise.all(
    [1, 2, 3, 4, 5, 6].map(async (number) => {
      const size = { width: 160 + 8 * number, height: 120 };
      const file = path.join(folder, `${number}.png`);
      await sharp(testPicture(size), { raw: { ...size, channels: 3 } })
        .modulate({ hue: 60 * number })
        .toFile(file);
      return file;
    }),
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function installed(bytes: Uint8Array, name: string): Promise<string> {
  const { graph } = await readBackbone(bytes, folder, conventions.imagenet.preprocessing, null);
  const file = path.join(folder, `${name}.onnx`);
  writeFileSync(file, graph);
  return file;
}

async function copied(bytes: Uint8Array, name: string) {
  const graphPath = await installed(bytes, name);
  return quantisedModel(
    { graphPath, calibration: photos.slice(0, 4), comparison: photos.slice(4), longerSide: 128 },
    atOnce,
  );
}

/** Operators that the runtime in fact computes with, by how many there are. */
async function operatorsRun(graph: Uint8Array): Promise<Partial<Record<string, number>>> {
  const file = path.join(folder, 'optimised.onnx');
  const session = await ort.InferenceSession.create(graph, {
    optimizedModelFilePath: file,
    logSeverityLevel: 3,
  });
  await session.release();
  const counts: Partial<Record<string, number>> = {};
  for (const { op_type: operator } of readModel(readFileSync(file)).graph.node) {
    counts[operator] = (counts[operator] ?? 0) + 1;
  }
  return counts;
}

describe('a network in eight bits', () => {
  it.each<ConvolutionalShape['activation']>(['Relu', 'Clip'])(
    'with %s gives descriptors like its own, and no convolution is left in floating point',
    async (activation) => {
      const { graph, agreement, gain } = await copied(
        convolutionalNetwork({ channels: 16, side: null, activation }),
        activation,
      );
      expect(agreement.mean).toBeGreaterThan(0.99);
      expect(agreement.least).toBeLessThanOrEqual(agreement.mean);
      expect(gain).toBeGreaterThan(0);
      const run = await operatorsRun(graph);
      expect(run['QLinearConv']).toBe(6);
      expect(run['QLinearAdd']).toBe(2);
      expect(run['Conv']).toBeUndefined();
    },
  );

  it('multiplies the tokens of a transformer in whole numbers', async () => {
    const shape = { patch: 14, channels: 24, blocks: 2, side: null, registers: 0 };
    const { graph, agreement } = await copied(visionTransformer(shape), 'transformer');
    expect(agreement.mean).toBeGreaterThan(0.98);
    const run = await operatorsRun(graph);
    expect((run['MatMulIntegerToFloat'] ?? 0) + (run['DynamicQuantizeMatMul'] ?? 0)).toBeGreaterThan(0);
  });

  it('has weights of seven bits where the processor adds products in sixteen', async () => {
    const graphPath = await installed(
      convolutionalNetwork({ channels: 8, side: null, activation: 'Relu' }),
      'seven',
    );
    const model = readModel(readFileSync(graphPath));
    const ranges = new Map(valuesToCalibrate(model).map((value) => [value, { least: -4, most: 4 }]));
    quantise(model, ranges, 7);
    const bytes = model.graph.initializer.filter(({ name }) => name?.endsWith('/weight_bytes'));
    const extremes = bytes.map(({ raw_data: raw = new Uint8Array() }) =>
      Math.max(...Array.from(raw, (byte) => Math.abs((byte << 24) >> 24))),
    );
    expect(extremes).toEqual(bytes.map(() => 63));
    await expect(ort.InferenceSession.create(writeModel(model))).resolves.toBeDefined();
  });

  it('is refused where there is nothing to be put into eight bits', async () => {
    const graphPath = path.join(folder, 'bare.onnx');
    const graph = {
      name: 'bare',
      node: [node('Cast', ['photo'], 'pixels', { to: 1 })],
      initializer: [],
      input: [valueInfo('photo', 'uint8', ['N', 'H', 'W', 3])],
      output: [valueInfo('pixels', 'float', ['N', 'H', 'W', 3])],
    };
    writeFileSync(
      graphPath,
      writeModel({ ir_version: 8, opset_import: [{ domain: '', version: 13 }], graph }),
    );
    const request = { graphPath, calibration: photos, comparison: photos, longerSide: 128 };
    await expect(quantisedModel(request, atOnce)).rejects.toThrow('nothing that could be computed');
  });
});

describe('the range of a value', () => {
  const seen = (values: Float32Array): ValueHistogram => {
    const histogram = new ValueHistogram();
    histogram.add(values);
    return histogram;
  };

  it('spans all that was seen, and zero', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }), (values) => {
        const { least, most } = seen(Float32Array.from(values)).whole();
        // Zero is zero, whatever its sign.
        expect(least + 0).toBe(Math.min(0, ...values) + 0);
        expect(most + 0).toBe(Math.max(0, ...values) + 0);
      }),
    );
  });

  it('is the same whatever comes first', () => {
    const values = Float32Array.from({ length: 5000 }, (_, i) => Math.sin(i) * 1.01 ** (i % 700));
    const parts = seen(values.subarray(0, 100));
    parts.add(values.subarray(100));
    expect(parts.narrowed()).toEqual(seen(values).narrowed());
  });

  it('is narrowed where few values lie far out, and not where they are even', () => {
    const even = Float32Array.from({ length: 1_000_000 }, (_, i) => i / 1_000_000);
    expect(seen(even).narrowed().most).toBeGreaterThan(0.95);
    const tailed = even.slice();
    tailed[0] = 2;
    expect(seen(tailed).narrowed().most).toBeLessThan(1.7);
  });
});
