/**
 * Puts a network into eight-bit whole numbers (static, QDQ: a value is quantised and dequantised wherever it passes, and
 * the runtime computes between the two in whole numbers). Weights have a step for each output channel and are symmetric,
 * activations have one step and an offset each (Jacob et al., CVPR 2018; Krishnamoorthi, arXiv:1806.08342).
 */
import { floats, floatsOf, tensor } from './model-file.ts';
import type { Graph, Model, Node, Tensor } from './schema.ts';

/** What a value spans on photos. */
export interface ValueRange {
  least: number;
  most: number;
}

/**
 * Bits of a weight: processors that add products of bytes in sixteen bits overflow with eight, and are right with seven.
 */
export type WeightBits = 7 | 8;

/** The runtime's own operators, which any operator set goes together with, and which have a step for each channel. */
const domain = 'com.microsoft';

interface Plan {
  /** Values that pass as bytes, in the order of computing. */
  values: string[];
  /** Values whose bytes are those of another one: pooling by maximum changes none. */
  sameAs: Map<string, string>;
  /** Multiplications with constant weights whose other input passes as bytes. */
  weighted: Node[];
}

/** Names of the values of a network, without batch normalisation, whose range on photos must be known. */
export function valuesToCalibrate(model: Model): string[] {
  const { values, sameAs } = planOf(model.graph);
  return values.filter((value) => !sameAs.has(value));
}

function planOf(graph: Graph): Plan {
  const constants = new Map(graph.initializer.map((constant) => [constant.name ?? '', constant]));
  const outputs = new Set(graph.output.map(({ name }) => name));
  const readers = new Map<string, Node[]>();
  for (const each of graph.node) {
    for (const name of each.input) readers.set(name, [...(readers.get(name) ?? []), each]);
  }
  /** Behind an activation that bytes include by their range, where that is all that happens to a value. */
  const activated = (value: string): string => {
    const all = readers.get(value) ?? [];
    const only = all.length === 1 && !outputs.has(value) ? all[0] : null;
    return only && ['Relu', 'Clip'].includes(only.op_type) ? only.output[0] : value;
  };
  const passing = new Set<string>();
  const sameAs = new Map<string, string>();
  const weighted: Node[] = [];
  for (const each of graph.node) {
    const { op_type: operator, input, output } = each;
    const [x, weight] = input;
    const dims = constants.get(weight)?.dims.length ?? 0;
    const isBiasConstant = input.length < 3 || constants.has(input[2]);
    if (operator === 'Conv' && dims === 4 && isBiasConstant) {
      passing.add(x).add(activated(output[0]));
      weighted.push(each);
    } else if (operator === 'MatMul' && dims === 2 && !constants.has(x)) {
      passing.add(x);
      weighted.push(each);
    } else if (['Add', 'Concat'].includes(operator) && input.every((name) => passing.has(name))) {
      passing.add(activated(output[0]));
    } else if (operator === 'MaxPool' && passing.has(x)) {
      passing.add(output[0]);
      sameAs.set(output[0], sameAs.get(x) ?? x);
    }
  }
  for (const name of outputs) passing.delete(name);
  return { values: [...passing], sameAs, weighted };
}

interface Step {
  scale: number;
  zero: number;
}

/** @param ranges of all that `valuesToCalibrate` names */
export function quantise(model: Model, ranges: ReadonlyMap<string, ValueRange>, bits: WeightBits): void {
  const { graph } = model;
  const { values, sameAs, weighted } = planOf(graph);
  const steps = new Map<string, Step>();
  for (const value of values) {
    const range = ranges.get(sameAs.get(value) ?? value);
    if (range) steps.set(value, stepOf(range));
  }
  const constants = new Map(graph.initializer.map((constant) => [constant.name ?? '', constant]));
  const before = new Map<Node, Node[]>();
  for (const each of weighted) {
    const step = steps.get(each.input[0]);
    if (step) before.set(each, quantiseWeights(graph, constants, each, step, bits));
  }
  const renamed = new Map<string, string>();
  const nodes: Node[] = [];
  const passAsBytes = (value: string): void => {
    const step = steps.get(value);
    if (!step) return;
    const [scale, zero, bytes, back] = ['step', 'zero', 'bytes', 'back'].map((part) => `${value}/${part}`);
    graph.initializer.push(
      floats(scale, [], [step.scale]),
      tensor(zero, [], 'uint8', Uint8Array.of(step.zero)),
    );
    nodes.push(
      runtimeNode('QuantizeLinear', [value, scale, zero], bytes),
      runtimeNode('DequantizeLinear', [bytes, scale, zero], back),
    );
    renamed.set(value, back);
  };
  for (const { name } of graph.input) passAsBytes(name);
  for (const each of graph.node) {
    each.input = each.input.map((name) => renamed.get(name) ?? name);
    nodes.push(...(before.get(each) ?? []), each);
    for (const value of each.output) passAsBytes(value);
  }
  graph.node = nodes;
  if (!model.opset_import.some((set) => set.domain === domain)) {
    model.opset_import.push({ domain, version: 1 });
  }
  const used = new Set(graph.node.flatMap(({ input }) => input));
  graph.initializer = graph.initializer.filter(({ name }) => used.has(name ?? ''));
}

