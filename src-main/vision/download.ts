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
import { SemblanceError, systemCodeOf } from '../contract/index.ts';

export interface DownloadOptions {
  /** Hexadecimal; whatever has another is thrown away. */
  sha256?: string | undefined;
  /** Of the file, where that is known; whatever has another is not fetched. */
  sizeBytes?: number | undefined;
  /** Bytes so far, and of all, or null while that is not known. */
  onProgress?: (done: number, total: number | null) => void;
  /** Awaited between pieces: until it lets go on, nothing more is taken in. */
  checkpoint?: () => Promise<void>;
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
 * @throws SemblanceError `download-failed` that says what went wrong and what to do, `disk-full`, `cancelled`
 */
export async function download(address: string, to: string, options: DownloadOptions = {}): Promise<void> {
  const { sha256, signal, pauseMs = usualPauseMs } = options;
  const url = webAddress(address);
  mkdirSync(path.dirname(to), { recursive: true });
  // It came whole before, and nothing became of it yet.
  if (sha256 !== undefined && existsSync(to) && (await hasSha256(to, sha256))) return;
  const part = partOf(to);
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
      // Whoever stops meanwhile is answered by the next attempt.
      await pause(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
  if (sha256 !== undefined && !(await hasSha256(part.file, sha256))) {
    forget(part);
    throw new SemblanceError(
      'download-failed',
      'What came is not the file that was expected (its sha256 differs), so it was thrown away. Check the address.',
    );
  }
  renameSync(part.file, to);
  forget(part);
}

/** Bytes that came before a download to this file was stopped or cut off, and from which it can go on. */
export function keptBytes(to: string): number {
  const { file, markFile } = partOf(to);
  if (existsSync(to)) return sizeOf(to);
  return existsSync(markFile) ? sizeOf(file) : 0;
}

function partOf(to: string): Part {
  return { file: `${to}.part`, markFile: `${to}.part-version` };
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
  { sizeBytes, onProgress, checkpoint, signal, stallMs = usualStallMs }: DownloadOptions,
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
    const total = Number.isFinite(length) ? from + length : (sizeBytes ?? null);
    if ((total ?? 0) > mostBytes) throw tooLarge();
    if (sizeBytes !== undefined && total !== sizeBytes) throw otherSize(url, total);
    const version = response.headers.get('etag') ?? response.headers.get('last-modified');
    // A weak mark does not promise the same bytes.
    if (version !== null && !version.startsWith('W/')) writeFileSync(part.markFile, version);
    else rmSync(part.markFile, { force: true });
    const file = await open(part.file, goesOn ? 'a' : 'w');
    try {
      onProgress?.(from, total);
      await write(response, file, { from, total, onProgress }, async () => {
        clearTimeout(timer);
        await checkpoint?.();
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
  afterPiece: () => Promise<void>,
): Promise<void> {
  let done = from;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    done += chunk.length;
    if (done > mostBytes || done > (total ?? Infinity)) throw tooLarge();
    await file.write(chunk).catch((cause: unknown) => {
      throw writeFailure(cause);
    });
    onProgress?.(done, total);
    await afterPiece();
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
    `${host} answered ${status}${status === 404 ? ': there is no such file' : ''}. Check the address, try again later, or put the file on this machine and add it from there.`,
    { retryable },
  );
}

function tooLarge(): SemblanceError {
  return new SemblanceError('download-failed', 'More comes than a model can have. Check the address.');
}

function otherSize({ host }: URL, total: number | null): SemblanceError {
  return new SemblanceError(
    'download-failed',
    `${host} has another file than the one that is expected (${total ?? 'an unknown number of'} bytes). Get the file elsewhere and add it from there.`,
  );
}

function writeFailure(cause: unknown): SemblanceError {
  return systemCodeOf(cause) === 'ENOSPC'
    ? new SemblanceError('disk-full', 'The disk is full. Free some space and try again: it goes on there.', {
        cause,
      })
    : new SemblanceError('download-failed', `What comes cannot be written (${String(cause)}).`, { cause });
}

function asFailure(error: unknown, { host }: URL): SemblanceError {
  if (error instanceof SemblanceError && error.message !== 'The connection was cut off.') return error;
  return new SemblanceError(
    'download-failed',
    `${host} cannot be reached, or breaks off. Check the connection and try again: it goes on where it stopped. Or put the file on this machine and add it from there.`,
    { retryable: true, cause: error },
  );
}

async function hasSha256(file: string, sha256: string): Promise<boolean> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex') === sha256.toLowerCase();
}
