/**
 * Edits a model once, when it is installed: pixels in, power means out, so that neither pixels nor feature maps
 * are ever touched by JavaScript, and a GPU does it all (design.md §3.1).
 */
import { SemblanceError } from '../../contract/index.ts';
import { activationFloor, powerMeanNodes, statisticsPerChannel } from '../../descriptor/index.ts';
import {
  elementType,
  floats,
  integers,
  node,
  operatorSet,
  readModel,
  valueInfo,
  writeModel,
} from './model-file.ts';
import { dropUnused } from './prune.ts';
import type { Graph, Node } from './schema.ts';

/** A value in a graph that becomes a feature map. */
export interface TapPlan {
  name: string;
  /** Name of the value: float [N, C, H, W] after activation, or tokens [N, T, C]. */
  value: string;
  /** Whether it goes below zero: it is then taken as 2 · C channels, what is above zero and what is below. */
  isSigned?: boolean;
  /** For transformers: which of the tokens, the patches as a grid or the class token as a map of one position. */
  tokens?: {
    part: 'patches' | 'class';
    /** Tokens before the first patch. */
    extra: number;
    /** Side of a patch in pixels. */
    patch: number;
  } | null;
}

/** How a model is to be read. */
export interface ExtractionPlan {
  /** Name of the model's input, float [N, 3, H, W], or [N, H, W, 3] by the layout. */
  input: string;
  layout?: 'nchw' | 'nhwc';
  /** Where the model takes no other size, the size that photos are stretched to. */
  size?: { width: number; height: number } | null;
  /** Per RGB channel; the model sees (pixel / range − mean) / deviation. */
  mean: number[];
  deviation: number[];
  /** 255 for models that expect 0 … 1 before mean and deviation. */
  range: number;
  taps: TapPlan[];
}

/** Name of the edited graph's input: uint8 [N, H, W, 3], RGB. */
export const photoInput = 'photo';

/** Name of the value that is a tap's feature map after the floor; it is made from the map and nothing else. */
export function clampedMap(tap: string): string {
  return `${prefix}/${tap}/clamped`;
}

/** The node of an edited graph that makes the normalised picture, from which the network goes on. */
export function pictureMaker({ node: nodes }: Graph): Node | undefined {
  return nodes.find(({ input }) => input.includes(normalisedRestName));
}

/** First version of the standard operators in which all that is added here exists; for sizes and tokens, too. */
const oldestOperatorSet = 8;
const oldestForTokens = 11;

/**
 * @returns the edited ONNX file: for each tap an output of its name, float [N, 7, C]: GeM at each of
 *   `powerMeanNodes`, then the maximum
 * @throws SemblanceError `model-invalid`
 */
export function extractionGraph(bytes: Uint8Array, plan: ExtractionPlan): Uint8Array {
  const model = readModel(bytes);
  const { graph } = model;
  const needsMore = Boolean(plan.size) || plan.taps.some(({ tokens }) => tokens);
  const oldest = needsMore ? oldestForTokens : oldestOperatorSet;
  if (operatorSet(model) < oldest) {
    throw new SemblanceError(
      'model-invalid',
      `The model needs ONNX operator set ${oldest} or newer. Export it again.`,
    );
  }
  const constants = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.filter(({ name }) => !constants.has(name));
  if (inputs.length !== 1 || inputs[0].name !== plan.input) {
    throw new SemblanceError(
      'model-invalid',
      `The model should have one input '${plan.input}', but has: ${inputs.map(({ name }) => name).join(', ')}.`,
    );
  }
  const values = new Set(graph.node.flatMap(({ output }) => output));
  for (const { value } of plan.taps) {
    if (!values.has(value))
      throw new SemblanceError('model-invalid', `The model has no feature map '${value}'.`);
  }

  if (plan.taps.some(({ name }) => name === photoInput)) {
    throw new SemblanceError('model-invalid', `A tap cannot be called '${photoInput}'. Name it otherwise.`);
  }
  const taken = new Set([photoInput, ...plan.taps.map(({ name }) => name)]);
  const inside = (name: string) => (taken.has(name) ? `${prefix}/model/${name}` : name);
  renameValues(graph, inside);

  graph.input = [
    valueInfo(photoInput, 'uint8', ['N', 'H', 'W', 3]),
    ...graph.input.filter(({ name }) => constants.has(name)),
  ];
  graph.output = [];
  addNormalisation(graph, { ...plan, input: inside(plan.input) });
  graph.initializer.push(floats(floorName, [], [activationFloor]));
  graph.initializer.push(integers(rowsName, [3], [0, statisticsPerChannel, -1]));
  for (const p of powerMeanNodes) graph.initializer.push(floats(rootName(p), [], [1 / p]));
  for (const tap of plan.taps) {
    const value = addMap(graph, { ...tap, value: inside(tap.value) });
    addPowerMeans(graph, { name: tap.name, value });
  }
  dropUnused(graph);
  return writeModel(model);
}

