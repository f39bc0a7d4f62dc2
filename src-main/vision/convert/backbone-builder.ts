/**
 * Writes a convolutional backbone as ONNX: channels first, batch, height and width free. A convolution stays open
 * until the file is written, so that the bias that follows it is folded in.
 */
import { floats, node, tensor, valueInfo, writeModel } from '../onnx/model-file.ts';
import type { Integer, Node, Tensor } from '../onnx/schema.ts';
import { toHalf } from '../../descriptor/index.ts';

export type Padding = 'SAME' | 'VALID';

export interface Weight {
  /** Height, width, inputs, outputs; of a depthwise convolution height, width, channels, multiplier. */
  shape: number[];
  data: Float32Array;
}

export interface ConvolutionOptions {
  stride: [number, number];
  dilation: [number, number];
  padding: Padding;
  depthwise: boolean;
}

/** A value in the network that is being built. */
export interface Value {
  name: string;
  /** The bias of the convolution that makes it, while that is open. */
  bias?: Float32Array;
  channels: number;
}

type Attributes = Record<string, Integer | Integer[] | string>;

interface Convolution {
  /** Outputs, inputs of a group, height, width. */
  shape: number[];
  weight: Float32Array;
  bias: Float32Array;
}

interface Step {
  operator: string;
  inputs: string[];
  output: string;
  attributes: Attributes;
  convolution?: Convolution;
}

export class BackboneBuilder {
  readonly input: Value = { name: 'image', channels: 3 };
  readonly #steps: Step[] = [];
  readonly #constants = new Map<string, Tensor>();
  readonly #names = new Set<string>();

