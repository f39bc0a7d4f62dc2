/** Progress of the running job on the dock or the taskbar. */
import type { BrowserWindow } from 'electron';
import { jobInProgress, type Job, type PageEvent } from '../contract/index.ts';

interface Progress {
  /** 0 … 1; above 1 for a share that is not known; −1 for none. */
  value: number;
  mode: 'none' | 'normal' | 'indeterminate' | 'paused';
}

/** What the bar shows of the jobs: the one that the status bar tells of. */
export function progressOf(jobs: readonly Job[]): Progress {
  const job = jobInProgress(jobs);
  if (!job) return { value: -1, mode: 'none' };
  const share = job.total > 0 ? Math.min(1, job.done / job.total) : null;
  if (job.state === 'paused') return { value: share ?? 0, mode: 'paused' };
  return share === null ? { value: 2, mode: 'indeterminate' } : { value: share, mode: 'normal' };
}

/** Jobs of the engine as its events tell of them; those of an engine that is lost are none. */
export class OpenJobs {
  #jobs = new Map<number, Job>();

  get all(): Job[] {
    return [...this.#jobs.values()];
  }

  /** @returns whether anything has changed */
  hear(event: PageEvent): boolean {
    if (event.event === 'engineState') {
      if (event.data.state === 'ready' || this.#jobs.size === 0) return false;
      this.#jobs.clear();
      return true;
    }
    if (event.event !== 'job') return false;
    if (event.data.endedAtMs === null) this.#jobs.set(event.data.id, event.data);
    else this.#jobs.delete(event.data.id);
    return true;
  }
}

export function showProgress(window: Pick<BrowserWindow, 'setProgressBar'>, jobs: readonly Job[]): void {
  const { value, mode } = progressOf(jobs);
  window.setProgressBar(value, { mode });
}
