/** Turns the part of a TensorFlow Lite network that given taps need into a backbone. */
import { SemblanceError } from '../../contract/index.ts';
import { BackboneBuilder } from './backbone-builder.ts';
import type { Value, Weight } from './backbone-builder.ts';
import type { Table } from './flatbuffer-table.ts';
import { floatsOf, readTflite } from './tflite.ts';
import type { TfliteModel, TfliteOperator } from './tflite.ts';

/**
 * @param inputName tensor at which the backbone begins, with normalised pixels
 * @param taps name of each tap, and of the tensor that it is
 * @throws SemblanceError `model-invalid`
 */
export function lowerTflite(
  bytes: Uint8Array,
  inputName: string,
  taps: Record<string, string>,
): { builder: BackboneBuilder; outputs: Record<string, Value> } {
  const lowering = new Lowering(readTflite(bytes), inputName);
  const outputs = Object.fromEntries(Object.entries(taps).map(([tap, name]) => [tap, lowering.value(name)]));
  return { builder: lowering.builder, outputs };
}

class Lowering {
  readonly builder = new BackboneBuilder();
  readonly #model: TfliteModel;
  readonly #makers: Map<number, TfliteOperator>;
  readonly #values: Map<number, Value>;

  constructor(model: TfliteModel, inputName: string) {
    this.#model = model;
    this.#makers = new Map(
      model.operators.flatMap((maker) => maker.outputs.map((output) => [output, maker])),
    );
    this.#values = new Map([[this.#tensor(inputName), this.builder.input]]);
  }

  value(name: string): Value {
    return this.#lower(this.#tensor(name));
  }

  /** TensorFlow lists the names of fused operations with semicolons; the first is that of the value. */
  #tensor(name: string): number {
    const index = this.#model.tensors.findIndex((tensor) => tensor.name.split(';')[0] === name);
    if (index < 0)
      throw new SemblanceError('model-invalid', `The TensorFlow Lite file has no tensor '${name}'.`);
    return index;
  }

  #lower(tensor: number): Value {
    const known = this.#values.get(tensor);
    if (known !== undefined) return known;
    const maker = this.#makers.get(tensor);
    if (maker === undefined) {
      const { name } = this.#model.tensors[tensor];
      throw new SemblanceError('model-invalid', `The TensorFlow Lite file does not compute '${name}'.`);
    }
    const value = this.#build(maker);
    this.#values.set(tensor, value);
    return value;
  }

  /** A constant, also one that is stored in half precision behind a DEQUANTIZE; null for what is computed. */
  #constant(tensor: number): Weight | null {
    let source = this.#model.tensors[tensor];
    const maker = this.#makers.get(tensor);
    if (source.bytes.length === 0 && maker?.operator === 'DEQUANTIZE')
      source = this.#model.tensors[maker.inputs[0]];
    return source.bytes.length === 0 ? null : { shape: source.shape, data: floatsOf(source) };
  }

  #weight(tensor: number): Weight {
    const weight = this.#constant(tensor);
    if (weight?.shape.length === 4) return weight;
    throw new SemblanceError(
      'model-invalid',
      `The kernel '${this.#model.tensors[tensor].name}' is no constant.`,
    );
  }

  #build(maker: TfliteOperator): Value {
    const { operator, inputs, options } = maker;
    const first = () => this.#lower(inputs[0]);
    switch (operator) {
      case 'CONV_2D':
      case 'DEPTHWISE_CONV_2D':
        return this.#convolution(maker, optionsOf(maker));
      case 'ADD':
      case 'MUL':
        return this.#arithmetic(maker);
      case 'RELU':
        return this.builder.relu(first());
      case 'RELU6':
        return this.builder.relu6(first());
      case 'MAX_POOL_2D':
      case 'AVERAGE_POOL_2D':
        return this.#pool(maker, optionsOf(maker));
      case 'CONCATENATION': {
        const joined = this.builder.concatenate(inputs.map((input) => this.#lower(input)));
        return this.#activate(joined, options?.int8(1) ?? 0);
      }
      default:
        throw new SemblanceError('model-invalid', `The converter does not know the operator ${operator}.`);
    }
  }

  #convolution({ operator, inputs }: TfliteOperator, options: Table): Value {
    const depthwise = operator === 'DEPTHWISE_CONV_2D';
    const weight = this.#weight(inputs[1]);
    const bias = inputs.length > 2 && inputs[2] >= 0 ? this.#constant(inputs[2]) : null;
    const result = this.builder.convolution(
      this.#lower(inputs[0]),
      depthwise ? depthwiseWeight(weight) : outputsLast(weight),
      {
        stride: [options.int32(2, 1), options.int32(1, 1)],
        dilation: [options.int32(depthwise ? 6 : 5, 1), options.int32(depthwise ? 5 : 4, 1)],
        padding: paddingOf(options),
        depthwise,
      },
    );
    const shifted = bias === null ? result : this.builder.shift(result, bias.data, true);
    return this.#activate(shifted, options.int8(depthwise ? 4 : 3));
  }

  #arithmetic({ operator, inputs, options }: TfliteOperator): Value {
    const activation = options?.int8(0) ?? 0;
    const add = operator === 'ADD';
    const constants = inputs.map((input) => this.#constant(input));
    const at = constants.findIndex((constant) => constant !== null);
    if (at < 0) {
      const [a, b] = inputs.map((input) => this.#lower(input));
      return this.#activate(add ? this.builder.add(a, b) : this.builder.multiply(a, b), activation);
    }
    const { data } = constants[at]!;
    const value = this.#lower(inputs[1 - at]);
    return this.#activate(
      add ? this.builder.shift(value, data, false) : this.builder.scale(value, data),
      activation,
    );
  }

  #pool({ operator, inputs }: TfliteOperator, options: Table): Value {
    const pooled = this.builder.pool(
      this.#lower(inputs[0]),
      operator === 'MAX_POOL_2D' ? 'maximum' : 'mean',
      {
        kernel: [options.int32(4), options.int32(3)],
        stride: [options.int32(2), options.int32(1)],
        padding: paddingOf(options),
      },
    );
    return this.#activate(pooled, options.int8(5));
  }

  #activate(value: Value, activation: number): Value {
    if (activation === 0) return value;
    if (activation === 1) return this.builder.relu(value);
    if (activation === 3) return this.builder.relu6(value);
    throw new SemblanceError('model-invalid', `The converter does not know the activation ${activation}.`);
  }
}

function optionsOf({ operator, options }: TfliteOperator): Table {
  if (options === null) throw new SemblanceError('model-invalid', `An operator ${operator} has no options.`);
  return options;
}

function paddingOf(options: Table): 'SAME' | 'VALID' {
  return options.int8(0) === 0 ? 'SAME' : 'VALID';
}

/** From outputs, height, width, inputs. */
function outputsLast({ shape: [outputs, height, width, inputs], data }: Weight): Weight {
  const result = new Float32Array(data.length);
  const inner = height * width * inputs;
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inner; i++) result[i * outputs + o] = data[o * inner + i];
  }
  return { shape: [height, width, inputs, outputs], data: result };
}

/** TensorFlow Lite keeps 1, height, width, channels, which in memory is height, width, channels, 1. */
function depthwiseWeight({ shape: [, height, width, channels], data }: Weight): Weight {
  return { shape: [height, width, channels, 1], data };
}
