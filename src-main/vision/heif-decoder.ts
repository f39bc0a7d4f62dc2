/** Decodes HEIC, one picture at a time, on a thread that is started when it is needed and ended when it is not. */
import { Worker } from 'node:worker_threads';
import { SemblanceError, sibling } from '../contract/index.ts';
import { type DecodeLimits, tooSlow } from './decode-limits.ts';
import type { HeifAnswer, HeifRequest } from './heif-messages.ts';

/** WebAssembly keeps the memory that it once took, so an idle decoder goes. */
const idleMs = 10_000;

let worker: Worker | null = null;
let idle: NodeJS.Timeout | undefined;
let nextId = 1;
let last: Promise<unknown> = Promise.resolve();

/**
 * The picture as seen, as an uncompressed TIFF.
 * @param profile ICC profile of its colours
 * @throws SemblanceError `too-large` or `too-slow`, and Error with what the decoder says of a damaged file
 */
export function decodeHeif(
  bytes: Uint8Array,
  profile: Uint8Array | null,
  limits: DecodeLimits,
): Promise<Uint8Array> {
  const result = last.then(() => decodeNow(bytes, profile, limits));
  last = result.catch(() => undefined);
  return result;
}

function decodeNow(
  bytes: Uint8Array,
  profile: Uint8Array | null,
  { maxPixels, timeoutMs }: DecodeLimits,
): Promise<Uint8Array> {
  clearTimeout(idle);
  const current = (worker ??= new Worker(sibling(import.meta.url, 'heif-worker')));
  const request: HeifRequest = { id: nextId++, bytes, profile, maxPixels };
  current.ref();
  return new Promise<Uint8Array>((resolve, reject) => {
    const timer = setTimeout(() => giveUp(tooSlow(timeoutMs)), timeoutMs);
    const settle = (): void => {
      clearTimeout(timer);
      current.removeAllListeners();
    };
    /** Whatever state the decoder is in, the next picture gets a new one. */
    const giveUp = (reason: Error): void => {
      settle();
      if (worker === current) worker = null;
      void current.terminate();
      reject(reason);
    };
    current.on('message', (answer: HeifAnswer) => {
      if (answer.id !== request.id) return;
      settle();
      rest(current);
      if ('tiff' in answer) resolve(answer.tiff);
      else reject('error' in answer ? SemblanceError.fromReport(answer.error) : new Error(answer.detail));
    });
    current.on('error', (error: unknown) =>
      giveUp(error instanceof Error ? error : new Error(String(error))),
    );
    current.on('exit', (code) => giveUp(new Error(`the decoder ended with code ${code}`)));
    current.postMessage(request);
  });
}

/** An idle decoder keeps no process alive, and ends after a while. */
function rest(current: Worker): void {
  current.unref();
  current.on('error', () => {
    if (worker === current) worker = null;
  });
  idle = setTimeout(() => {
    if (worker === current) worker = null;
    void current.terminate();
  }, idleMs);
  idle.unref();
}
