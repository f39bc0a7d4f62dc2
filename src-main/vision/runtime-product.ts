/** Matrix products in double precision by onnxruntime, which uses all cores and vector instructions. */
import * as ort from 'onnxruntime-node';
import type { Matrix, MatrixProduct } from '../descriptor/index.ts';
import { node, valueInfo, writeModel } from './onnx/model-file.ts';

function gemm(transposeA: boolean, transposeB: boolean): Uint8Array {
  return writeModel({
    ir_version: 8,
    producer_name: 'semblance',
    opset_import: [{ domain: '', version: 13 }],
    graph: {
      name: 'product',
      node: [node('Gemm', ['a', 'b'], 'product', { transA: Number(transposeA), transB: Number(transposeB) })],
      initializer: [],
      input: [valueInfo('a', 'double', ['I', 'J']), valueInfo('b', 'double', ['K', 'L'])],
      output: [valueInfo('product', 'double', ['M', 'N'])],
    },
  });
}

/** Gives a `MatrixProduct`, and a function that frees what it holds. */
export async function runtimeProduct(): Promise<{ product: MatrixProduct; release: () => Promise<void> }> {
  const variants = [0, 1, 2, 3].map((variant) => gemm((variant & 1) === 1, (variant & 2) === 2));
  const sessions = await Promise.all(variants.map((graph) => ort.InferenceSession.create(graph)));
  const input = ({ rows, columns, values }: Matrix) => new ort.Tensor('float64', values, [rows, columns]);
  const product: MatrixProduct = async (a, b, { transposeA = false, transposeB = false } = {}) => {
    const session = sessions[Number(transposeA) + 2 * Number(transposeB)];
    const result = (await session.run({ a: input(a), b: input(b) })).product;
    return { rows: result.dims[0], columns: result.dims[1], values: result.data as Float64Array };
  };
  return {
    product,
    release: async () => {
      await Promise.all(sessions.map((session) => session.release()));
    },
  };
}
