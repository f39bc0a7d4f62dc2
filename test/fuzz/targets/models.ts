/** ONNX files that a person imports: a small network with changed bytes, and with changed parts. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { conventions } from '../../../src-main/contract/index.ts';
import { addModel, removeModel } from '../../../src-main/vision/index.ts';
import { floats, node, readModel, writeModel } from '../../../src-main/vision/onnx/model-file.ts';
import { convolutionalNetwork } from '../../fixtures/convolutional-network.ts';
import type { Dice } from '../dice.ts';
import { outcomeOf } from '../outcome.ts';
import type { Target } from './target.ts';

const oddDimensions = [0, -1, 1, 2 ** 31 - 1, 2 ** 31, 1e9, 2 ** 40];

function changedModel(dice: Dice, whole: Uint8Array, outside: string): Uint8Array {
  const model = readModel(whole);
  const { graph } = model;
  const { initializer: weights, node: nodes } = graph;
  const changes = [
    () =>
      Object.assign(dice.pick(nodes), { op_type: dice.pick(['NoSuchOperator', '', 'Loop', 'If', 'Relu']) }),
    () => Object.assign(dice.pick(nodes), { domain: dice.pick(['com.microsoft', 'nobody', '\0']) }),
    () => Object.assign(dice.pick(nodes), { input: [dice.pick(nodes).output.at(0) ?? ''] }),
    () => Object.assign(dice.pick(nodes), { output: dice.pick(nodes).output }),
    () => Object.assign(dice.pick(weights), { dims: [dice.pick(oddDimensions), dice.pick(oddDimensions)] }),
    () => Object.assign(dice.pick(weights), { data_type: dice.below(30) }),
    () => Object.assign(dice.pick(weights), { raw_data: dice.bytes(dice.below(50)) }),
    () =>
      Object.assign(dice.pick(weights), {
        raw_data: undefined,
        data_location: 1,
        external_data: [
          {
            key: 'location',
            value: dice.pick([outside, '../../../../../../etc/passwd', 'model.onnx', '/dev/zero']),
          },
          { key: 'offset', value: dice.pick(['0', '-1', '1e9', '99999999999999999999']) },
          { key: 'length', value: dice.pick(['0', '4', '-1', '99999999999999999999']) },
        ],
      }),
    () => nodes.push(node('Add', ['loop.b', 'image'], 'loop.a'), node('Relu', ['loop.a'], 'loop.b')),
    () => weights.push(floats('again', [1], [NaN]), floats('again', [1], [1])),
    () => Object.assign(graph, { input: [], output: dice.chance(0.5) ? [] : graph.output }),
    () => nodes.splice(dice.below(nodes.length), 1),
    () => Object.assign(model, { ir_version: dice.pick([0, 3, 99]) }),
    () => Object.assign(model, { opset_import: [{ domain: '', version: dice.pick([0, 1, 9999, -1]) }] }),
    () => Object.assign(graph, { name: dice.pick(['../..', '\0', 'x'.repeat(100_000)]) }),
  ];
  for (let change = 0; change < 1 + dice.below(3); change++) dice.pick(changes)();
  return writeModel(model);
}

export const models: Target = {
  name: 'onnx',
  limitMs: 240_000,
  open: ({ outside }) => {
    const whole = convolutionalNetwork({ channels: 4, side: null, activation: 'Relu' });
    return Promise.resolve({
      attempt: ({ dice, folder, keep }) => {
        const bytes = dice.chance(0.4) ? dice.mutated(whole) : changedModel(dice, whole, outside);
        const file = join(folder, 'model.onnx');
        keep('model.onnx', bytes);
        writeFileSync(file, bytes);
        const { preprocessing } = conventions.imagenet;
        return outcomeOf(async () => {
          await addModel({ file, name: 'fuzzed', preprocessing, layout: null });
          removeModel('fuzzed');
        });
      },
      close: () => undefined,
    });
  },
};
