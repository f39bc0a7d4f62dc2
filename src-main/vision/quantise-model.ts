/** Makes a model's eight-bit copy: calibrated on photos, compared with the model on others, and timed beside it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as ort from './onnxruntime.ts';
import { SemblanceError } from '../contract/index.ts';
import { powerMeanNodes, statisticsPerChannel } from '../descriptor/index.ts';
import { ValueHistogram } from './activation-range.ts';
import { decodePhoto, type Pixels } from './decode.ts';
import { cosine } from './devices.ts';
import { photoInput } from './onnx/extraction-graph.ts';
import { readModel, writeModel } from './onnx/model-file.ts';
import { quantise, valuesToCalibrate, type ValueRange, type WeightBits } from './onnx/quantisation.ts';
import { photoFormat } from './photo-format.ts';
import { readPhotoFile } from './read-file.ts';

export interface QuantisationRequest {
  /** Of the model. */
  graphPath: string;
  /** Photos to calibrate on, and others to compare on. */
  calibration: string[];
  comparison: string[];
  /** Length in pixels to which photos are brought, as for indexing. */
  longerSide: number;
}

export interface Quantised {
  graph: Uint8Array;
  /** Cosine between the model's and the copy's descriptors of a photo: mean and least over the photos compared. */
  agreement: { mean: number; least: number };
  /** How many times as fast the copy is. */
  gain: number;
}

/** Fewer readable photos tell too little of what values photos give, and of how alike descriptors are. */
const fewestCalibrated = 4;
const fewestCompared = 2;

function tooFew(): SemblanceError {
  return new SemblanceError(
    'not-enough-photos',
    'Too few of the photos can be read now: an eight-bit copy is calibrated on them. Check that their drive is there.',
  );
}

/** Told of each photo done; waits while the work is paused. */
export type Turn = (step: string, done: number, total: number) => Promise<void>;

/** A copy whose descriptors agree less is another model. */
export const leastAgreement = 0.99;
/** Of GeM with which descriptors are compared, as most recipes have it. */
const comparedP = 3;

const sessionOptions: ort.InferenceSession.SessionOptions = {
  // As in indexing, where every thread has a network of its own.
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  extra: { session: { set_denormal_as_zero: '1', intra_op: { allow_spinning: '0' } } },
};

/**
 * Of the ways to choose ranges and weights, the one whose descriptors agree best is taken.
 * @throws SemblanceError `not-available` for a model without convolutions or products that could be in eight bits,
 *   `not-enough-photos` where none can be read
 */
export async function quantisedModel(request: QuantisationRequest, turn: Turn): Promise<Quantised> {
  const plain = await plainModel(request.graphPath);
  const values = valuesToCalibrate(readModel(plain));
  if (values.length === 0) {
    throw new SemblanceError(
      'not-available',
      'This model has nothing that could be computed in eight bits. Use it as it is.',
    );
  }
  const histograms = await calibrated(plain, values, request, turn);
  const compared = await readable(request.comparison, request.longerSide);
  if (compared.length < fewestCompared) throw tooFew();
  const own = await ort.InferenceSession.create(request.graphPath, sessionOptions);
  const references: Float32Array[] = [];
  for (const pixels of compared) references.push(await describe(own, pixels));
  const ways = [8, 7].flatMap((bits) =>
    (['narrow', 'whole'] as const).map((range) => ({ bits: bits as WeightBits, range })),
  );
  let best: Quantised | null = null;
  for (const [at, way] of ways.entries()) {
    // Seven bits are for processors that eight are too much for.
    if (way.bits === 7 && best !== null && best.agreement.mean >= leastAgreement) break;
    const graph = inEightBits(plain, histograms, way);
    const session = await ort.InferenceSession.create(graph, sessionOptions);
    const copies: Float32Array[] = [];
    for (const [place, pixels] of compared.entries()) {
      await turn('Comparing', at * compared.length + place, ways.length * compared.length);
      copies.push(await describe(session, pixels));
    }
    const cosines = copies.map((copy, i) => cosine(references[i], copy));
    const agreement = { mean: mean(cosines), least: Math.min(...cosines) };
    if (best === null || agreement.mean > best.agreement.mean) {
      best = { graph, agreement, gain: await gainOf(own, session, compared) };
    }
    await session.release();
  }
  await own.release();
  if (best) return best;
  throw new SemblanceError('internal', 'No way to eight bits was tried.');
}

