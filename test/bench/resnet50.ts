/** ResNet-50 (He et al., CVPR 2016; stride in the 3 × 3 convolution) with random weights, batch normalisation folded. */
import { gaussianFrom, randomFrom } from '../../src-main/descriptor/random.ts';
import { floats, node, valueInfo, writeModel } from '../../src-main/vision/onnx/model-file.ts';
import type { Node, Tensor } from '../../src-main/vision/onnx/schema.ts';

/** Blocks, inner channels and stride of each stage; four times as many channels come out. */
const stages = [
  { blocks: 3, channels: 64, stride: 1 },
  { blocks: 4, channels: 128, stride: 2 },
  { blocks: 6, channels: 256, stride: 2 },
  { blocks: 3, channels: 512, stride: 2 },
];
const expansion = 4;
/** Of the last convolution of a block, so that sixteen of them in a row neither vanish nor explode. */
const residualGain = 0.2;

/** Names of the last activations of the third and the fourth stage. */
export const taps = ['/layer3/5/relu', '/layer4/2/relu'] as const;

export function randomResNet50(): Uint8Array {
  const gaussian = gaussianFrom(randomFrom(50));
  const weights: Tensor[] = [];
  const nodes: Node[] = [];
  const convolution = (
    input: string,
    name: string,
    {
      from,
      to,
      side,
      stride,
      gain = 1,
    }: { from: number; to: number; side: number; stride: number; gain?: number },
  ): string => {
    const deviation = gain * Math.sqrt(2 / (from * side * side));
    const values = Float32Array.from({ length: to * from * side * side }, () => deviation * gaussian());
    weights.push(floats(`${name}.weight`, [to, from, side, side], values));
    weights.push(floats(`${name}.bias`, [to], new Float32Array(to)));
    const padding = Math.floor(side / 2);
    nodes.push(
      node('Conv', [input, `${name}.weight`, `${name}.bias`], name, {
        kernel_shape: [side, side],
        strides: [stride, stride],
        pads: [padding, padding, padding, padding],
      }),
    );
    return name;
  };
  const activated = (input: string, name: string): string => {
    nodes.push(node('Relu', [input], name));
    return name;
  };

  activated(convolution('image', '/conv1', { from: 3, to: 64, side: 7, stride: 2 }), '/relu');
  nodes.push(
    node('MaxPool', ['/relu'], '/maxpool', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  );
  let [value, width] = ['/maxpool', 64];
  for (const [number, { blocks, channels, stride: first }] of stages.entries()) {
    for (let block = 0; block < blocks; block++) {
      const own = (part: string): string => `/layer${number + 1}/${block}/${part}`;
      const stride = block === 0 ? first : 1;
      const to = expansion * channels;
      const inner = activated(
        convolution(value, own('conv1'), { from: width, to: channels, side: 1, stride: 1 }),
        own('relu1'),
      );
      const middle = activated(
        convolution(inner, own('conv2'), { from: channels, to: channels, side: 3, stride }),
        own('relu2'),
      );
      const outer = convolution(middle, own('conv3'), {
        ...{ from: channels, to, side: 1, stride: 1 },
        gain: residualGain,
      });
      const identity =
        block === 0 ? convolution(value, own('downsample'), { from: width, to, side: 1, stride }) : value;
      nodes.push(node('Add', [outer, identity], own('sum')));
      value = activated(own('sum'), own('relu'));
      width = to;
    }
  }
  return writeModel({
    ir_version: 8,
    producer_name: 'semblance bench',
    opset_import: [{ domain: '', version: 13 }],
    graph: {
      name: 'resnet50',
      node: nodes,
      initializer: weights,
      input: [valueInfo('image', 'float', ['N', 3, 'H', 'W'])],
      output: taps.map((tap) => valueInfo(tap, 'float', ['N', 'C', `${tap}/H`, `${tap}/W`])),
    },
  });
}
