/** A network with taps, for looking at its feature maps themselves rather than indexing with it. */
import * as ort from 'onnxruntime-node';
import { SemblanceError } from '../contract/index.ts';
import type { Pixels } from './decode.ts';
import { type ExtractionPlan, extractionGraph, mapOutput, photoInput } from './onnx/extraction-graph.ts';
import { readModel } from './onnx/model-file.ts';

export interface TapOutput {
  /** `statisticsPerChannel` rows of `channels` numbers, as the graph computes them. */
  powerMeans: Float32Array;
  /** Channels × positions. */
  map: Float32Array;
  channels: number;
  positions: number;
}

export class TappedModel {
  readonly #session: ort.InferenceSession;
  readonly #taps: string[];

  private constructor(session: ort.InferenceSession, taps: string[]) {
    this.#session = session;
    this.#taps = taps;
  }

  /** @throws SemblanceError `model-invalid` */
  static async load(model: Uint8Array, plan: Omit<ExtractionPlan, 'maps'>): Promise<TappedModel> {
    const graph = extractionGraph(model, { ...plan, maps: true });
    const session = await ort.InferenceSession.create(graph);
    return new TappedModel(
      session,
      plan.taps.map(({ name }) => name),
    );
  }

  /** @returns what each tap gives, in the order of the plan */
  async run({ data, width, height }: Pixels): Promise<TapOutput[]> {
    const photo = new ort.Tensor('uint8', data, [1, height, width, 3]);
    const outputs = await this.#session.run({ [photoInput]: photo });
    return this.#taps.map((tap) => {
      const statistics = outputs[tap];
      const map = outputs[mapOutput(tap)];
      return {
        powerMeans: statistics.data as Float32Array,
        map: map.data as Float32Array,
        channels: map.dims[1],
        positions: map.dims[2] * map.dims[3],
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