// What is added must not clash with the model's own names.
const prefix = 'semblance';
const floorName = `${prefix}/floor`;
const rowsName = `${prefix}/rows`;
const normalisedRestName = `${prefix}/normalised_rest`;
const rootName = (p: number) => `${prefix}/root${p}`;

/** Renames the model's own values, in place, where their names are wanted for the outputs. */
function renameValues(graph: Graph, rename: (name: string) => string): void {
  for (const constant of graph.initializer) constant.name = rename(constant.name ?? '');
  for (const each of graph.node) {
    each.input = each.input.map(rename);
    each.output = each.output.map(rename);
    each.name = rename(each.name ?? '');
    for (const { g, graphs } of each.attribute) {
      for (const inner of [...(g ? [g] : []), ...(graphs ?? [])]) {
        renameValues(inner, rename);
        for (const output of inner.output) output.name = rename(output.name);
      }
    }
  }
}

/**
 * (pixel / range − mean) / deviation, as exact as if computed in double precision and rounded once: channels that
 * are all but dead show every rounding of the input. Factor and offset are each split into a coarse part, with
 * which single precision computes exactly, and the small rest.
 *
 * Nodes go first, because a graph is listed in the order of computing.
 */
function addNormalisation(
  graph: Graph,
  { input, mean, deviation, range, layout = 'nchw', size = null }: ExtractionPlan,
): void {
  const factor = deviation.map((value) => 1 / (value * range));
  const offset = mean.map((value, i) => -value / deviation[i]);
  const largest = Math.max(...factor.map((value, i) => 255 * Math.abs(value) + Math.abs(offset[i])));
  const step = 2 ** (Math.ceil(Math.log2(largest)) - significandBits);
  const coarse = (values: number[]) => values.map((value) => Math.round(value / step) * step);
  const rest = (values: number[]) => coarse(values).map((value, i) => values[i] - value);
  const perChannel = [1, 3, 1, 1];
  const own = (part: string) => `${prefix}/${part}`;
  const networkInput = layout === 'nhwc' ? pictureName : input;
  if (layout === 'nchw') graph.node.unshift(node('Identity', [input], pictureName));
  if (size) {
    graph.initializer.push(
      floats(own('no_region'), [0], []),
      floats(own('no_factors'), [0], []),
      integers(own('size'), [4], [1, 3, size.height, size.width]),
    );
  }
  graph.initializer.push(
    floats(own('factor'), perChannel, coarse(factor)),
    floats(own('factor_rest'), perChannel, rest(factor)),
    floats(own('offset'), perChannel, coarse(offset)),
    floats(own('offset_rest'), perChannel, rest(offset)),
  );
  graph.node.unshift(
    // Transposed while the pixels are bytes, which moves a quarter of the memory.
    node('Transpose', [photoInput], own('planes'), { perm: [0, 3, 1, 2] }),
    node('Cast', [own('planes')], size ? own('own_size') : own('pixels'), { to: elementType.float }),
    ...(size
      ? [
          node('Resize', [own('own_size'), own('no_region'), own('no_factors'), own('size')], own('pixels'), {
            mode: 'linear',
            coordinate_transformation_mode: 'half_pixel',
          }),
        ]
      : []),
    node('Mul', [own('pixels'), own('factor')], own('scaled')),
    node('Add', [own('scaled'), own('offset')], own('normalised')),
    node('Mul', [own('pixels'), own('factor_rest')], own('scaled_rest')),
    node('Add', [own('scaled_rest'), own('offset_rest')], normalisedRestName),
    node('Add', [own('normalised'), normalisedRestName], networkInput),
    ...(layout === 'nhwc' ? [node('Transpose', [networkInput], input, { perm: [0, 2, 3, 1] })] : []),
  );
}

