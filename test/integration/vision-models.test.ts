import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { readModel, writeModel } from '../../src-main/vision/onnx/model-file.ts';

const models = path.resolve('../shared/models');
const tiny = path.resolve('../shared/reference/tiny-resnet.onnx');

async function run(file: Uint8Array, height: number, width: number) {
  const session = await ort.InferenceSession.create(file);
  const values = Float32Array.from({ length: 3 * height * width }, (_, i) => Math.sin(i * i));
  const outputs = await session.run({
    [session.inputNames[0]]: new ort.Tensor('float32', values, [1, 3, height, width]),
  });
  await session.release();
  return outputs;
}

describe.skipIf(!existsSync(models))('models of others (skipped without ../shared/models)', () => {
  it.each([
    path.join(models, 'mobilenetv2_gem.onnx'),
    path.join(models, 'resnet50v2slim_conv4_gem.onnx'),
    path.join(models, 'squeezenet1.1_gem_cls.onnx'),
    tiny,
  ])('run the same after they were read and written: %s', async (file) => {
    const before = readFileSync(file);
    const after = writeModel(readModel(before));
    const [a, b] = [await run(before, 96, 128), await run(after, 96, 128)];
    expect(Object.keys(b)).toEqual(Object.keys(a));
    for (const name of Object.keys(a)) expect(b[name].data).toEqual(a[name].data);
  });

  it('agree with the default backbone, where they were made from the same source', async () => {
    const [checked, own] = [path.join(models, 'oidv4-mnv2.onnx'), 'out/models/default/backbone.onnx'];
    for (const [height, width] of [
      [101, 131],
      [224, 160],
    ]) {
      const a = await run(readFileSync(checked), height, width);
      const b = await run(readFileSync(own), height, width);
      for (const name of Object.keys(a)) expect(b[name].data).toEqual(a[name].data);
    }
  });
});
