/**
 * Worker thread that reads photos. Running the network blocks the thread; the next photos are decoded by the
 * process's pool meanwhile.
 */
import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { toErrorReport } from '../contract/index.ts';
import { decodePhoto, resized, thumbnailOf } from './decode.ts';
import { Extractor } from './extractor.ts';
import { photoFormat } from './photo-format.ts';
import { readPhotoFile } from './read-file.ts';
import type {
  Extraction,
  FileReading,
  WorkerMessage,
  WorkerRequest,
  WorkerSetting,
} from './vision-messages.ts';

const { graphPath, settings, threads } = workerData as WorkerSetting;
const waiting = new Map<number, (known: boolean) => void>();

function send(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

async function extract(extractor: Extractor, bytes: Uint8Array, name: string): Promise<Extraction> {
  const format = await photoFormat(bytes, name);
  const largest = Math.round(settings.longerSide * Math.max(...settings.scales));
  const { pixels, width, height } = await decodePhoto(bytes, format, largest);
  const sizes = settings.scales.map((scale) => resized(pixels, Math.round(settings.longerSide * scale)));
  const [thumbnail, scaled] = await Promise.all([thumbnailOf(pixels), Promise.all(sizes)]);
  const parts: Float32Array[] = [];
  for (const picture of scaled) parts.push(...(await extractor.run(picture)));
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
  const extraction = known ? null : await extract(extractor, bytes, path);
  return { contentHash, sizeBytes: bytes.length, modifiedAtMs, extraction };
}

async function answer(extractor: Extractor, request: WorkerRequest): Promise<void> {
  const { id } = request;
  try {
    if (request.kind === 'known') {
      waiting.get(id)?.(request.known);
      waiting.delete(id);
    } else if (request.kind === 'file') {
      send({ kind: 'file', id, reading: await readFile(extractor, id, request.path) });
    } else {
      send({ kind: 'bytes', id, extraction: await extract(extractor, request.bytes, request.name) });
    }
  } catch (error) {
    const photo = request.kind === 'file' ? request.path : request.kind === 'bytes' ? request.name : '';
    send({ kind: 'error', id, error: { photo, ...toErrorReport(error) } });
  }
}

const extractor = Extractor.load(graphPath, settings.taps, threads);
parentPort?.on(
  'message',
  (request: WorkerRequest) => void extractor.then((loaded) => answer(loaded, request)),
);
extractor.then(
  () => send({ kind: 'ready' }),
  (error: unknown) => send({ kind: 'failed', error: toErrorReport(error) }),
);