/** The picture as the network sees it, [N, 3, H, W], whatever the layout of its input. */
const pictureName = `${prefix}/picture`;

/** @returns name of a tap's feature map [N, C, H, W], made from tokens or from values with a sign where it has to be */
function addMap(graph: Graph, { name, value, isSigned = false, tokens = null }: TapPlan): string {
  const own = (part: string) => `${prefix}/${name}/${part}`;
  const map = tokens ? addTokenGrid(graph, name, value, tokens) : value;
  if (!isSigned) return map;
  graph.node.push(
    node('Relu', [map], own('above')),
    node('Neg', [map], own('negated')),
    node('Relu', [own('negated')], own('below')),
    node('Concat', [own('above'), own('below')], own('signed'), { axis: 1 }),
  );
  return own('signed');
}

/** Tokens [N, T, C] as a map [N, C, rows, columns]; how many of each there are follows from the picture. */
function addTokenGrid(
  graph: Graph,
  name: string,
  value: string,
  { part, extra, patch }: NonNullable<TapPlan['tokens']>,
): string {
  const own = (what: string) => `${prefix}/${name}/${what}`;
  const [from, to] = part === 'class' ? [0, 1] : [extra, Number.MAX_SAFE_INTEGER];
  graph.initializer.push(
    integers(own('from'), [1], [from]),
    integers(own('to'), [1], [to]),
    integers(own('axis'), [1], [1]),
    integers(own('unchanged'), [2], [0, -1]),
  );
  graph.node.push(
    node('Slice', [value, own('from'), own('to'), own('axis')], own('tokens')),
    node('Transpose', [own('tokens')], own('columns'), { perm: [0, 2, 1] }),
  );
  if (part === 'class') graph.initializer.push(integers(own('grid'), [2], [1, 1]));
  else {
    graph.initializer.push(integers(own('sides'), [2], [2, 3]), integers(own('patch'), [], [patch]));
    graph.node.push(
      node('Shape', [pictureName], own('shape')),
      node('Gather', [own('shape'), own('sides')], own('picture')),
      node('Div', [own('picture'), own('patch')], own('grid')),
    );
  }
  graph.node.push(
    node('Concat', [own('unchanged'), own('grid')], own('map_shape'), { axis: 0 }),
    node('Reshape', [own('columns'), own('map_shape')], own('map')),
  );
  return own('map');
}

/** Of single precision. */
const significandBits = 24;

/**
 * Powers by multiplication, for Pow is slow on whole maps, and relative to the channel's maximum, so that x¹⁰
 * neither vanishes nor overflows; a dead channel comes out as exactly the floor.
 */
function addPowerMeans(graph: Graph, { name, value }: { name: string; value: string }): void {
  const own = (part: string) => `${prefix}/${name}/${part}`;
  const power = (p: number) => own(`x${p}`);
  graph.node.push(
    node('Max', [value, floorName], clampedMap(name)),
    node('GlobalMaxPool', [clampedMap(name)], own('peak')),
    node('Div', [clampedMap(name), own('peak')], power(1)),
    node('Mul', [power(1), power(1)], power(2)),
    node('Mul', [power(2), power(1)], power(3)),
    node('Mul', [power(2), power(2)], power(4)),
    node('Mul', [power(3), power(3)], power(6)),
    node('Mul', [power(6), power(4)], power(10)),
  );
  for (const p of powerMeanNodes) {
    graph.node.push(
      node('GlobalAveragePool', [power(p)], own(`mean${p}`)),
      node('Pow', [own(`mean${p}`), rootName(p)], own(`relative${p}`)),
      node('Mul', [own(`relative${p}`), own('peak')], own(`gem${p}`)),
    );
  }
  const rows = [...powerMeanNodes.map((p) => own(`gem${p}`)), own('peak')];
  graph.node.push(
    node('Concat', rows, own('statistics'), { axis: 1 }),
    node('Reshape', [own('statistics'), rowsName], name),
  );
  graph.output.push(valueInfo(name, 'float', ['N', statisticsPerChannel, `${name}_C`]));
}
