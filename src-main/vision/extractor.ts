/** The network on one thread: pixels become power means. */
import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
import { SemblanceError } from '../contract/index.ts';
import type { Pixels } from './decode.ts';
import { photoInput } from './onnx/extraction-graph.ts';
import { keepOutputs } from './onnx/prune.ts';

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

export class Extractor {
  readonly #session: ort.InferenceSession;
  readonly #taps: string[];

  private constructor(session: ort.InferenceSession, taps: string[]) {
    this.#session = session;
    this.#taps = taps;
  }

  /** @throws SemblanceError `model-invalid` */
  static async load(graphPath: string, taps: string[], threads: number): Promise<Extractor> {
    try {
      const graph = keepOutputs(readFileSync(graphPath), taps);
      return new Extractor(await ort.InferenceSession.create(graph, sessionOptions(threads)), taps);
    } catch (cause) {
      if (cause instanceof SemblanceError) throw cause;
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new SemblanceError('model-invalid', `The model cannot be loaded (${detail}). Install it again.`, {
        cause,
      });
    }
  }

  /** @returns for each tap, 7 × channels power means */
  async run({ data, width, height }: Pixels): Promise<Float32Array[]> {
    let outputs: ort.InferenceSession.OnnxValueMapType;
    try {
      outputs = await this.#session.run({
        [photoInput]: new ort.Tensor('uint8', data, [1, height, width, 3]),
      });
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new SemblanceError(
        'model-failed',
        `The model failed on this photo (${detail}). Use another model.`,
        { cause },
      );
    }
    return this.#taps.map((tap) => {
      const { data: values } = outputs[tap];
      if (values instanceof Float32Array) return values;
      throw new SemblanceError('model-invalid', `The tap '${tap}' gives no floats. Install the model again.`);
    });
  }
}
