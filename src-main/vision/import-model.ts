/**
 * Reads any ONNX image backbone, finds what is worth tapping by running it once, edits it, and checks the result. It runs
 * in a process of its own (import-process.ts), because a strange model may end the process that loads it.
 */
import * as ort from './onnxruntime.ts';
import { messageOf, type Preprocessing, SemblanceError } from '../contract/index.ts';
import { takeInExternalData } from './external-data.ts';
import { type ExtractionPlan, extractionGraph, photoInput } from './onnx/extraction-graph.ts';
import { candidatesOf, exposeValues, patchSide } from './onnx/exploration-graph.ts';
import { operatorSet, readModel, valueInfo, writeModel } from './onnx/model-file.ts';
import type { Model, ValueInfo } from './onnx/schema.ts';
import { testPicture } from './test-picture.ts';
import { type ProposedTap, proposeTaps, type SeenCandidate } from './tap-proposals.ts';

export interface ReadModel {
  /** The edited graph. */
  graph: Uint8Array;
  taps: ProposedTap[];
  /** The only size that the network takes, or null. */
  size: Size | null;
  layout: 'nchw' | 'nhwc';
}

interface Size {
  width: number;
  height: number;
}

/** Of a test picture for networks that take any size, and for those that turn out to take one only. */
const freeSize: Size = { width: 256, height: 192 };
const usualSize: Size = { width: 224, height: 224 };

/**
 * @param folder of the file, for weights that lie beside it
 * @throws SemblanceError `model-invalid` that says what the model lacks and what to do
 */
export async function readBackbone(
  bytes: Uint8Array,
  folder: string,
  preprocessing: Preprocessing,
  wantedLayout: 'nchw' | 'nhwc' | null,
): Promise<ReadModel> {
  const model = readModel(bytes);
  takeInExternalData(model, folder);
  const { name, layout, size: declared } = imageInput(model, wantedLayout);
  // Most exporters declare the size of their example, whatever the network takes; so other sizes are tried first.
  freeSides(model, name, layout);
  const whole = writeModel(model);
  const onlySize = declared ?? usualSize;
  let size: Size | null = null;
  let seen = await explored(whole, { input: name, layout, preprocessing, size: freeSize });
  // A network with a classifier, or with embedded positions, may take but one size.
  if (seen === null) {
    size = onlySize;
    seen = await explored(whole, { input: name, layout, preprocessing, size });
  }
  if (seen === null) throw await whyItFails(whole, operatorSet(model));
  const taps = proposeTaps(seen, size ?? freeSize, patchSide(model));
  if (taps.length === 0) {
    throw new SemblanceError(
      'model-invalid',
      'The model has no feature maps: it is no image network, or one of a kind that Semblance cannot tap. Export the backbone itself.',
    );
  }
  const edited = (fixed: Size | null): Uint8Array =>
    extractionGraph(whole, { ...planOf(name, layout, preprocessing), size: fixed, taps });
  let graph = edited(size);
  let problem = await checked(graph, taps);
  if (problem && size === null) {
    size = onlySize;
    graph = edited(size);
    problem = await checked(graph, taps);
  }
  if (problem) throw problem;
  return { graph, taps, size, layout };
}

/** @throws SemblanceError `model-invalid` */
function imageInput(
  { graph }: Model,
  wanted: 'nchw' | 'nhwc' | null,
): { name: string; layout: 'nchw' | 'nhwc'; size: Size | null } {
  const constants = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.filter(({ name }) => !constants.has(name));
  const shapes = inputs.map((input) => ({ name: input.name, dims: dimensionsOf(input) }));
  const images = shapes.filter(({ dims }) => dims.length === 4);
  if (images.length !== 1 || inputs.length !== 1) {
    const said = shapes.map(({ name, dims }) => `${name} [${dims.map((dim) => dim ?? '?').join(', ')}]`);
    throw new SemblanceError(
      'model-invalid',
      `The model should have one input, an image of four dimensions, but has: ${said.join('; ') || 'none'}. Export the image network alone.`,
    );
  }
  const [{ name, dims }] = images;
  const layout = wanted ?? (dims[1] !== 3 && dims[3] === 3 ? 'nhwc' : 'nchw');
  const channels = layout === 'nchw' ? dims[1] : dims[3];
  if (channels !== null && channels !== 3) {
    throw new SemblanceError(
      'model-invalid',
      `The model takes pictures of ${channels} channels; photos have three. Use a model for colour pictures.`,
    );
  }
  const [height, width] = layout === 'nchw' ? [dims[2], dims[3]] : [dims[1], dims[2]];
  return { name, layout, size: height !== null && width !== null ? { width, height } : null };
}

/** Declares height and width of the image, in place, to be free. */
function freeSides({ graph }: Model, input: string, layout: 'nchw' | 'nhwc'): void {
  const dims = graph.input.find(({ name }) => name === input)?.type?.tensor_type?.shape?.dim ?? [];
  const height = layout === 'nchw' ? 2 : 1;
  dims.splice(height, 2, { dim_param: 'height' }, { dim_param: 'width' });
}

