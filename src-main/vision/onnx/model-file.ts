/** Reading and writing ONNX files, and the small pieces that graphs are written from. */
import { SemblanceError } from '../../contract/index.ts';
import { modelMessage } from './schema.ts';
import type { Attribute, Integer, Model, Node, Tensor, ValueInfo } from './schema.ts';

/** Element types of tensors, as ONNX numbers them. */
export const elementType = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  half: 10,
  double: 11,
} as const;

/** @throws SemblanceError `model-invalid` */
export function readModel(bytes: Uint8Array): Model {
  let model: unknown;
  try {
    model = modelMessage.decode(bytes);
  } catch (cause) {
    throw new SemblanceError(
      'model-invalid',
      'This is not an ONNX file, or a damaged one. Install the model again.',
      {
        cause,
      },
    );
  }
  if (!isModel(model)) {
    throw new SemblanceError('model-invalid', 'The ONNX file holds no network. Install the model again.');
  }
  return model;
}

function isModel(value: unknown): value is Model {
  const graph: unknown = typeof value === 'object' && value !== null && 'graph' in value ? value.graph : null;
  return (
    typeof graph === 'object' &&
    graph !== null &&
    'node' in graph &&
    Array.isArray(graph.node) &&
    graph.node.length > 0
  );
}

/** The same model always gives the same bytes. */
export function writeModel(model: Model): Uint8Array {
  return modelMessage.encode(modelMessage.fromObject(model)).finish();
}

/** Version of the standard operators that a model uses. */
export function operatorSet(model: Model): number {
  const standard = model.opset_import.find(
    ({ domain }) => domain === undefined || domain === '' || domain === 'ai.onnx',
  );
  return standard === undefined ? 0 : Number(standard.version);
}

export function node(
  operator: string,
  input: string[],
  output: string,
  attributes: Record<string, Integer | Integer[] | string> = {},
): Node {
  return {
    op_type: operator,
    input,
    output: [output],
    name: output,
    attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  };
}

function attribute(name: string, value: Integer | Integer[] | string): Attribute {
  if (typeof value === 'string') return { name, type: 3, s: new TextEncoder().encode(value) };
  return Array.isArray(value) ? { name, type: 7, ints: value } : { name, type: 2, i: value };
}

export function tensor(
  name: string,
  dims: number[],
  type: keyof typeof elementType,
  data: Float32Array | Uint16Array | Int32Array | Int8Array | Uint8Array | BigInt64Array,
): Tensor {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, dims, data_type: elementType[type], raw_data: raw };
}

/** The numbers of a float tensor. @throws SemblanceError `model-invalid` for one of another type */
export function floatsOf({ name, data_type, raw_data, float_data = [] }: Tensor): Float32Array {
  if (data_type !== elementType.float) {
    throw new SemblanceError('model-invalid', `The model's '${name ?? ''}' is not in float32.`);
  }
  if (!raw_data || raw_data.length === 0) return Float32Array.from(float_data);
  // A copy, because numbers must lie at multiples of four.
  return new Float32Array(new Uint8Array(raw_data).buffer);
}

/** A float tensor; with no dims, a scalar. */
export function floats(name: string, dims: number[], values: Iterable<number>): Tensor {
  return tensor(name, dims, 'float', Float32Array.from(values));
}

/** A tensor of 64-bit whole numbers; with no dims, a scalar. */
export function integers(name: string, dims: number[], values: number[]): Tensor {
  return tensor(name, dims, 'int64', BigInt64Array.from(values, BigInt));
}

/** An input or output of a graph; dimensions with a name are free. */
export function valueInfo(
  name: string,
  type: keyof typeof elementType,
  dims: (number | string)[],
): ValueInfo {
  return {
    name,
    type: {
      tensor_type: {
        elem_type: elementType[type],
        shape: {
          dim: dims.map((dim) => (typeof dim === 'number' ? { dim_value: dim } : { dim_param: dim })),
        },
      },
    },
  };
}
