/** A log's file, which begins anew when it is full and keeps a few before it. It never fails whoever writes to it. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';

export interface LogFileOptions {
  /** A file that grows beyond this begins anew. */
  mostBytes?: number;
  /** Files that are kept beside it. */
  kept?: number;
  /** Wait after a failure, as on a full disk, before the file is tried again. */
  retryMs?: number;
}

const usualMostBytes = 2 ** 20;
const usualKept = 4;
const usualRetryMs = 30_000;
/** Bytes that may wait for a slow disk; entries beyond that are left out. */
const mostWaitingBytes = 2 ** 20;
/** How long anybody may wait for the disk. */
const patienceMs = 1000;

export const logExtension = '.jsonl';

export class LogFile {
  readonly #folder: string;
  readonly #name: string;
  readonly #options: Required<LogFileOptions>;
  #stream: RotatingFileStream | null = null;
  #failedAtMs = -Infinity;
  #leftOut = 0;

  /** @param name without its extension; files before it have a number, the latest 1 */
  constructor(folder: string, name: string, options: LogFileOptions = {}) {
    this.#folder = folder;
    this.#name = name;
    this.#options = { mostBytes: usualMostBytes, kept: usualKept, retryMs: usualRetryMs, ...options };
  }

  /** Entries that did not fit or could not be written since this was last asked. */
  takeLeftOut(): number {
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    return leftOut;
  }

  /** @param tellsOf entries before it whose loss the line tells of, and which are lost with it */
  write(line: string, tellsOf: number): void {
    const stream = this.#stream ?? this.#open();
    if (!stream || stream.writableLength > mostWaitingBytes) {
      this.#leftOut += 1 + tellsOf;
      return;
    }
    stream.write(line, (error) => {
      if (error) this.#leftOut += 1 + tellsOf;
    });
  }

  /** At once, for a program that is about to end by an error. */
  writeNow(line: string): void {
    try {
      appendFileSync(join(this.#folder, `${this.#name}${logExtension}`), line);
    } catch {
      // There is nobody left to tell.
    }
  }

  /** Waits for what is on its way to the disk, but not for long. */
  async settle(): Promise<void> {
    const stream = this.#stream;
    if (stream) await inTime((done) => stream.write('', () => done()));
  }

  /** The same, and ends. */
  async close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = null;
    if (!stream) return;
    await inTime((done) => {
      stream.once('close', done);
      stream.end();
    });
  }

  #open(): RotatingFileStream | null {
    const { mostBytes, kept, retryMs } = this.#options;
    if (performance.now() - this.#failedAtMs < retryMs) return null;
    const stream = createStream(
      (index: number | Date | null) =>
        typeof index === 'number' ? `${this.#name}.${index}${logExtension}` : `${this.#name}${logExtension}`,
      // Nobody else on the machine need read it.
      { path: this.#folder, size: `${mostBytes}B`, rotate: kept, mode: 0o600 },
    );
    const drop = (): void => {
      if (this.#stream === stream) this.#stream = null;
    };
    stream.on('error', () => {
      this.#failedAtMs = performance.now();
      drop();
    });
    stream.on('close', drop);
    this.#stream = stream;
    return stream;
  }
}

function inTime(wait: (done: () => void) => void): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, patienceMs);
    wait(() => {
      clearTimeout(timer);
      done();
    });
  });
}