/** null stands for a free dimension. */
function dimensionsOf({ type }: ValueInfo): (number | null)[] {
  const dims = type?.tensor_type?.shape?.dim ?? [];
  return dims.map(({ dim_value: value }) =>
    value !== undefined && Number(value) > 0 ? Number(value) : null,
  );
}

function planOf(
  input: string,
  layout: 'nchw' | 'nhwc',
  { mean, deviation, range }: Preprocessing,
): Omit<ExtractionPlan, 'taps'> {
  const common = { input, layout, mean, deviation };
  if (range === '0-1') return { ...common, range: 255 };
  if (range === '0-255') return { ...common, range: 1 };
  // x / 127.5 − 1 is a mean of one more.
  return { ...common, mean: mean.map((value) => value + 1), range: 127.5 };
}

interface Exploration {
  input: string;
  layout: 'nchw' | 'nhwc';
  preprocessing: Preprocessing;
  size: Size;
}

/** Runs the model once, and looks at everything in it; null where it cannot be run at that size. */
async function explored(
  bytes: Uint8Array,
  { input, layout, preprocessing, size }: Exploration,
): Promise<SeenCandidate[] | null> {
  const model = readModel(bytes);
  const candidates = candidatesOf(model);
  model.graph.input = model.graph.input.map((each) => (each.name === input ? anySize(input) : each));
  exposeValues(
    model,
    candidates.map(({ value }) => value),
  );
  const pixels = testPicture(size);
  const { mean, range, deviation } = planOf(input, layout, preprocessing);
  const values = new Float32Array(pixels.length);
  const plane = size.width * size.height;
  for (let i = 0; i < plane; i++) {
    for (let channel = 0; channel < 3; channel++) {
      const value = (pixels[3 * i + channel] / range - mean[channel]) / deviation[channel];
      values[layout === 'nhwc' ? 3 * i + channel : channel * plane + i] = value;
    }
  }
  const dims = layout === 'nhwc' ? [1, size.height, size.width, 3] : [1, 3, size.height, size.width];
  try {
    const session = await ort.InferenceSession.create(writeModel(model), { graphOptimizationLevel: 'basic' });
    const results = await session.run({ [input]: new ort.Tensor('float32', values, dims) });
    await session.release();
    return candidates.flatMap((candidate): SeenCandidate[] => {
      const { data, dims: shape } = results[candidate.value];
      if (!(data instanceof Float32Array)) return [];
      let [least, most] = [Infinity, -Infinity];
      for (const value of data) {
        if (value < least) least = value;
        if (value > most) most = value;
      }
      return [{ ...candidate, dims: shape, least, most }];
    });
  } catch {
    return null;
  }
}

/** An input as if it had declared no size. */
function anySize(input: string): ValueInfo {
  return valueInfo(input, 'float', ['N', 'A', 'B', 'C']);
}

/** What the runtime says of a model that it cannot run, in words that help. */
async function whyItFails(bytes: Uint8Array, operators: number): Promise<SemblanceError> {
  const failure = await ort.InferenceSession.create(bytes).then(async (session) => {
    await session.release();
    return '';
  }, messageOf);
  if (/opset|Opset/.test(failure) && /support/i.test(failure)) {
    return new SemblanceError(
      'model-invalid',
      `The model uses ONNX operator set ${operators}, which is newer than this Semblance knows. Export it with an older one.`,
    );
  }
  return new SemblanceError(
    'model-invalid',
    `The model cannot be run${failure === '' ? ' on a picture' : ` (${failure.slice(0, 200)})`}. Export it again, in float32.`,
  );
}

/** Of pictures that an edited graph is tried on: none is a square, and one is no multiple of anything. */
const triedSizes: Size[] = [
  { width: 320, height: 208 },
  { width: 317, height: 211 },
];

/** Runs the edited graph on pictures. @returns what is wrong, or null */
async function checked(graph: Uint8Array, taps: ProposedTap[]): Promise<SemblanceError | null> {
  for (const size of triedSizes) {
    const problem = await checkedAt(graph, taps, size);
    if (problem) return problem;
  }
  return null;
}

async function checkedAt(
  graph: Uint8Array,
  taps: ProposedTap[],
  { width, height }: Size,
): Promise<SemblanceError | null> {
  let results: ort.InferenceSession.OnnxValueMapType;
  try {
    const session = await ort.InferenceSession.create(graph);
    const photo = new ort.Tensor('uint8', testPicture({ width, height }), [1, height, width, 3]);
    results = await session.run({ [photoInput]: photo });
    await session.release();
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message.slice(0, 200) : String(cause);
    return new SemblanceError('model-invalid', `The model cannot be run on a picture (${detail}).`, {
      cause,
    });
  }
  for (const { name, channels } of taps) {
    const { data, dims } = results[name];
    if (dims[2] !== channels) {
      return new SemblanceError('model-invalid', `The model's '${name}' changes its size with the picture.`);
    }
    if (![...(data as Float32Array)].every(Number.isFinite)) {
      return new SemblanceError(
        'model-invalid',
        `The model's '${name}' is not finite on a test picture: its weights are damaged, or --mean, --std or --range are not what it expects.`,
      );
    }
  }
  return null;
}
