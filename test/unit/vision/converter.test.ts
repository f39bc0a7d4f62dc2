import { readFileSync } from 'node:fs';
import { Builder } from 'flatbuffers';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { lowerTflite } from '../../../src-main/vision/convert/lower-tflite.ts';
import { packedFile, parseSource } from '../../../src-main/vision/convert/packed-source.ts';
import { floatsOf, readTflite } from '../../../src-main/vision/convert/tflite.ts';
import { readModel } from '../../../src-main/vision/onnx/model-file.ts';

const source = parseSource(readFileSync('resources/backbone/default.json', 'utf8'));
const folder = `node_modules/${source.package}`;
const bytes = packedFile(
  readFileSync(`${folder}/${source.assets}`),
  readFileSync(`${folder}/${source.loader}`, 'utf8'),
  source.file,
);
const taps = Object.fromEntries(source.taps.map(({ name, tensor }) => [name, tensor]));

function convert(): Uint8Array {
  const { builder, outputs } = lowerTflite(bytes, source.inputTensor, taps);
  return builder.encode(outputs, 'test', {});
}

describe('the converter', () => {
  it('gives the same bytes each time', () => {
    expect(Buffer.from(convert()).equals(convert())).toBe(true);
  });

  it('keeps the backbone and nothing of the detector', () => {
    const { graph } = readModel(convert());
    const count = (operator: string) => graph.node.filter(({ op_type }) => op_type === operator).length;
    // MobileNetV2: a stem, 16 blocks of three convolutions and one of two, and a top; ten residual additions.
    expect(count('Conv')).toBe(52);
    expect(count('Add')).toBe(10);
    expect(graph.output.map(({ name }) => name)).toEqual(source.taps.map(({ name }) => name));
  });

  it.each([
    [64, 64],
    [75, 101],
    [97, 33],
  ])("pads %i × %i pixels as TensorFlow's SAME does", async (height, width) => {
    const session = await ort.InferenceSession.create(convert());
    const image = new ort.Tensor('float32', new Float32Array(3 * height * width), [1, 3, height, width]);
    const outputs = await session.run({ image });
    for (const { name, stride } of source.taps) {
      const halvings = Math.log2(stride);
      let expected = [height, width];
      for (let i = 0; i < halvings; i++) expected = expected.map((side) => Math.ceil(side / 2));
      expect(outputs[name].dims.slice(2)).toEqual(expected);
    }
  });

  it('says which tensor is not there', () => {
    expect(() => lowerTflite(bytes, source.inputTensor, { tap: 'no/such' })).toThrow("no tensor 'no/such'");
  });

  it('says which file is not in the packed assets', () => {
    expect(() => packedFile(bytes, 'loadPackage({"files": []})', 'net.tflite')).toThrow('hold no net.tflite');
  });
});

describe('the TensorFlow Lite reader', () => {
  it('refuses what is another file', () => {
    expect(() => readTflite(Buffer.from('<!doctype html>'))).toThrow('not a TensorFlow Lite file');
    expect(() => readTflite(new Uint8Array())).toThrow('not a TensorFlow Lite file');
  });

  it('refuses a file that ends early, wherever it does', () => {
    for (const length of [8, 100, 1000, 100_000]) {
      expect(() => readTflite(bytes.subarray(0, length))).toThrow('damaged');
    }
  });

  it('refuses offsets that point outside the file', () => {
    const broken = Uint8Array.from(bytes.subarray(0, 4096));
    broken.set([0xff, 0xff, 0xff, 0x7f], 0);
    expect(() => readTflite(broken)).toThrow('damaged');
  });

  it('refuses a file without a network', () => {
    const builder = new Builder();
    builder.startObject(0);
    builder.finish(builder.endObject(), 'TFL3');
    expect(() => readTflite(builder.asUint8Array())).toThrow('damaged');
  });

  it('reads half precision as well as single', () => {
    const half = { name: 'half', shape: [2], type: 1, bytes: Uint8Array.of(0x00, 0x3c, 0x00, 0xc0) };
    expect([...floatsOf(half)]).toEqual([1, -2]);
    expect(() => floatsOf({ ...half, type: 9 })).toThrow('no float tensor');
    expect(() => floatsOf({ ...half, shape: [3] })).toThrow('no float tensor');
  });
});
