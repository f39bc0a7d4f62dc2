/**
 * Worker thread that reads photos. Running the network blocks the thread; the next photos are decoded by the
 * process's pool meanwhile.
 */
import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { toErrorReport } from '../contract/index.ts';
import { DecodeBudget } from './decode-budget.ts';
import { type DecodedPhoto, decodePhoto, type Pixels, resized, thumbnailOf } from './decode.ts';
import { Extractor } from './extractor.ts';
import { photoFormat } from './photo-format.ts';
import { readPhotoFile } from './read-file.ts';
import type {
  Extraction,
  FileReading,
  NamedBytes,
  TapMap,
  WorkerMessage,
  WorkerRequest,
  WorkerSetting,
} from './vision-messages.ts';

const { graphPath, settings, mapTaps, threads, decodeBudget, provider, precision } =
  workerData as WorkerSetting;
const budget = new DecodeBudget(decodeBudget);
const waiting = new Map<number, (known: boolean) => void>();
let mapExtractor: Promise<Extractor> | null = null;

const extractorOptions = {
  threads,
  provider,
  precision,
  onFallback: (detail: string) => send({ kind: 'fell-back', detail }),
};

function send(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

function decode(bytes: Uint8Array, format: string, scales: number[]): Promise<DecodedPhoto> {
  return decodePhoto(bytes, format, Math.round(settings.longerSide * Math.max(...scales)), budget);
}

function scaled(pixels: Pixels, scales: number[]): Promise<Pixels[]> {
  return Promise.all(scales.map((scale) => resized(pixels, Math.round(settings.longerSide * scale))));
}

async function extract(extractor: Extractor, { bytes, name }: NamedBytes): Promise<Extraction> {
  const format = await photoFormat(bytes, name);
  const { pixels, width, height } = await decode(bytes, format, settings.scales);
  const [thumbnail, pictures] = await Promise.all([thumbnailOf(pixels), scaled(pixels, settings.scales)]);
  const parts: Float32Array[] = [];
  for (const picture of pictures) {
    const results = await extractor.run(picture);
    parts.push(...results.map(({ values }) => values));
  }
  const powerMeans = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    powerMeans.set(part, at);
    at += part.length;
  }
  return { width, height, format, thumbnail, powerMeans };
}

async function readFile(extractor: Extractor, id: number, path: string): Promise<FileReading> {
  const { bytes, modifiedAtMs } = await readPhotoFile(path);
  // Formats first: what is no photo need not be hashed.
  await photoFormat(bytes, path);
  const contentHash = createHash('sha256').update(bytes).digest('hex');
  const known = await new Promise<boolean>((resolve) => {
    waiting.set(id, resolve);
    send({ kind: 'hashed', id, contentHash });
  });
  const extraction = known ? null : await extract(extractor, { bytes, name: path });
  return { contentHash, sizeBytes: bytes.length, modifiedAtMs, extraction };
}

/**
 * Maps of all taps come from one session, which is made when the first are asked for, so that asking for others takes
 * no more memory.
 */
function extractorOfMaps(): Promise<Extractor> {
  mapExtractor ??= Extractor.load(
    graphPath,
    mapTaps.map((name) => ({ name, statistic: { kind: 'map' } })),
    extractorOptions,
  );
  return mapExtractor;
}

async function extractMaps({
  photo,
  taps,
  scales,
}: Extract<WorkerRequest, { kind: 'maps' }>): Promise<TapMap[][]> {
  const bytes = typeof photo === 'string' ? (await readPhotoFile(photo)).bytes : photo.bytes;
  const format = await photoFormat(bytes, typeof photo === 'string' ? photo : photo.name);
  // Decoded as for indexing even where only smaller scales are wanted, so that the pixels are the same.
  const { pixels } = await decode(bytes, format, [...settings.scales, ...scales]);
  const extractor = await extractorOfMaps();
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

async function answer(extractor: Extractor, request: WorkerRequest): Promise<void> {
  const { id } = request;
  try {
    if (request.kind === 'known') {
      waiting.get(id)?.(request.known);
      waiting.delete(id);
    } else if (request.kind === 'file') {
      send({ kind: 'file', id, reading: await readFile(extractor, id, request.path) });
    } else if (request.kind === 'bytes') {
      send({ kind: 'bytes', id, extraction: await extract(extractor, request) });
    } else {
      send({ kind: 'maps', id, maps: await extractMaps(request) });
    }
  } catch (error) {
    send({ kind: 'error', id, error: { photo: photoName(request), ...toErrorReport(error) } });
  }
}

const extractor = Extractor.load(graphPath, settings.taps, extractorOptions);
parentPort?.on(
  'message',
  (request: WorkerRequest) => void extractor.then((loaded) => answer(loaded, request)),
);
extractor.then(
  () => send({ kind: 'ready' }),
  (error: unknown) => send({ kind: 'failed', error: toErrorReport(error) }),
);