/** Zero must be exact, since it is what pads a picture and what an activation cuts off. */
function stepOf({ least, most }: ValueRange): Step {
  const low = Math.min(0, least);
  const high = Math.max(0, most);
  const scale = Math.max((high - low) / 255, 1e-12);
  return { scale, zero: Math.round(-low / scale) };
}

/** The nodes that make a multiplication's weights out of bytes; the node is changed in place to take them. */
function quantiseWeights(
  graph: Graph,
  constants: ReadonlyMap<string, Tensor>,
  multiplication: Node,
  { scale: inputScale }: Step,
  bits: WeightBits,
): Node[] {
  const [x, weightName, biasName] = multiplication.input;
  const weight = constants.get(weightName);
  if (!weight) return [];
  const isConvolution = multiplication.op_type === 'Conv';
  const dims = weight.dims.map(Number);
  const axis = isConvolution ? 0 : dims.length - 1;
  const channels = dims[axis];
  const values = floatsOf(weight);
  const channelOf = isConvolution
    ? (i: number) => Math.floor(i / (values.length / channels))
    : (i: number) => i % channels;
  const biasTensor = biasName ? constants.get(biasName) : undefined;
  const bias = biasTensor ? floatsOf(biasTensor) : undefined;
  const most = 2 ** (bits - 1) - 1;
  const scales = new Float32Array(channels);
  values.forEach((value, i) => {
    const channel = channelOf(i);
    scales[channel] = Math.max(scales[channel], Math.abs(value) / most);
  });
  // A bias is a whole number of products of both steps, and has 32 bits.
  scales.forEach((scale, channel) => {
    const forBias = Math.abs(bias?.[channel] ?? 0) / (inputScale * 2 ** 30);
    scales[channel] = Math.max(scale, forBias, 1e-12);
  });
  const own = (part: string) => `${multiplication.output[0]}/${part}`;
  const wholes = Int8Array.from(values, (value, i) => Math.round(value / scales[channelOf(i)]));
  graph.initializer.push(
    floats(own('weight_step'), [channels], scales),
    tensor(own('weight_zero'), [channels], 'int8', new Int8Array(channels)),
    tensor(own('weight_bytes'), dims, 'int8', wholes),
  );
  const nodes = [
    runtimeNode(
      'DequantizeLinear',
      [own('weight_bytes'), own('weight_step'), own('weight_zero')],
      own('weight'),
      axis,
    ),
  ];
  multiplication.input = [x, own('weight')];
  if (bias) {
    const steps = scales.map((scale) => scale * inputScale);
    const biasWholes = Int32Array.from(bias, (value, channel) => Math.round(value / steps[channel]));
    graph.initializer.push(
      floats(own('bias_step'), [channels], steps),
      tensor(own('bias_zero'), [channels], 'int32', new Int32Array(channels)),
      tensor(own('bias_wholes'), [channels], 'int32', biasWholes),
    );
    nodes.push(
      runtimeNode(
        'DequantizeLinear',
        [own('bias_wholes'), own('bias_step'), own('bias_zero')],
        own('bias'),
        0,
      ),
    );
    multiplication.input.push(own('bias'));
  }
  return nodes;
}

function runtimeNode(operator: string, input: string[], output: string, axis?: number): Node {
  const attribute = axis === undefined ? [] : [{ name: 'axis', type: 2, i: axis }];
  return { op_type: operator, domain, input, output: [output], name: output, attribute };
}
