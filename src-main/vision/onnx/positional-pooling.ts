/**
 * Poolings that need positions. They have parameters, so they are appended to an installed graph when it is loaded,
 * with standard operators only, which every execution provider has or leaves to the processor.
 */
import { SemblanceError } from '../../contract/index.ts';
import {
  type AttentionWeights,
  checkedAttention,
  checkedLevels,
  type TapStatistic,
} from '../../descriptor/index.ts';
import { clampedMap } from './extraction-graph.ts';
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
import { keepOutputs } from './prune.ts';
import type { Graph, Model } from './schema.ts';

/** What is wanted of a tap. */
export interface TapRequest {
  name: string;
  statistic: TapStatistic;
}

/** First version of the standard operators with Softmax over one axis, and axes of ReduceSum as an input. */
const oldestOperatorSet = 13;

/**
 * The same graph with what is asked for, and nothing else, as outputs: power means [N, 7, C], pyramids
 * [N, C · Σ level²], attention [N, C], maps [N, C, H, W].
 * @param bytes an installed graph, as `extractionGraph` makes it
 * @param requests a tap may come several times
 * @returns the ONNX file, and for each request the name of its output
 * @throws SemblanceError `model-invalid` for other graphs and for taps that are not there, `invalid-arguments` for
 *   levels that are no whole numbers and weights of wrong size
 */
export function statisticsGraph(
  bytes: Uint8Array,
  requests: TapRequest[],
): { graph: Uint8Array; outputs: string[] } {
  const model = readModel(bytes);
  const outputs = requests.map((request, i) => append(model, request, `semblance/positional/${i}`));
  // Power means that are asked for twice are one output.
  keepOutputs(model.graph, [...new Set(outputs)]);
  return { graph: writeModel(model), outputs };
}

/** @returns name of the output, which is the given one except for power means, which are there already */
function append(model: Model, { name: tap, statistic }: TapRequest, output: string): string {
  if (statistic.kind === 'power-means') return tap;
  const { graph } = model;
  const map = mapOf(graph, tap);
  if (statistic.kind === 'map') {
    graph.node.push(node('Identity', [map], output));
    graph.output.push(valueInfo(output, 'float', ['N', `${output}/C`, `${output}/H`, `${output}/W`]));
    return output;
  }
  if (operatorSet(model) < oldestOperatorSet) {
    throw new SemblanceError(
      'model-invalid',
      `Pyramid and attention need ONNX operator set ${oldestOperatorSet} or newer. Export the model again.`,
    );
  }
  if (statistic.kind === 'pyramid') addPyramid(graph, map, checkedLevels(statistic.levels), output);
  else addAttention(graph, map, statistic.weights, output);
  graph.output.push(valueInfo(output, 'float', ['N', `${output}/length`]));
  return output;
}

/** Name of a tap's feature map in an installed graph: the first thing done to it there is to clamp it. */
function mapOf(graph: Graph, tap: string): string {
  const clamp = graph.node.find(({ op_type, output }) => op_type === 'Max' && output[0] === clampedMap(tap));
  if (clamp !== undefined) return clamp.input[0];
  throw new SemblanceError(
    'model-invalid',
    `The graph has no feature map for a tap '${tap}', as Semblance makes it. Install the model again.`,
  );
}

/**
 * The averages over all cells of all levels are two products, cells · map · cellsᵀ, of which the squares where both
 * sides belong to the same level are kept: what is computed in vain costs less than reading the map again.
 */
