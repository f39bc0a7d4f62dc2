import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src-main/contract/index.ts';
import type { JobControl } from '../../../src-main/engine/job-run.ts';
import { Jobs } from '../../../src-main/engine/jobs.ts';

function jobs(): { jobs: Jobs; told: Job[] } {
  const told: Job[] = [];
  return { jobs: new Jobs((job) => told.push(job)), told };
}

/** Work that takes steps until it is told to stop, and says after each that it is there. */
function steps(count: number, onStep: (step: number) => void = () => undefined) {
  return async (control: JobControl): Promise<void> => {
    for (let step = 1; step <= count; step++) {
      await control.checkpoint();
      onStep(step);
      control.report({ done: step, total: count });
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
}

describe('a job that persists', () => {
  const obstacle = { code: 'disk-full', path: '/library', neededBytes: 20, freeBytes: 1 } as const;
  const persisting =
    (attempts: string[], failures: number) =>
    (control: JobControl): Promise<void> =>
      control.persist(() => {
        attempts.push('attempt');
        return attempts.length > failures ? Promise.resolve() : Promise.reject(new Error('full'));
      });
  const isPaused = (told: Job[]) => () => told.at(-1)?.state;

  it('is paused while something stands in its way, and goes on when somebody resumes it', async () => {
    const told: Job[] = [];
    const attempts: string[] = [];
    const all = new Jobs(
      (job) => told.push(job),
      undefined,
      () => () => obstacle,
    );
    const { job, ended } = all.start('index', persisting(attempts, 1));
    await expect.poll(isPaused(told)).toBe('paused');
    expect(told.at(-1)).toMatchObject({ obstacle, error: null });
    all.resume(job.id);
    expect(await ended).toMatchObject({ state: 'done', obstacle: null });
    expect(attempts).toHaveLength(2);
  });

  it('can be cancelled while it waits', async () => {
    const told: Job[] = [];
    const all = new Jobs(
      (job) => told.push(job),
      undefined,
      () => () => obstacle,
    );
    const { job, ended } = all.start('index', persisting([], 9));
    await expect.poll(isPaused(told)).toBe('paused');
    all.cancel(job.id);
    expect(await ended).toMatchObject({ state: 'cancelled', obstacle: null });
  });

  it('fails where nothing that goes by itself ended it', async () => {
    const { jobs: all } = jobs();
    const job = await all.start('index', persisting([], 9)).ended;
    expect(job).toMatchObject({ state: 'failed', obstacle: null });
    expect(job.error?.message).toContain('full');
    const gone = new Jobs(
      () => undefined,
      undefined,
      () => () => null,
    );
    expect((await gone.start('index', persisting([], 9)).ended).state).toBe('failed');
  });
});

describe('a job', () => {
  it('ends done with its progress complete', async () => {
    const { jobs: all } = jobs();
    const job = await all.start('index', steps(3)).ended;
    expect(job).toMatchObject({ state: 'done', done: 3, total: 3, error: null });
    expect(job.endedAtMs).not.toBeNull();
  });

  it('waits while another one runs', async () => {
    const { jobs: all } = jobs();
    const order: string[] = [];
    const first = all.start(
      'index',
      steps(2, () => order.push('first')),
    );
    const second = all.start(
      'fit',
      steps(2, () => order.push('second')),
    );
    expect(second.job.state).toBe('queued');
    await Promise.all([first.ended, second.ended]);
    expect(order).toEqual(['first', 'first', 'second', 'second']);
  });

  it('that downloads runs beside one that computes, and waits for another download', async () => {
    const { jobs: all } = jobs();
    const reading = all.start('index', steps(3));
    const first = all.start('download', steps(1), { model: 'one' });
    const second = all.start('download', steps(1), { model: 'two' });
    expect(all.list().map(({ state }) => state)).toEqual(['running', 'running', 'queued']);
    const fitting = all.start('fit', steps(1));
    expect(fitting.job.state).toBe('queued');
    await all.idle();
    for (const { ended } of [reading, first, second, fitting]) expect((await ended).state).toBe('done');
    expect(all.list().map(({ model }) => model)).toEqual([null, 'one', 'two', null]);
  });

  it('that goes on from what was done before estimates by what it does itself', async () => {
    const { jobs: all } = jobs();
    const estimates: (number | null)[] = [];
    await all.start('download', async (control) => {
      control.report({ done: 900, total: 1000, startsAt: 900 });
      estimates.push(all.list().at(-1)!.secondsLeft);
      await new Promise((resolve) => setTimeout(resolve, 100));
      control.report({ done: 910, total: 1000 });
      estimates.push(all.list().at(-1)!.secondsLeft);
    }).ended;
    // Ten took a tenth of a second, so ninety take nine tenths.
    expect(estimates[0]).toBeNull();
    expect(estimates[1]).toBeGreaterThan(0.8);
  });

  it('does nothing while paused and carries on when resumed', async () => {
    const { jobs: all } = jobs();
    let reached = 0;
    const { job, ended } = all.start(
      'index',
      steps(5, (step) => {
        reached = step;
        if (step === 2) all.pause(job.id);
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(reached).toBe(2);
    expect(all.list()[0].state).toBe('paused');
    all.resume(job.id);
    expect((await ended).state).toBe('done');
    expect(reached).toBe(5);
  });

  it('stops when cancelled, also while paused or waiting', async () => {
    const { jobs: all } = jobs();
    const paused = all.start('index', steps(1000));
    const waiting = all.start('fit', steps(1));
    all.pause(paused.job.id);
    expect(all.cancel(waiting.job.id).state).toBe('cancelled');
    all.cancel(paused.job.id);
    expect((await paused.ended).state).toBe('cancelled');
    expect((await waiting.ended).done).toBe(0);
  });

  it('that throws ends failed with the reason, and the next one runs', async () => {
    const { jobs: all } = jobs();
    const failing = all.start('index', () => Promise.reject(new Error('no luck')));
    const next = all.start('index', steps(1));
    expect((await failing.ended).error).toMatchObject({
      code: 'internal',
      message: 'Unexpected error: no luck',
    });
    expect((await next.ended).state).toBe('done');
  });

  it('tells each state once it is reached', async () => {
    const { jobs: all, told } = jobs();
    await all.start('build', steps(1)).ended;
    expect(told.map(({ state }) => state)).toEqual(expect.arrayContaining(['queued', 'running', 'done']));
    expect(told.at(-1)?.state).toBe('done');
  });

  it('is refused under an unknown number', () => {
    expect(() => jobs().jobs.cancel(7)).toThrow('no longer known');
  });
});

describe('closing', () => {
  it('cancels what runs and what waits', async () => {
    const { jobs: all } = jobs();
    const running = all.start('index', steps(1_000_000));
    const waiting = all.start('index', steps(1));
    await all.close();
    expect((await running.ended).state).toBe('cancelled');
    expect((await waiting.ended).state).toBe('cancelled');
  });
});
