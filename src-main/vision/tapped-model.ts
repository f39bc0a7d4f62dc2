/** A network with taps, for looking at its feature maps themselves rather than indexing with it. */
import * as ort from './onnxruntime.ts';
import { SemblanceError } from '../contract/index.ts';
import type { TapStatistic } from '../descriptor/index.ts';
import type { Pixels } from './decode.ts';
import { type ExtractionPlan, extractionGraph, photoInput } from './onnx/extraction-graph.ts';
import { readModel } from './onnx/model-file.ts';
import { statisticsGraph } from './onnx/positional-pooling.ts';
import type { TapMap } from './vision-messages.ts';

export interface TapOutput extends TapMap {
  /** `statisticsPerChannel` rows of `channels` numbers, as the graph computes them. */
  powerMeans: Float32Array;
  /** height × width. */
  positions: number;
  /** What the plan asked for besides, as the graph computes it. */
  statistics: Float32Array[];
}

interface TappedPlan extends ExtractionPlan {
  taps: (ExtractionPlan['taps'][number] & { statistics?: TapStatistic[] })[];
}

export class TappedModel {
  readonly #session: ort.InferenceSession;
  /** Names of each tap's outputs: power means, the map, and what was asked for besides. */
  readonly #outputs: string[][];

  private constructor(session: ort.InferenceSession, outputs: string[][]) {
    this.#session = session;
    this.#outputs = outputs;
  }

  /** @throws SemblanceError `model-invalid`, or `invalid-arguments` for levels or weights that cannot be */
  static async load(model: Uint8Array, plan: TappedPlan): Promise<TappedModel> {
    const always: TapStatistic[] = [{ kind: 'power-means' }, { kind: 'map' }];
    const requests = plan.taps.map(({ name, statistics = [] }) =>
      [...always, ...statistics].map((statistic) => ({ name, statistic })),
    );
    const { graph, outputs } = statisticsGraph(extractionGraph(model, plan), requests.flat());
    let at = 0;
    const byTap = requests.map(({ length }) => outputs.slice(at, (at += length)));
    return new TappedModel(await ort.InferenceSession.create(graph), byTap);
  }

  /** @returns what each tap gives, in the order of the plan */
  async run({ data, width, height }: Pixels): Promise<TapOutput[]> {
    const photo = new ort.Tensor('uint8', data, [1, height, width, 3]);
    const results = await this.#session.run({ [photoInput]: photo });
    return this.#outputs.map((names) => {
      const [powerMeans, map, ...statistics] = names.map((name) => results[name]);
      const [, channels, rows, columns] = map.dims;
      return {
        powerMeans: powerMeans.data as Float32Array,
        map: map.data as Float32Array,
        channels,
        height: rows,
        width: columns,
        positions: rows * columns,
        statistics: statistics.map(({ data: values }) => values as Float32Array),
      };
    });
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/**
 * Name of the last activation within a layer of a network, by the path that exporters put into its values' names.
 * @throws SemblanceError `model-invalid`
 */
export function lastActivation(model: Uint8Array, layer: string): string {
  const { graph } = readModel(model);
  const last = graph.node.findLast(
    ({ op_type, output }) => ['Relu', 'Clip'].includes(op_type) && output[0].split('/').includes(layer),
  );
  if (last !== undefined) return last.output[0];
  throw new SemblanceError('model-invalid', `The model has no activation in a layer '${layer}'.`);
}

/** Name of the one input of a model. */
export function inputName(model: Uint8Array): string {
  const { graph } = readModel(model);
  const constants = new Set(graph.initializer.map(({ name }) => name));
  return graph.input.find(({ name }) => !constants.has(name))?.name ?? '';
}
