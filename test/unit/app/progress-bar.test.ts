import { describe, expect, it } from 'vitest';
import { OpenJobs, progressOf } from '../../../src-main/app/progress-bar.ts';
import type { Job } from '../../../src-main/contract/index.ts';

function job(change: Partial<Job>): Job {
  return {
    id: 1,
    kind: 'index',
    state: 'running',
    step: 'Indexing',
    done: 0,
    total: 0,
    photosPerSecond: 0,
    secondsLeft: null,
    startedAtMs: 0,
    endedAtMs: null,
    error: null,
    summary: null,
    training: [],
    outcome: '',
    obstacle: null,
    found: null,
    model: null,
    ...change,
  };
}

describe('progress on the taskbar', () => {
  it('is the share that is done, of no known share while nothing is counted yet, and none without a job', () => {
    expect(progressOf([])).toEqual({ value: -1, mode: 'none' });
    expect(progressOf([job({})])).toEqual({ value: 2, mode: 'indeterminate' });
    expect(progressOf([job({ done: 3, total: 4 })])).toEqual({ value: 0.75, mode: 'normal' });
    expect(progressOf([job({ endedAtMs: 5, state: 'done', done: 4, total: 4 })])).toEqual({
      value: -1,
      mode: 'none',
    });
  });

  it('shows that a job is paused', () => {
    expect(progressOf([job({ state: 'paused', done: 1, total: 4 })])).toEqual({
      value: 0.25,
      mode: 'paused',
    });
  });

  it('is that of what runs rather than of what waits, and of a download last', () => {
    const waiting = job({ id: 1, state: 'queued', done: 0, total: 8 });
    const download = job({ id: 2, kind: 'download', done: 1, total: 8 });
    const running = job({ id: 3, done: 4, total: 8 });
    expect(progressOf([waiting, download, running]).value).toBe(0.5);
  });

  it('follows the engine’s jobs, and ends with a lost engine', () => {
    const jobs = new OpenJobs();
    jobs.hear({ event: 'job', data: job({ id: 1 }) });
    jobs.hear({ event: 'job', data: job({ id: 2 }) });
    jobs.hear({ event: 'job', data: job({ id: 1, endedAtMs: 9 }) });
    expect(jobs.all.map(({ id }) => id)).toEqual([2]);
    expect(jobs.hear({ event: 'libraryChanged', data: { photos: 1, folders: 1 } })).toBe(false);
    expect(jobs.hear({ event: 'engineState', data: { state: 'lost' } })).toBe(true);
    expect(jobs.all).toEqual([]);
  });
});