/** The model with batch normalisation folded into the weights, and constants computed, by the runtime itself. */
async function plainModel(graphPath: string): Promise<Uint8Array> {
  const folder = mkdtempSync(path.join(tmpdir(), 'semblance-eight-bit-'));
  try {
    const file = path.join(folder, 'plain.onnx');
    const session = await ort.InferenceSession.create(graphPath, {
      graphOptimizationLevel: 'basic',
      optimizedModelFilePath: file,
    });
    await session.release();
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function calibrated(
  plain: Uint8Array,
  values: string[],
  { calibration, longerSide }: QuantisationRequest,
  turn: Turn,
): Promise<ReadonlyMap<string, ValueHistogram>> {
  const model = readModel(plain);
  model.graph.output = values.map((name) => ({ name }));
  const session = await ort.InferenceSession.create(writeModel(model), {
    ...sessionOptions,
    intraOpNumThreads: 0,
  });
  const histograms = new Map(values.map((name) => [name, new ValueHistogram()]));
  let seen = 0;
  for (const [done, file] of calibration.entries()) {
    await turn('Calibrating', done, calibration.length);
    for (const pixels of await readable([file], longerSide)) {
      seen += 1;
      const results = await session.run({ [photoInput]: photoTensor(pixels) });
      for (const [name, histogram] of histograms) histogram.add(results[name].data as Float32Array);
    }
  }
  await session.release();
  if (seen < fewestCalibrated) throw tooFew();
  return histograms;
}

/** Photos that can be read; those that cannot are listed elsewhere, and are not needed. */
async function readable(files: string[], longerSide: number): Promise<Pixels[]> {
  const pixels: Pixels[] = [];
  for (const file of files) {
    try {
      const { bytes } = await readPhotoFile(file);
      const format = await photoFormat(bytes, file);
      pixels.push((await decodePhoto(bytes, format, longerSide)).pixels);
    } catch (error) {
      if (!(error instanceof SemblanceError)) throw error;
    }
  }
  return pixels;
}

function inEightBits(
  plain: Uint8Array,
  histograms: ReadonlyMap<string, ValueHistogram>,
  { bits, range }: { bits: WeightBits; range: 'narrow' | 'whole' },
): Uint8Array {
  const model = readModel(plain);
  const ranges = new Map<string, ValueRange>();
  for (const [name, histogram] of histograms) {
    ranges.set(name, range === 'narrow' ? histogram.narrowed() : histogram.whole());
  }
  quantise(model, ranges, bits);
  return writeModel(model);
}

function photoTensor({ data, width, height }: Pixels): ort.Tensor {
  return new ort.Tensor('uint8', data, [1, height, width, 3]);
}

/** GeM of each tap, of length one, joined. */
async function describe(session: ort.InferenceSession, pixels: Pixels): Promise<Float32Array> {
  const results = await session.run({ [photoInput]: photoTensor(pixels) });
  const row = powerMeanNodes.indexOf(comparedP);
  const parts = session.outputNames.map((name) => {
    const values = results[name].data as Float32Array;
    const channels = values.length / statisticsPerChannel;
    const pooled = values.subarray(row * channels, (row + 1) * channels);
    const length = Math.hypot(...pooled) || 1;
    return pooled.map((value) => value / length);
  });
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

/** Both in turn on each photo, so that whatever else the machine does slows both. */
async function gainOf(
  own: ort.InferenceSession,
  copy: ort.InferenceSession,
  compared: Pixels[],
): Promise<number> {
  const factors: number[] = [];
  for (const pixels of compared) factors.push((await timed(own, pixels)) / (await timed(copy, pixels)));
  return factors.sort((a, b) => a - b)[Math.floor(factors.length / 2)];
}

async function timed(session: ort.InferenceSession, pixels: Pixels): Promise<number> {
  const startedMs = performance.now();
  await session.run({ [photoInput]: photoTensor(pixels) });
  return performance.now() - startedMs;
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
