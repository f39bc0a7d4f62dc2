/**
 * Worker thread that reads photos. Running the network blocks the thread; the next photos are decoded by the
 * process's pool meanwhile.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { type Rectangle, toErrorReport } from '../contract/index.ts';
import { statisticWithout } from '../descriptor/index.ts';
import { DecodeBudget } from './decode-budget.ts';
import { DeviceTurn } from './device-turn.ts';
import { type DecodedPhoto, decodePhoto, type Pixels, resized, thumbnailOf } from './decode.ts';
import { Extractor, type TapResult } from './extractor.ts';
import type { TapRequest } from './onnx/positional-pooling.ts';
import { contentHash as hashOf } from './file-hash.ts';
import { photoFormat } from './photo-format.ts';
import { placeholderOf } from './placeholder.ts';
import { partsWithin } from './picture-parts.ts';
import { photoMetadata } from './photo-metadata.ts';
import { readPhotoFile } from './read-file.ts';
import type {
  Extraction,
  FileReading,
  PhotoRequest,
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
  deviceTurn,
  limits,
} = workerData as WorkerSetting;
const budget = new DecodeBudget(decodeBudget);
const turn = new DeviceTurn(deviceTurn);
const waiting = new Map<number, (known: boolean) => void>();
/** By network. */
const mapExtractors = new Map<number, Promise<Extractor>>();

function load(network: number, requests: TapRequest[]): Promise<Extractor> {
  const { graphPath, provider, precision } = networks[network];
  return Extractor.load(graphPath, requests, {
    threads,
    provider,
    precision,
    turn,
    onFallback: (detail) => send({ kind: 'fell-back', network, detail }),
  });
}

function send(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

function decode(
  bytes: Uint8Array,
  format: string,
  scales: number[],
  crop?: Rectangle,
): Promise<DecodedPhoto> {
  return decodePhoto(bytes, format, Math.round(longerSide * Math.max(...scales)), { limits, budget, crop });
}

function scaled(pixels: Pixels, scales: number[]): Promise<Pixels[]> {
  return Promise.all(scales.map((scale) => resized(pixels, Math.round(longerSide * scale))));
}

/** The statistics that are wanted of a network's taps. */
type Run = (picture: Pixels) => Promise<Float32Array[]>;

const valuesOf = (results: TapResult[]): Float32Array[] => results.map(({ values }) => values);

/** What a network says of a photo, scale by scale. */
async function runAll(run: Run, network: number, pictures: Pixels[]): Promise<Float32Array[][]> {
  if (networks[network].runsOnce) {
    const results = await run(pictures[usualScales.indexOf(Math.max(...usualScales))]);
    return pictures.map(() => results);
  }
  const results: Float32Array[][] = [];
  for (const picture of pictures) results.push(await run(picture));
  return results;
}

/** From the maps themselves, because what is computed inside the graph is of all their positions. */
async function runWithout(network: number, ignored: readonly Rectangle[]): Promise<Run> {
  const { requests, mapTaps } = networks[network];
  const extractor = await extractorOfMaps(network);
  const places = requests.map(({ name }) => mapTaps.indexOf(name));
  return async (picture) => {
    const results = await extractor.run(picture, places);
    return results.map((result, i) => statisticWithout(mapOf(result), requests[i].statistic, ignored));
  };
}

interface Picture {
  bytes: Uint8Array;
  format: string;
  crop?: Rectangle | undefined;
  /** In fractions of the whole picture. */
  ignored?: readonly Rectangle[] | undefined;
}

async function extract(extractors: Extractor[], picture: Picture): Promise<Extraction> {
  const { bytes, format, crop, ignored = [] } = picture;
  const { pixels, width, height } = await decode(bytes, format, usualScales, crop);
  const [thumbnail, placeholder, pictures] = await Promise.all([
    thumbnailOf(pixels),
    placeholderOf(pixels),
    scaled(pixels, usualScales),
  ]);
  const without = crop ? partsWithin(crop, ignored) : ignored;
  const results: Float32Array[][][] = [];
  for (const [network, extractor] of extractors.entries()) {
    const run: Run =
      without.length > 0
        ? await runWithout(network, without)
        : async (each) => valuesOf(await extractor.run(each));
    results.push(await runAll(run, network, pictures));
  }
  const parts = pictures.flatMap((_, scale) =>
    order.map(({ network, request }) => results[network][scale][request]),
  );
  const powerMeans = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    powerMeans.set(part, at);
    at += part.length;
  }
  return { width, height, format, thumbnail, placeholder, powerMeans };
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
    known ? null : extract(extractors, { bytes, format }),
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

function mapOf({ values, dims: [, channels, height, width] }: TapResult): TapMap {
  return { map: values, channels, height, width };
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
  const crop = typeof photo === 'string' ? undefined : photo.crop;
  const { pixels } = await decode(bytes, format, [...usualScales, ...scales], crop);
  const extractor = await extractorOfMaps(network);
  const run = async (scale: number[]): Promise<TapMap[]> => {
    const [picture] = await scaled(pixels, scale);
    return (await extractor.run(picture, taps)).map(mapOf);
  };
  if (networks[network].runsOnce) {
    const maps = await run([Math.max(...usualScales)]);
    return scales.map(() => maps);
  }
  const maps: TapMap[][] = [];
  for (const scale of scales) maps.push(await run([scale]));
  return maps;
}

/** What a message calls the photo of a request. */
function photoName(request: PhotoRequest): string {
  if (request.kind === 'file') return request.path;
  if (request.kind === 'bytes') return request.name;
  if (request.kind === 'known') return '';
  return typeof request.photo === 'string' ? request.photo : request.photo.name;
}

async function answer(extractors: Extractor[], request: PhotoRequest): Promise<void> {
  const { id } = request;
  try {
    if (request.kind === 'known') {
      waiting.get(id)?.(request.known);
      waiting.delete(id);
    } else if (request.kind === 'file') {
      send({ kind: 'file', id, reading: await readFile(extractors, id, request.path) });
    } else if (request.kind === 'bytes') {
      const format = await photoFormat(request.bytes, request.name);
      const { bytes, crop, ignored } = request;
      send({ kind: 'bytes', id, extraction: await extract(extractors, { bytes, format, crop, ignored }) });
    } else {
      send({ kind: 'maps', id, maps: await extractMaps(request) });
    }
  } catch (error) {
    send({ kind: 'error', id, error: { photo: photoName(request), ...toErrorReport(error) } });
  }
}

async function close(): Promise<void> {
  const all = await Promise.allSettled([...each, ...mapExtractors.values()]);
  const loaded = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  await Promise.allSettled(loaded.map((extractor) => extractor.close()));
  // Of the thread: photos that are being read are not waited for.
  process.exit();
}

const each = networks.map(({ requests }, network) => load(network, requests));
// A network that cannot be loaded is told of when no other is being loaded any more: the thread may end then.
const loading = Promise.allSettled(each).then(() => Promise.all(each));
parentPort?.on('message', (request: WorkerRequest) => {
  if (request.kind === 'close') void close();
  else void loading.then((loaded) => answer(loaded, request));
});
loading.then(
  () => send({ kind: 'ready' }),
  (error: unknown) => send({ kind: 'failed', error: toErrorReport(error) }),
);
