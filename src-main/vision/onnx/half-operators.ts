/** Which of the standard ONNX operators compute in half precision, and with which of their inputs. */

/** An operator's inputs that hold numbers of the picture's kind; all others are shapes, places and factors. */
type Slots = 'all' | number[];

/** Operators whose result depends on a few numbers, or is no larger than these. */
const halfOperators = new Map<string, Slots>([
  ...slots('all', [
    ...['Add', 'Sub', 'Mul', 'Div', 'Neg', 'Abs', 'Min', 'Max', 'Sum', 'Mean', 'Clip', 'Sqrt', 'Reciprocal'],
    ...['Exp', 'Log', 'Erf', 'Sin', 'Cos', 'Tanh', 'Floor', 'Ceil', 'Round', 'Sign', 'Identity', 'Concat'],
    ...['Relu', 'LeakyRelu', 'PRelu', 'ThresholdedRelu', 'Elu', 'Selu', 'Celu', 'Gelu', 'Mish', 'HardSwish'],
    ...['Sigmoid', 'HardSigmoid', 'Softplus', 'Softsign', 'Softmax', 'LogSoftmax', 'LRN', 'Einsum'],
    ...['Conv', 'ConvTranspose', 'Gemm', 'MatMul', 'BatchNormalization', 'LayerNormalization'],
    ...['MaxPool', 'AveragePool', 'GlobalMaxPool', 'Transpose', 'Flatten', 'DepthToSpace', 'SpaceToDepth'],
  ]),
  ...slots(
    [0],
    [
      ...['Reshape', 'Squeeze', 'Unsqueeze', 'Slice', 'Split', 'Gather', 'GatherElements', 'GatherND'],
      ...['Expand', 'Tile', 'Dropout', 'Trilu', 'ReduceMax', 'ReduceMin'],
    ],
  ),
  ...slots([0, 1], ['Pow']),
  ...slots([0, 2], ['Pad', 'ScatterElements', 'ScatterND']),
  ...slots([1, 2], ['Where']),
]);

/** Operators that add up along axes. */
const sums = ['ReduceMean', 'ReduceSum', 'ReduceSumSquare', 'ReduceL1', 'ReduceL2'];

/**
 * Operators that have no half precision, lose places of the picture by it, or add up a whole map: some devices add in
 * half precision too, where the sum over a picture larger than the one that a device was tried with may be too large.
 */
const singleOperators = new Set([
  ...['Resize', 'Upsample', 'CumSum', 'GridSample'],
  ...['GlobalAveragePool', 'GlobalLpPool', 'InstanceNormalization', 'GroupNormalization'],
  ...['LpNormalization', 'MeanVarianceNormalization', 'ReduceLogSum', 'ReduceLogSumExp', 'ReduceProd'],
]);

/** Operators that take half precision, and whose results are other than numbers of the picture's kind. */
const measures = new Map<string, Slots>([
  ...slots('all', ['Equal', 'Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual']),
  ...slots([0], ['Shape', 'Size', 'ArgMax', 'ArgMin']),
]);

function slots(which: Slots, operators: string[]): [string, Slots][] {
  return operators.map((operator) => [operator, which]);
}

/** How an operator computes. */
export type Handling = { kind: 'half' | 'measure'; slots: Slots } | { kind: 'single' };

/**
 * @param axes how many axes a sum is taken along; null where that is not known
 * @returns null for an operator that is not known here
 */
export function handlingOf(operator: string, axes: number | null): Handling | null {
  // Along one axis, as in a layer normalisation that is written out, there is little to add up.
  if (sums.includes(operator)) return axes === 1 ? { kind: 'half', slots: [0] } : { kind: 'single' };
  if (singleOperators.has(operator)) return { kind: 'single' };
  const half = halfOperators.get(operator);
  if (half !== undefined) return { kind: 'half', slots: half };
  const measure = measures.get(operator);
  return measure === undefined ? null : { kind: 'measure', slots: measure };
}
