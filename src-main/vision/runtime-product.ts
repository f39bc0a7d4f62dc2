/** Matrix products by onnxruntime, which uses all cores and vector instructions. */
import * as ort from './onnxruntime.ts';
import { uninterrupted } from '../contract/end-worker.ts';
import type { Matrix, MatrixProduct, Values } from '../descriptor/index.ts';
import { node, valueInfo, writeModel } from './onnx/model-file.ts';

type Precision = 'float' | 'double';

function gemm(precision: Precision, transposeA: boolean, transposeB: boolean): Uint8Array {
  return writeModel({
    ir_version: 8,
    producer_name: 'semblance',
    opset_import: [{ domain: '', version: 13 }],
    graph: {
      name: 'product',
      node: [node('Gemm', ['a', 'b'], 'product', { transA: Number(transposeA), transB: Number(transposeB) })],
      initializer: [],
      input: [valueInfo('a', precision, ['I', 'J']), valueInfo('b', precision, ['K', 'L'])],
      output: [valueInfo('product', precision, ['M', 'N'])],
    },
  });
}

function tensor({ rows, columns, values }: Matrix<Values>): ort.Tensor {
  const dims = [rows, columns];
  return values instanceof Float64Array
    ? new ort.Tensor('float64', values, dims)
    : new ort.Tensor('float32', values, dims);
}

/**
 * Gives a `MatrixProduct`, and a function that frees what it holds.
 * @param threads by default as many as there are cores
 */
export function runtimeProduct({ threads }: { threads?: number } = {}): {
  product: MatrixProduct;
  release: () => Promise<void>;
} {
  const options: ort.InferenceSession.SessionOptions = {
    ...(threads !== undefined && { intraOpNumThreads: threads }),
    // Each session has threads of its own; those that spin while others work take their time (measured: a third).
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
  const sessions = new Map<string, Promise<ort.InferenceSession>>();
  const sessionFor = (precision: Precision, transposeA: boolean, transposeB: boolean) => {
    const key = `${precision} ${transposeA} ${transposeB}`;
    const known = sessions.get(key);
    if (known) return known;
    const graph = gemm(precision, transposeA, transposeB);
    const made = uninterrupted(() => ort.InferenceSession.create(graph, options));
    sessions.set(key, made);
    return made;
  };
  const product: MatrixProduct = async <V extends Values>(
    a: Matrix<V>,
    b: Matrix<V>,
    { transposeA = false, transposeB = false } = {},
  ) => {
    const precision = a.values instanceof Float64Array ? 'double' : 'float';
    const session = await sessionFor(precision, transposeA, transposeB);
    const { product: result } = await uninterrupted(() => session.run({ a: tensor(a), b: tensor(b) }));
    return { rows: result.dims[0], columns: result.dims[1], values: result.data as V };
  };
  return {
    product,
    release: async () => {
      await Promise.all(
        [...sessions.values()].map(async (made) => {
          const session = await made;
          await uninterrupted(() => session.release());
        }),
      );
    },
  };
}
