/** Reads photos that may kill whoever reads them, one by one, in a process that may die of it. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type ErrorReport, SemblanceError, sibling } from '../contract/index.ts';
import type { VisionOptions } from './vision.ts';
import type { FileReading } from './vision-messages.ts';

type LoneOptions = Required<Pick<VisionOptions, 'model' | 'others' | 'settings' | 'limits'>>;

/** What the process is asked for; the first one says how photos are read. */
export type LoneRequest = { kind: 'start'; options: LoneOptions } | { kind: 'read'; path: string };

export type LoneMessage =
  { kind: 'ready' } | { kind: 'reading'; reading: FileReading } | { kind: 'failed'; error: ErrorReport };

export class LoneReader {
  readonly #options: LoneOptions;
  #child: ChildProcess | null = null;

  constructor(options: LoneOptions) {
    this.#options = options;
  }

  /**
   * Reads a file, by the processor, whether or not its content is known. One at a time.
   * @param signal ends it
   * @throws SemblanceError `decoder-crashed` when the process died of it, and of `Vision.start` and `extractFile`
   */
  async read(path: string, signal: AbortSignal): Promise<FileReading> {
    const child = this.#child ?? (await this.#start(signal));
    const answer = await ask(child, { kind: 'read', path }, signal);
    if (answer?.kind === 'reading') return answer.reading;
    if (answer?.kind === 'failed') throw SemblanceError.fromReport(answer.error);
    this.#child = null;
    throw new SemblanceError(
      'decoder-crashed',
      'Reading this file ended the process that read it. It is left out until it changes.',
      { photo: path },
    );
  }

  close(): void {
    this.#child?.kill('SIGKILL');
    this.#child = null;
  }

  async #start(signal: AbortSignal): Promise<ChildProcess> {
    const child = fork(fileURLToPath(sibling(import.meta.url, 'lone-reader-process')), {
      serialization: 'advanced',
      // What a dying decoder prints is no concern of the person's.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const answer = await ask(child, { kind: 'start', options: this.#options }, signal);
    if (answer?.kind === 'failed') throw SemblanceError.fromReport(answer.error);
    if (answer?.kind !== 'ready') {
      throw new SemblanceError(
        'internal',
        'The process that reads photos one by one did not start. Try again.',
        {
          retryable: true,
        },
      );
    }
    this.#child = child;
    return child;
  }
}

/** The answer to a request, or null when the process ended instead. @throws SemblanceError `cancelled` */
function ask(child: ChildProcess, request: LoneRequest, signal: AbortSignal): Promise<LoneMessage | null> {
  return new Promise((resolve, reject) => {
    const settle = (answer: LoneMessage | null): void => {
      signal.removeEventListener('abort', stop);
      child.off('message', settle).off('exit', ended).off('error', ended);
      if (signal.aborted) reject(new SemblanceError('cancelled', 'Reading photos was ended.'));
      else resolve(answer);
    };
    const ended = (): void => settle(null);
    const stop = (): void => void child.kill('SIGKILL');
    child.once('message', settle).once('exit', ended).once('error', ended);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    child.send(request, () => undefined);
  });
}
