/**
 * Worker thread that reads photos. Running the network blocks the thread; the next photos are decoded by the
 * process's pool meanwhile.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { toErrorReport } from '../contract/index.ts';
import { DecodeBudget } from './decode-budget.ts';
import { type DecodedPhoto, decodePhoto, type Pixels, resized, thumbnailOf } from './decode.ts';
import { Extractor, type TapResult } from './extractor.ts';
import type { TapRequest } from './onnx/positional-pooling.ts';
import { contentHash as hashOf } from './file-hash.ts';
import { photoFormat } from './photo-format.ts';
import { photoMetadata } from './photo-metadata.ts';
import { readPhotoFile } from './read-file.ts';
import type {
  Extraction,
  FileReading,
  TapMap,
  WorkerMessage,
  WorkerRequest,
  WorkerSetting,
} from './vision-messages.ts';

const {
  longerSide,
  scales: usualScales,
  networks,
  order,
  threads,
  decodeBudget,
  limits,
} = workerData as WorkerSetting;
const budget = new DecodeBudget(decodeBudget);
const waiting = new Map<number, (known: boolean) => void>();
/** By network. */
const mapExtractors = new Map<number, Promise<Extractor>>();

function load(network: number, requests: TapRequest[]): Promise<Extractor> {
  const { graphPath, provider, precision } = networks[network];
  return Extractor.load(graphPath, requests, {
    threads,
    provider,
    precision,
    onFallback: (detail) => send({ kind: 'fell-back', network, detail }),
  });
}

function send(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

function decode(bytes: Uint8Array, format: string, scales: number[]): Promise<DecodedPhoto> {
  return decodePhoto(bytes, format, Math.round(longerSide * Math.max(...scales)), { limits, budget });
}

function scaled(pixels: Pixels, scales: number[]): Promise<Pixels[]> {
  return Promise.all(scales.map((scale) => resized(pixels, Math.round(longerSide * scale))));
}

/** What a network says of a photo, scale by scale. */
async function runAll(extractor: Extractor, network: number, pictures: Pixels[]): Promise<TapResult[][]> {
  if (networks[network].runsOnce) {
    const results = await extractor.run(pictures[usualScales.indexOf(Math.max(...usualScales))]);
    return pictures.map(() => results);
  }
  const results: TapResult[][] = [];
  for (const picture of pictures) results.push(await extractor.run(picture));
  return results;
}

async function extract(extractors: Extractor[], bytes: Uint8Array, format: string): Promise<Extraction> {
  const { pixels, width, height } = await decode(bytes, format, usualScales);
  const [thumbnail, pictures] = await Promise.all([thumbnailOf(pixels), scaled(pixels, usualScales)]);
  const results: TapResult[][][] = [];
  for (const [network, extractor] of extractors.entries()) {
    results.push(await runAll(extractor, network, pictures));
  }
  const parts = pictures.flatMap((_, scale) =>
    order.map(({ network, request }) => results[network][scale][request].values),
  );
  const powerMeans = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    powerMeans.set(part, at);
    at += part.length;
  }
  return { width, height, format, thumbnail, powerMeans };
}

async function readFile(extractors: Extractor[], id: number, path: string): Promise<FileReading> {
  const { bytes, modifiedAtMs } = await readPhotoFile(path);
  // Formats first: what is no photo need not be hashed.
  const format = await photoFormat(bytes, path);
  const contentHash = hashOf(bytes);
  const known = await new Promise<boolean>((resolve) => {
    waiting.set(id, resolve);
    send({ kind: 'hashed', id, contentHash });
  });
  const [metadata, extraction] = await Promise.all([
    photoMetadata(bytes, format),
    known ? null : extract(extractors, bytes, format),
  ]);
  return { contentHash, sizeBytes: bytes.length, modifiedAtMs, metadata, extraction };
}

/**
 * Maps of all taps of a model come from one session, which is made when the first are asked for, so that asking for
 * others takes no more memory.
 */
function extractorOfMaps(network: number): Promise<Extractor> {
  const known = mapExtractors.get(network);
  if (known) return known;
  const requests = networks[network].mapTaps.map((name): TapRequest => ({
    name,
    statistic: { kind: 'map' },
  }));
  const made = load(network, requests);
  mapExtractors.set(network, made);
  return made;
}

async function extractMaps({
  photo,
  network,
  taps,
  scales,
}: Extract<WorkerRequest, { kind: 'maps' }>): Promise<TapMap[][]> {
  const bytes = typeof photo === 'string' ? (await readPhotoFile(photo)).bytes : photo.bytes;
  const format = await photoFormat(bytes, typeof photo === 'string' ? photo : photo.name);
  // Decoded as for indexing even where only smaller scales are wanted, so that the pixels are the same.
  const { pixels } = await decode(bytes, format, [...usualScales, ...scales]);
  const extractor = await extractorOfMaps(network);
  const maps: TapMap[][] = [];
  for (const picture of await scaled(pixels, scales)) {
    const results = await extractor.run(picture, taps);
    maps.push(
      results.map(({ values, dims: [, channels, height, width] }) => ({
        map: values,
        channels,
        height,
        width,
      })),
    );
  }
  return maps;
}

/** What a message calls the photo of a request. */
function photoName(request: WorkerRequest): string {
  if (request.kind === 'file') return request.path;
  if (request.kind === 'bytes') return request.name;
  if (request.kind === 'known') return '';
  return typeof request.photo === 'string' ? request.photo : request.photo.name;
}

async function answer(extractors: Extractor[], request: WorkerRequest): Promise<void> {
  const { id } = request;
  try {
    if (request.kind === 'known') {
      waiting.get(id)?.(request.known);
      waiting.delete(id);
    } else if (request.kind === 'file') {
      send({ kind: 'file', id, reading: await readFile(extractors, id, request.path) });
    } else if (request.kind === 'bytes') {
      const format = await photoFormat(request.bytes, request.name);
      send({ kind: 'bytes', id, extraction: await extract(extractors, request.bytes, format) });
    } else {
      send({ kind: 'maps', id, maps: await extractMaps(request) });
    }
  } catch (error) {
    send({ kind: 'error', id, error: { photo: photoName(request), ...toErrorReport(error) } });
  }
}

const loading = Promise.all(networks.map(({ requests }, network) => load(network, requests)));
parentPort?.on('message', (request: WorkerRequest) => void loading.then((loaded) => answer(loaded, request)));
loading.then(
  () => send({ kind: 'ready' }),
  (error: unknown) => send({ kind: 'failed', error: toErrorReport(error) }),
);
