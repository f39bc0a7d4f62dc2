/** Reads a TensorFlow Lite file: only what a float network needs (tensorflow/lite/schema/schema.fbs). */
import { SemblanceError } from '../../contract/index.ts';
import { Table } from './flatbuffer-table.ts';
import { fromHalf } from '../../descriptor/index.ts';

export interface TfliteTensor {
  name: string;
  shape: number[];
  /** 0 is float32, 1 is float16. */
  type: number;
  /** Empty unless it is a constant. */
  bytes: Uint8Array;
}

export interface TfliteOperator {
  operator: string;
  inputs: number[];
  outputs: number[];
  options: Table | null;
}

export interface TfliteModel {
  tensors: TfliteTensor[];
  operators: TfliteOperator[];
}

const operatorNames: Partial<Record<number, string>> = {
  0: 'ADD',
  1: 'AVERAGE_POOL_2D',
  2: 'CONCATENATION',
  3: 'CONV_2D',
  4: 'DEPTHWISE_CONV_2D',
  6: 'DEQUANTIZE',
  17: 'MAX_POOL_2D',
  18: 'MUL',
  19: 'RELU',
  21: 'RELU6',
};

/** @throws SemblanceError `model-invalid` */
export function readTflite(bytes: Uint8Array): TfliteModel {
  if (bytes.length < 8 || new TextDecoder().decode(bytes.subarray(4, 8)) !== 'TFL3') {
    throw new SemblanceError(
      'model-invalid',
      'This is not a TensorFlow Lite file. Run npm ci to install the source again.',
    );
  }
  try {
    return readTables(Table.root(bytes));
  } catch (cause) {
    if (cause instanceof SemblanceError) throw cause;
    throw new SemblanceError(
      'model-invalid',
      'The TensorFlow Lite file is damaged. Run npm ci to install the source again.',
      {
        cause,
      },
    );
  }
}

function readTables(model: Table): TfliteModel {
  const [graph] = model.tables(2);
  const buffers = model.tables(4);
  const operators = model.tables(1).map((code) => {
    // Numbers above 127 are in a second, wider field.
    const number = Math.max(code.int8(0), code.int32(3));
    return operatorNames[number] ?? `operator ${number}`;
  });
  return {
    tensors: graph.tables(0).map((tensor) => ({
      name: tensor.string(3),
      shape: tensor.ints(0),
      type: tensor.int8(1),
      bytes: buffers[tensor.int32(2)].bytes(0) ?? new Uint8Array(),
    })),
    operators: graph.tables(3).map((operator) => ({
      operator: operators[operator.int32(0)],
      inputs: operator.ints(1),
      outputs: operator.ints(2),
      options: operator.table(4),
    })),
  };
}

/** @throws SemblanceError `model-invalid` when the constant is no float tensor of its shape */
export function floatsOf({ name, shape, type, bytes }: TfliteTensor): Float32Array {
  const length = shape.reduce((product, dim) => product * dim, 1);
  if ((type !== 0 && type !== 1) || bytes.length !== length * (type === 0 ? 4 : 2)) {
    throw new SemblanceError(
      'model-invalid',
      `The constant '${name}' of the TensorFlow Lite file is no float tensor.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = (i: number) =>
    type === 0 ? view.getFloat32(4 * i, true) : fromHalf(view.getUint16(2 * i, true));
  return Float32Array.from({ length }, (_, i) => read(i));
}
