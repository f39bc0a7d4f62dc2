/** Waits for jobs, with a progress bar on a terminal; Ctrl-C cancels them. */
import { type Job, SemblanceError } from '../contract/index.ts';
import type { Engine } from '../engine/index.ts';
import { ProgressBar } from './progress.ts';

/**
 * Waits until the engine has nothing more to do.
 * @returns what `begin` resolves with
 * @throws SemblanceError of the first job that failed or was cancelled
 */
export async function followJobs<Result>(
  engine: Engine,
  begin: () => Result | Promise<Result>,
): Promise<Result> {
  const bar = new ProgressBar();
  const unsubscribe = engine.subscribe((event) => {
    if (event.event === 'job' && event.data.state === 'running') bar.draw(event.data);
  });
  const stop = (): void => {
    for (const { id } of engine.jobs.list()) engine.jobs.cancel(id);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    const result = await begin();
    await engine.jobs.idle();
    for (const { error } of engine.jobs.list()) if (error) throw SemblanceError.fromReport(error);
    return result;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    unsubscribe();
    bar.clear();
  }
}

/** @throws SemblanceError `cancelled`, with the exit code of Ctrl-C */
export function refuseCancelled(jobs: Job[], message: string): void {
  if (!jobs.some(({ state }) => state === 'cancelled')) return;
  process.exitCode = 130;
  throw new SemblanceError('cancelled', message);
}
