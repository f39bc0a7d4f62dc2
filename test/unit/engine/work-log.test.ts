import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src-main/contract/index.ts';
import { SemblanceError } from '../../../src-main/contract/index.ts';
import { CommandLog } from '../../../src-main/engine/command-log.ts';
import { JobLog } from '../../../src-main/engine/job-log.ts';
import { Jobs } from '../../../src-main/engine/jobs.ts';
import { type Log, type LogFields, silentLog } from '../../../src-main/engine/log.ts';

interface Told {
  level: string;
  event: string;
  fields: LogFields;
}

function listening(): { told: Told[]; log: Log } {
  const told: Told[] = [];
  const tell =
    (level: string) =>
    (event: string, fields: LogFields = {}): void =>
      void told.push({ level, event, fields });
  const error = (event: string, thrown: unknown, fields: LogFields = {}): void =>
    void told.push({ level: 'error', event, fields: { ...fields, thrown: (thrown as Error).message } });
  return { told, log: { ...silentLog, info: tell('info'), warn: tell('warn'), error } };
}

describe('what is logged of jobs', () => {
  it('is that one began and how it ended, with its counts and the time it took', async () => {
    const { told, log } = listening();
    const jobLog = new JobLog(log);
    const jobs = new Jobs((job) => jobLog.hear(job));
    const { ended } = jobs.start('measure', (control) => {
      for (let done = 0; done <= 3; done++)
        control.report({ step: `Looking at /photos/${done}.jpg`, done, total: 3 });
      return Promise.resolve();
    });
    await ended;
    expect(told).toMatchObject([
      { level: 'info', event: 'job-began', fields: { kind: 'measure' } },
      { level: 'info', event: 'job-ended', fields: { kind: 'measure', state: 'done', done: 3, total: 3 } },
    ]);
    expect(JSON.stringify(told)).not.toContain('/photos');
  });

  it('is what one waits for, once, and the code of what ended another', () => {
    const { told, log } = listening();
    const jobLog = new JobLog(log);
    const heard = (job: Partial<Job>): void => jobLog.hear({ ...plainJob, ...job });
    const obstacle = { code: 'disk-full', path: '/library', neededBytes: 5, freeBytes: 1 } as const;
    heard({ state: 'running' });
    heard({ state: 'paused', obstacle });
    heard({ state: 'paused', obstacle: { ...obstacle, freeBytes: 2 } });
    heard({ state: 'running' });
    const error = { code: 'no-model' as const, message: 'There is no model at /models.', retryable: false };
    heard({ state: 'failed', error, endedAtMs: 1500 });
    expect(told).toMatchObject([
      { event: 'job-began' },
      { level: 'warn', event: 'job-waits', fields: { obstacle: 'disk-full', neededBytes: 5, freeBytes: 1 } },
      { event: 'job-running' },
      { level: 'warn', event: 'job-ended', fields: { state: 'failed', code: 'no-model', seconds: 0.5 } },
    ]);
    expect(JSON.stringify(told)).not.toMatch(/library|models/);
  });
});

const plainJob: Job = {
  id: 1,
  kind: 'index',
  state: 'queued',
  step: '',
  done: 0,
  total: 0,
  photosPerSecond: 0,
  secondsLeft: null,
  startedAtMs: 1000,
  endedAtMs: null,
  error: null,
  obstacle: null,
  summary: null,
  training: [],
  outcome: '',
  found: null,
  model: null,
};

describe('what is logged of commands', () => {
  it('is which failed, and the same failure only once in a while', async () => {
    const { told, log } = listening();
    const commands = new CommandLog(log);
    const failing = (error: Error) => commands.watch('search', () => Promise.reject(error));
    for (let i = 0; i < 3; i++) {
      await expect(
        failing(new SemblanceError('empty-library', 'There are no photos yet.')),
      ).rejects.toThrow();
    }
    await expect(failing(new TypeError('broken'))).rejects.toThrow();
    expect(told.map(({ fields }) => fields)).toEqual([
      { command: 'search', thrown: 'There are no photos yet.' },
      { command: 'search', thrown: 'broken' },
    ]);
  });

  it('is nothing where somebody no longer wanted the answer, or soon had it', async () => {
    const { told, log } = listening();
    const commands = new CommandLog(log);
    const cancelled = new SemblanceError('cancelled', 'Another search was asked for.');
    await expect(commands.watch('search', () => Promise.reject(cancelled))).rejects.toThrow();
    expect(await commands.watch('status', () => Promise.resolve(3))).toBe(3);
    expect(told).toEqual([]);
  });
});
