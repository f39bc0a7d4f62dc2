/** What a log says of jobs: that they began, what they wait for, and how they ended. */
import type { IndexSummary, Job } from '../contract/index.ts';
import type { Log, LogFields } from './log.ts';

export class JobLog {
  readonly #log: Log;
  /** The state of jobs that are not over, as it was last told. */
  readonly #states = new Map<number, string>();

  constructor(log: Log) {
    this.#log = log;
  }

  hear(job: Job): void {
    const { id, kind, state, obstacle } = job;
    const told = obstacle === null ? state : `${state}: ${obstacle.code}`;
    const before = this.#states.get(id);
    if (told === before) return;
    if (job.endedAtMs !== null) this.#states.delete(id);
    else this.#states.set(id, told);
    if (job.endedAtMs !== null) this.#logEnd(job);
    else if (obstacle !== null) {
      const { code, neededBytes, freeBytes } = obstacle;
      this.#log.warn('job-waits', { job: id, kind, obstacle: code, neededBytes, freeBytes });
    } else if (state !== 'queued') {
      this.#log.info(before === undefined || before === 'queued' ? 'job-began' : `job-${state}`, {
        job: id,
        kind,
      });
    }
  }

  #logEnd(job: Job): void {
    const { id, kind, state, done, total, error, summary, startedAtMs, endedAtMs } = job;
    const fields: LogFields = {
      job: id,
      kind,
      state,
      done,
      total,
      seconds: Math.round((endedAtMs ?? startedAtMs) - startedAtMs) / 1000,
      photosPerSecond: Math.round(job.photosPerSecond * 10) / 10,
      ...(error && { code: error.code }),
      ...(summary && summaryFields(summary)),
    };
    if (state === 'failed') this.#log.warn('job-ended', fields);
    else this.#log.info('job-ended', fields);
  }
}

function summaryFields({ skipped, offline, ...summary }: IndexSummary): LogFields {
  const { photos, indexed, unchanged, moved, removed, ignored, skippedCount } = summary;
  const byCode: Record<string, number> = {};
  for (const { code } of skipped) byCode[code] = (byCode[code] ?? 0) + 1;
  return {
    index: { photos, indexed, unchanged, moved, removed, ignored, skipped: skippedCount },
    ...(skipped.length > 0 && { skippedByCode: byCode }),
    ...(offline.length > 0 && { offlineFolders: offline.length }),
  };
}
