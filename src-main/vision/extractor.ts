/** The network on one thread: pixels become statistics of feature maps. */
import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
import { SemblanceError } from '../contract/index.ts';
import type { Pixels } from './decode.ts';
import { photoInput } from './onnx/extraction-graph.ts';
import { statisticsGraph, type TapRequest } from './onnx/positional-pooling.ts';

/**
 * Small activations to the tenth power are denormal numbers, which on many processors cost a hundred times more than
 * zero. The setting changes the arithmetic of the calling thread too, so it is for a thread of its own. Idle threads
 * must not spin, since the other cores decode.
 */
function sessionOptions(threads: number): ort.InferenceSession.SessionOptions {
  return {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    extra: { session: { set_denormal_as_zero: '1', intra_op: { allow_spinning: '0' } } },
  };
}

/** What the network gives for one request. */
export interface TapResult {
  values: Float32Array;
  /** Shape of the values, of which the first is 1, the number of photos. */
  dims: readonly number[];
}

export class Extractor {
  readonly #session: ort.InferenceSession;
  /** Names of the outputs, one a request. */
  readonly #outputs: string[];

  private constructor(session: ort.InferenceSession, outputs: string[]) {
    this.#session = session;
    this.#outputs = outputs;
  }

  /** @throws SemblanceError of `statisticsGraph` */
  static async load(graphPath: string, requests: TapRequest[], threads: number): Promise<Extractor> {
    try {
      const { graph, outputs } = statisticsGraph(readFileSync(graphPath), requests);
      return new Extractor(await ort.InferenceSession.create(graph, sessionOptions(threads)), outputs);
    } catch (cause) {
      if (cause instanceof SemblanceError) throw cause;
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new SemblanceError('model-invalid', `The model cannot be loaded (${detail}). Install it again.`, {
        cause,
      });
    }
  }

  /**
   * @param wanted places of the requests whose results are wanted; all when left out
   * @returns one result for each, in their order
   */
  async run({ data, width, height }: Pixels, wanted?: number[]): Promise<TapResult[]> {
    const names = wanted?.map((place) => this.#outputs[place]) ?? this.#outputs;
    let outputs: ort.InferenceSession.OnnxValueMapType;
    try {
      outputs = await this.#session.run(
        { [photoInput]: new ort.Tensor('uint8', data, [1, height, width, 3]) },
        [...new Set(names)],
      );
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new SemblanceError(
        'model-failed',
        `The model failed on this photo (${detail}). Use another model.`,
        { cause },
      );
    }
    return names.map((name) => {
      const { data: values, dims } = outputs[name];
      if (values instanceof Float32Array) return { values, dims };
      throw new SemblanceError(
        'model-invalid',
        `The model's '${name}' is no float. Install the model again.`,
      );
    });
  }
}
