/**
 * The network on one thread: pixels become statistics of feature maps. The session has these as its only outputs, so no
 * feature map comes back from a device, unless maps are what is asked for. Each result is new memory, because the
 * runtime is no faster where it writes into tensors made beforehand (measured on cpu and webgpu), and because what
 * `preferredOutputLocation` leaves on a device has to be read from there anyway, which ends the process in 1.30.
 */
import { readFileSync } from 'node:fs';
import * as ort from './onnxruntime.ts';
import { messageOf, type Precision, SemblanceError } from '../contract/index.ts';
import type { Pixels } from './decode.ts';
import type { DeviceTurn } from './device-turn.ts';
import { processor } from './devices.ts';
import { photoInput } from './onnx/extraction-graph.ts';
import { halfPrecisionGraph } from './onnx/half-precision.ts';
import { statisticsGraph, type TapRequest } from './onnx/positional-pooling.ts';

/**
 * Small activations to the tenth power are denormal numbers, which on many processors cost a hundred times more than
 * zero. The setting changes the arithmetic of the calling thread too, so it is for a thread of its own. Idle threads
 * must not spin, since the other cores decode.
 */
export function sessionOptions(threads: number): ort.InferenceSession.SessionOptions {
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

/** Makes a session; tests have sessions that fail. */
export type CreateSession = (
  graph: Uint8Array,
  options: ort.InferenceSession.SessionOptions,
) => Promise<Pick<ort.InferenceSession, 'run' | 'release'>>;

export interface ExtractorOptions {
  threads: number;
  /** The processor by default. */
  provider?: string;
  /** Of another device than the processor, which computes in single precision always. */
  precision?: Precision;
  create?: CreateSession;
  /** Kept to wherever another device than the processor is used. */
  turn?: DeviceTurn;
  /** Told once, and why, when another device than the processor has failed and the processor goes on. */
  onFallback?: (detail: string) => void;
}

const createSession: CreateSession = (graph, options) => ort.InferenceSession.create(graph, options);

export class Extractor {
  /** Makes the graph anew in a precision: kept, it would take as much memory as the network itself. */
  readonly #make: (precision: Precision) => Uint8Array;
  /** Names of the outputs, one a request. */
  readonly #outputs: string[];
  readonly #options: ExtractorOptions;
  #session: Awaited<ReturnType<CreateSession>> | null = null;
  #isProcessor: boolean;
  #isClosed = false;
  #fallen: Promise<Awaited<ReturnType<CreateSession>>> | null = null;

  private constructor(
    make: (precision: Precision) => Uint8Array,
    outputs: string[],
    options: ExtractorOptions,
  ) {
    this.#make = make;
    this.#outputs = outputs;
    this.#options = options;
    this.#isProcessor = (options.provider ?? processor) === processor;
  }

  /** @throws SemblanceError of `statisticsGraph`, and `model-invalid` when not even the processor can load it */
  static async load(
    graphPath: string,
    requests: TapRequest[],
    options: ExtractorOptions,
  ): Promise<Extractor> {
    try {
      const graphOf = (precision: Precision) => {
        const graph = readFileSync(graphPath);
        return statisticsGraph(precision === 'half' ? halfPrecisionGraph(graph) : graph, requests);
      };
      const { graph, outputs } = graphOf('single');
      const extractor = new Extractor((precision) => graphOf(precision).graph, outputs, options);
      await extractor.#open(extractor.#isHalf ? undefined : graph);
      return extractor;
    } catch (cause) {
      if (cause instanceof SemblanceError) throw cause;
      throw new SemblanceError(
        'model-invalid',
        `The model cannot be loaded (${messageOf(cause)}). Install it again.`,
        { cause },
      );
    }
  }

  /** @param graph where it has been made already */
  async #open(graph?: Uint8Array): Promise<Awaited<ReturnType<CreateSession>>> {
    const { threads, provider = processor, create = createSession } = this.#options;
    const opened = async () =>
      create(graph ?? this.#make(this.#isHalf ? 'half' : 'single'), {
        ...sessionOptions(threads),
        executionProviders: [this.#isProcessor ? processor : provider],
      });
    const session = await this.#inTurn(opened).catch((cause: unknown) => {
      if (this.#isProcessor) throw cause;
      return this.#fallBack(cause);
    });
    this.#session = session;
    return session;
  }

  get #isHalf(): boolean {
    return !this.#isProcessor && this.#options.precision === 'half';
  }

  /** @param byProcessor whether no other device is used in it */
  #inTurn<Result>(action: () => Promise<Result>, byProcessor = this.#isProcessor): Promise<Result> {
    const { turn } = this.#options;
    return byProcessor || !turn ? action() : turn.within(action);
  }

  /** Lets go of what the device holds. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const session = this.#session;
    this.#session = null;
    if (session) await this.#inTurn(() => session.release());
  }

  /** From now on the processor computes; where several photos fail at once, for all of them. */
  #fallBack(cause: unknown): Promise<Awaited<ReturnType<CreateSession>>> {
    return (this.#fallen ??= this.#goOnWithProcessor(cause));
  }

  #goOnWithProcessor(cause: unknown): Promise<Awaited<ReturnType<CreateSession>>> {
    this.#isProcessor = true;
    this.#options.onFallback?.(messageOf(cause));
    const lost = this.#session;
    // A device that is lost may not even let go of what it holds.
    if (lost) this.#inTurn(() => lost.release(), false).catch(() => undefined);
    return this.#open();
  }

  /**
   * @param wanted places of the requests whose results are wanted; all when left out
   * @returns one result for each, in their order
   */
  async run({ data, width, height }: Pixels, wanted?: number[]): Promise<TapResult[]> {
    const names = wanted?.map((place) => this.#outputs[place]) ?? this.#outputs;
    if (this.#isClosed) throw new SemblanceError('cancelled', 'Reading photos was ended.');
    // While the processor takes over, the session of the device that was lost is still there.
    const session = this.#fallen ? await this.#fallen : (this.#session ?? (await this.#open()));
    const [wasProcessor, wasHalf] = [this.#isProcessor, this.#isHalf];
    const input = { [photoInput]: new ort.Tensor('uint8', data, [1, height, width, 3]) };
    const compute = (on: typeof session, byProcessor: boolean) =>
      this.#inTurn(() => on.run(input, [...new Set(names)]), byProcessor);
    let outputs: ort.InferenceSession.OnnxValueMapType;
    try {
      outputs = await compute(session, wasProcessor)
        .then((computed) => (wasHalf ? finite(computed) : computed))
        .catch(async (cause: unknown) => {
          if (wasProcessor || this.#isClosed) throw cause;
          return compute(await this.#fallBack(cause), true);
        });
    } catch (cause) {
      throw new SemblanceError(
        'model-failed',
        `The model failed on this photo (${messageOf(cause)}). Use another model.`,
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

/** Some photo may have larger numbers in it than the picture that the device was tried with. */
function finite(outputs: ort.InferenceSession.OnnxValueMapType): ort.InferenceSession.OnnxValueMapType {
  for (const { data } of Object.values(outputs)) {
    if (!(data as Float32Array).every(Number.isFinite)) {
      throw new Error('The numbers of a photo are too large for half precision.');
    }
  }
  return outputs;
}
