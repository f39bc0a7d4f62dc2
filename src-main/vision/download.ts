/** Downloads a file that a person has asked for, goes on where it was cut off, and checks what came. */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SemblanceError } from '../contract/index.ts';

export interface DownloadOptions {
  /** Hexadecimal; whatever has another is thrown away. */
  sha256?: string | undefined;
  /** Bytes so far, and of all, or null while that is not known. */
  onProgress?: (done: number, total: number | null) => void;
  signal?: AbortSignal;
  /** Without a byte for this long, the connection counts as cut off. */
  stallMs?: number;
  /** Between attempts. */
  pauseMs?: number;
}

const usualStallMs = 30_000;
const usualPauseMs = 1000;
/** Attempts without a single new byte before it is given up. */
const mostAttempts = 4;
/** An ONNX file holds no more than this. */
const mostBytes = 2 ** 31 - 1;

/** What was being downloaded, so that parts of two versions are never put together. */
interface Part {
  file: string;
  /** Holds the server's mark of the version. */
  markFile: string;
}

/**
 * @param address http or https
 * @param to the file, which is there only when it is whole; what came before a cut lies beside it
 * @throws SemblanceError `download-failed` that says what went wrong and what to do, `cancelled`
 */
export async function download(address: string, to: string, options: DownloadOptions = {}): Promise<void> {
  const { sha256, signal, pauseMs = usualPauseMs } = options;
  const url = webAddress(address);
  mkdirSync(path.dirname(to), { recursive: true });
  const part = { file: `${to}.part`, markFile: `${to}.part-version` };
  for (let failures = 0; ;) {
    const before = sizeOf(part.file);
    try {
      await fetchOn(url, part, options);
      break;
    } catch (error) {
      if (signal?.aborted)
        throw new SemblanceError('cancelled', 'The download was stopped. What came is kept.');
      if (error instanceof SemblanceError && !error.retryable) throw error;
      failures = sizeOf(part.file) > before ? 0 : failures + 1;
      if (failures === mostAttempts) throw asFailure(error, url);
      await pause(pauseMs);
    }
  }
  if (sha256 !== undefined && (await sha256Of(part.file)) !== sha256.toLowerCase()) {
    forget(part);
    throw new SemblanceError(
      'download-failed',
      'What came is not the file that was expected (its sha256 differs), so it was thrown away. Check the address.',
    );
  }
  renameSync(part.file, to);
  forget(part);
}

/** @throws SemblanceError `invalid-arguments` */
function webAddress(address: string): URL {
  const url = URL.parse(address);
  if (url && ['http:', 'https:'].includes(url.protocol)) return url;
  throw new SemblanceError('invalid-arguments', `'${address}' is no web address.`);
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}

function forget({ file, markFile }: Part): void {
  rmSync(file, { force: true });
  rmSync(markFile, { force: true });
}

/** Fetches what is missing of the part, or all of it where the server cannot go on or has another version. */
async function fetchOn(
  url: URL,
  part: Part,
  { onProgress, signal, stallMs = usualStallMs }: DownloadOptions,
): Promise<void> {
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(), stallMs);
  const have = sizeOf(part.file);
  const mark = have > 0 && existsSync(part.markFile) ? readFileSync(part.markFile, 'utf8') : null;
  try {
    const response = await fetch(url, {
      headers: {
        'accept-encoding': 'identity',
        ...(mark !== null && { range: `bytes=${have}-`, 'if-range': mark }),
      },
      signal: AbortSignal.any([stalled.signal, ...(signal ? [signal] : [])]),
    });
    const goesOn = response.status === 206 && rangeStart(response) === have;
    if (response.status === 416) forget(part);
    if (!goesOn && response.status !== 200) throw refused(response, url);
    const from = goesOn ? have : 0;
    const length = Number(response.headers.get('content-length') ?? NaN);
    const total = Number.isFinite(length) ? from + length : null;
    if ((total ?? 0) > mostBytes) throw tooLarge();
    const version = response.headers.get('etag') ?? response.headers.get('last-modified');
    // A weak mark does not promise the same bytes.
    if (version !== null && !version.startsWith('W/')) writeFileSync(part.markFile, version);
    else rmSync(part.markFile, { force: true });
    const file = await open(part.file, goesOn ? 'a' : 'w');
    try {
      await write(response, file, { from, total, onProgress }, () => {
        clearTimeout(timer);
        timer = setTimeout(() => stalled.abort(), stallMs);
      });
    } finally {
      await file.close();
    }
  } finally {
    clearTimeout(timer);
  }
}

async function write(
  response: Response,
  file: FileHandle,
  {
    from,
    total,
    onProgress,
  }: { from: number; total: number | null; onProgress: DownloadOptions['onProgress'] },
  onBytes: () => void,
): Promise<void> {
  let done = from;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    onBytes();
    done += chunk.length;
    if (done > mostBytes || done > (total ?? Infinity)) throw tooLarge();
    await file.write(chunk);
    onProgress?.(done, total);
  }
  if (total !== null && done < total) {
    throw new SemblanceError('download-failed', 'The connection was cut off.', { retryable: true });
  }
}

function rangeStart(response: Response): number {
  const match = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '');
  return match ? Number(match[1]) : -1;
}

function refused({ status }: Response, { host }: URL): SemblanceError {
  // Busy servers, and parts that are none of the present version any more.
  const retryable = status >= 500 || status === 429 || status === 416;
  return new SemblanceError(
    'download-failed',
    `${host} answered ${status}${status === 404 ? ': there is no such file' : ''}. Check the address, or try again later.`,
    { retryable },
  );
}

function tooLarge(): SemblanceError {
  return new SemblanceError('download-failed', 'More comes than a model can have. Check the address.');
}

function asFailure(error: unknown, { host }: URL): SemblanceError {
  if (error instanceof SemblanceError && error.message !== 'The connection was cut off.') return error;
  return new SemblanceError(
    'download-failed',
    `${host} cannot be reached, or breaks off. Check the connection and try again: it goes on where it stopped. A file from elsewhere can be imported instead.`,
    { retryable: true, cause: error },
  );
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