function addPyramid(graph: Graph, map: string, levels: number[], output: string): void {
  const own = (part: string) => `${output}/${part}`;
  const cells = levels.flatMap((level) => Array.from({ length: level }, (_, cell) => ({ level, cell })));
  graph.initializer.push(
    integers(
      own('level'),
      [cells.length, 1],
      cells.map(({ level }) => level),
    ),
    integers(
      own('cell'),
      [cells.length, 1],
      cells.map(({ cell }) => cell),
    ),
    integers(own('zero'), [], [0]),
    integers(own('one'), [], [1]),
    integers(own('last_axis'), [1], [1]),
    integers(own('by_channel'), [3], [0, 0, -1]),
    integers(own('flat'), [2], [0, -1]),
    integers(own('sides'), [2], [2, 3]),
  );
  graph.node.push(node('Shape', [map], own('shape')));
  addCells(graph, 2, own, own('rows'));
  addCells(graph, 3, own, own('columns'));
  graph.node.push(
    node('Transpose', [own('columns')], own('columns_down'), { perm: [1, 0] }),
    node('MatMul', [map, own('columns_down')], own('lines')),
    node('MatMul', [own('rows'), own('lines')], own('averages')),
  );
  const parts = levels.map((level, i) => {
    const from = levels.slice(0, i).reduce((sum, before) => sum + before, 0);
    const part = (name: string) => own(`${i}/${name}`);
    graph.initializer.push(
      integers(part('from'), [2], [from, from]),
      integers(part('to'), [2], [from + level, from + level]),
    );
    graph.node.push(
      node('Slice', [own('averages'), part('from'), part('to'), own('sides')], part('square')),
      node('Reshape', [part('square'), own('by_channel')], part('cells')),
    );
    return part('cells');
  });
  graph.node.push(
    node('Concat', parts, own('all_cells'), { axis: 2 }),
    node('Reshape', [own('all_cells'), own('flat')], output),
  );
}

/**
 * Weights of the positions along one side, of n positions, in each cell: [cells, n]; each cell's add up to 1. A cell
 * covers what it touches: in units in which the side is level · n long, cell i reaches from i · n to (i + 1) · n and
 * position x from x · level to (x + 1) · level. Whole numbers, because a device may round quotients either way.
 */
function addCells(graph: Graph, axis: number, own: (part: string) => string, weights: string): void {
  const part = (name: string) => `${weights}/${name}`;
  graph.initializer.push(integers(part('axis'), [], [axis]));
  graph.node.push(
    node('Gather', [own('shape'), part('axis')], part('size')),
    node('Range', [own('zero'), part('size'), own('one')], part('position')),
    node('Mul', [part('position'), own('level')], part('from')),
    node('Add', [part('from'), own('level')], part('to')),
    node('Mul', [own('cell'), part('size')], part('cell_from')),
    node('Add', [part('cell_from'), part('size')], part('cell_to')),
    node('Less', [part('from'), part('cell_to')], part('before_end')),
    node('Less', [part('cell_from'), part('to')], part('after_start')),
    node('And', [part('before_end'), part('after_start')], part('touched')),
    node('Cast', [part('touched')], part('covered'), { to: elementType.float }),
    node('ReduceSum', [part('covered'), own('last_axis')], part('count'), { keepdims: 1 }),
    node('Div', [part('covered'), part('count')], weights),
  );
}

function addAttention(graph: Graph, map: string, weights: AttentionWeights, output: string): void {
  const { hidden, channels, w1, b1, w2, b2 } = checkedAttention(weights, weights.channels);
  const own = (part: string) => `${output}/${part}`;
  graph.initializer.push(
    floats(own('w1'), [hidden, channels, 1, 1], w1),
    floats(own('b1'), [hidden], b1),
    floats(own('w2'), [1, hidden, 1, 1], w2),
    floats(own('b2'), [1], [b2]),
    integers(own('row'), [2], [0, -1]),
    integers(own('column'), [3], [0, -1, 1]),
    integers(own('by_position'), [3], [0, 0, -1]),
  );
  graph.node.push(
    node('Conv', [map, own('w1'), own('b1')], own('hidden')),
    node('Relu', [own('hidden')], own('active')),
    node('Conv', [own('active'), own('w2'), own('b2')], own('scores')),
    node('Reshape', [own('scores'), own('row')], own('score_row')),
    node('Softmax', [own('score_row')], own('shares'), { axis: 1 }),
    node('Reshape', [own('shares'), own('column')], own('share_column')),
    node('Reshape', [map, own('by_position')], own('positions')),
    node('MatMul', [own('positions'), own('share_column')], own('sum')),
    node('Reshape', [own('sum'), own('row')], output),
  );
}
