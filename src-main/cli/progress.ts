/** One line that is rewritten in place: photos, photos per second, time left. */
import type { Job } from '../contract/index.ts';

const barWidth = 24;

export function progressLine(job: Job): string {
  if (job.total === 0) return `${job.step}…`;
  const filled = Math.round((barWidth * job.done) / job.total);
  const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
  const rate = job.photosPerSecond === 0 ? '' : ` · ${job.photosPerSecond.toFixed(1)}/s`;
  const left = job.secondsLeft === null ? '' : ` · ${duration(job.secondsLeft)} left`;
  return `${job.step} ${bar} ${job.done.toLocaleString('en')} of ${job.total.toLocaleString('en')}${rate}${left}`;
}

/** Seconds in words, e.g. '4 min', rounded up so that it never says zero. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.ceil(seconds))} s`;
  if (seconds < 90 * 60) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** Draws a job's progress on a terminal; silent where the output is no terminal. */
export class ProgressBar {
  readonly #stream: NodeJS.WriteStream;
  #drawn = false;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  draw(job: Job): void {
    if (!this.#stream.isTTY) return;
    const line = progressLine(job).slice(0, Math.max(20, this.#stream.columns - 1));
    this.#stream.write(`\r\u001b[K${line}`);
    this.#drawn = true;
  }

  clear(): void {
    if (this.#drawn) this.#stream.write('\r\u001b[K');
    this.#drawn = false;
  }
}

/** Draws how much has been downloaded on a terminal; silent where the output is no terminal. */
export function showBytes(done: number, total: number | null): void {
  if (!process.stderr.isTTY) return;
  const of = total === null ? '' : ` of ${megabytes(total)}`;
  process.stderr.write(`\r\u001b[KDownloading: ${megabytes(done)}${of} MB`);
}

export function clearBytes(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}

/** Without the unit, e.g. '97.8'. */
export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
