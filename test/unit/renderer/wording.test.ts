import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src-main/contract/index.ts';
import { jobLine, timeLeft } from '../../../src-renderer/wording.ts';

const job: Job = {
  id: 1,
  kind: 'index',
  state: 'running',
  step: 'Indexing',
  done: 1204,
  total: 9870,
  photosPerSecond: 38.2,
  secondsLeft: 227,
  startedAtMs: 0,
  endedAtMs: null,
  error: null,
  summary: null,
};

describe('the line of a running job', () => {
  it('says what it does, how far it is, how fast, and how long yet', () => {
    expect(jobLine(job)).toBe('Indexing 1,204 of 9,870 · 38/s · 4 min left');
  });

  it('says only what it does while nothing is counted', () => {
    expect(jobLine({ ...job, step: 'Looking for photos', done: 0, total: 0, secondsLeft: null })).toBe(
      'Looking for photos',
    );
  });

  it('promises no end while it is paused', () => {
    expect(jobLine({ ...job, state: 'paused' })).toBe('Indexing 1,204 of 9,870 · paused');
  });

  it('never says that no time is left while there is work', () => {
    expect(timeLeft(0.2)).toBe('1 s');
    expect(timeLeft(2 * 3600)).toBe('2.0 h');
  });
});