  convolution(input: Value, weight: Weight, options: ConvolutionOptions): Value {
    const { stride, dilation, padding, depthwise } = options;
    const [height, width, inputs, outputs] = weight.shape;
    const channels = depthwise ? inputs * outputs : outputs;
    const bias = new Float32Array(channels);
    const step = this.#step('Conv', 'conv', [input.name], {
      kernel_shape: [height, width],
      strides: stride,
      dilations: dilation,
      group: depthwise ? inputs : 1,
      ...paddingAttributes(padding, [height, width], stride, dilation),
    });
    step.convolution = {
      shape: [channels, depthwise ? 1 : inputs, height, width],
      weight: outputsFirst(weight, depthwise),
      bias,
    };
    return { name: step.output, bias, channels };
  }

  /** Adds a constant per channel; after a convolution that nothing else reads it becomes that one's bias. */
  shift(value: Value, shift: Float32Array, onlyReader: boolean): Value {
    if (value.bias !== undefined && onlyReader) {
      for (let i = 0; i < value.bias.length; i++) value.bias[i] += shift[shift.length === 1 ? 0 : i];
      return value;
    }
    return this.#value('Add', 'shift', value.channels, [value.name, this.#perChannel(shift)]);
  }

  scale(value: Value, factor: Float32Array): Value {
    return this.#value('Mul', 'scale', value.channels, [value.name, this.#perChannel(factor)]);
  }

  relu(value: Value): Value {
    return this.#value('Relu', 'relu', value.channels, [value.name]);
  }

  relu6(value: Value): Value {
    return this.#value('Clip', 'relu6', value.channels, [
      value.name,
      this.#scalar('zero', 0),
      this.#scalar('six', 6),
    ]);
  }

  add(a: Value, b: Value): Value {
    return this.#value('Add', 'add', a.channels, [a.name, b.name]);
  }

  multiply(a: Value, b: Value): Value {
    return this.#value('Mul', 'mul', a.channels, [a.name, b.name]);
  }

  concatenate(values: Value[]): Value {
    const channels = values.reduce((sum, value) => sum + value.channels, 0);
    return this.#value(
      'Concat',
      'concat',
      channels,
      values.map(({ name }) => name),
      { axis: 1 },
    );
  }

  pool(
    value: Value,
    kind: 'maximum' | 'mean',
    { kernel, stride, padding }: { kernel: [number, number]; stride: [number, number]; padding: Padding },
  ): Value {
    return this.#value(kind === 'maximum' ? 'MaxPool' : 'AveragePool', 'pool', value.channels, [value.name], {
      kernel_shape: kernel,
      strides: stride,
      ...paddingAttributes(padding, kernel, stride, [1, 1]),
    });
  }

  /**
   * The ONNX file. Kernels lie in it as float16, which is what the source has; the network computes in float32,
   * for the casts are constants that onnxruntime folds when it loads the file.
   */
  encode(outputs: Record<string, Value>, name: string, metadata: Record<string, string>): Uint8Array {
    const nodes: Node[] = [];
    const initializers = [...this.#constants.values()];
    for (const { operator, inputs, output, attributes, convolution } of this.#steps) {
      const read = [...inputs];
      if (convolution) {
        const kernel = `${output}/W`;
        initializers.push(
          tensor(`${kernel}/f16`, convolution.shape, 'half', Uint16Array.from(convolution.weight, toHalf)),
          floats(`${output}/B`, [convolution.shape[0]], convolution.bias),
        );
        nodes.push(node('Cast', [`${kernel}/f16`], kernel, { to: 1 }));
        read.push(kernel, `${output}/B`);
      }
      nodes.push(node(operator, read, output, attributes));
    }
    for (const [tap, value] of Object.entries(outputs)) nodes.push(node('Identity', [value.name], tap));
    return writeModel({
      ir_version: 8,
      producer_name: 'semblance',
      opset_import: [{ domain: '', version: 13 }],
      graph: {
        name,
        node: nodes,
        initializer: initializers,
        input: [valueInfo(this.input.name, 'float', ['N', 3, 'H', 'W'])],
        output: Object.keys(outputs).map((tap) =>
          valueInfo(tap, 'float', ['N', `${tap}_C`, `${tap}_H`, `${tap}_W`]),
        ),
      },
      metadata_props: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    });
  }

  #value(
    operator: string,
    hint: string,
    channels: number,
    inputs: string[],
    attributes: Attributes = {},
  ): Value {
    return { name: this.#step(operator, hint, inputs, attributes).output, channels };
  }

  #step(operator: string, hint: string, inputs: string[], attributes: Attributes): Step {
    const step: Step = { operator, inputs, output: this.#unused(hint), attributes };
    this.#steps.push(step);
    return step;
  }

  #unused(hint: string): string {
    let name = hint;
    for (let i = 1; this.#names.has(name); i++) name = `${hint}_${i}`;
    this.#names.add(name);
    return name;
  }

  #scalar(name: string, value: number): string {
    this.#names.add(name);
    this.#constants.set(name, floats(name, [], [value]));
    return name;
  }

  #perChannel(values: Float32Array): string {
    const name = this.#unused('const');
    this.#constants.set(name, floats(name, values.length === 1 ? [] : [values.length, 1, 1], values));
    return name;
  }
}

/** TensorFlow's SAME puts the odd pixel at the end and, with strides, depends on the input's size. */
function paddingAttributes(
  padding: Padding,
  kernel: number[],
  stride: number[],
  dilation: number[],
): Attributes {
  if (padding === 'VALID') return { pads: [0, 0, 0, 0] };
  const reach = kernel.map((size, i) => (size - 1) * dilation[i]);
  if (stride.every((step) => step === 1) && reach.every((size) => size % 2 === 0)) {
    return { pads: [reach[0] / 2, reach[1] / 2, reach[0] / 2, reach[1] / 2] };
  }
  return { auto_pad: 'SAME_UPPER' };
}

function outputsFirst(
  { data, shape: [height, width, inputs, outputs] }: Weight,
  depthwise: boolean,
): Float32Array {
  const result = new Float32Array(data.length);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let i = 0; i < inputs; i++) {
        for (let o = 0; o < outputs; o++, at++) {
          const plane = depthwise ? i * outputs + o : o * inputs + i;
          result[(plane * height + y) * width + x] = data[at];
        }
      }
    }
  }
  return result;
}
