/**
 * Long jobs: one that computes runs at a time, and beside it one that downloads, one that only reads, and one in the
 * background, which makes way for those that compute; the others wait. Each can be watched, paused, resumed and cancelled.
 */
import { type Job, type JobKind, SemblanceError } from '../contract/index.ts';
import { type FindObstacle, JobRun, type JobWork } from './job-run.ts';

/** What jobs take from each other: those of one lane wait for one another. */
type Lane = 'processor' | 'network' | 'disk' | 'background';

const lanes: Partial<Record<JobKind, Lane>> = {
  download: 'network',
  metadata: 'disk',
  export: 'disk',
  neighbours: 'background',
};

function laneOf(kind: JobKind): Lane {
  return lanes[kind] ?? 'processor';
}

/** Ended jobs that are remembered. */
const rememberedJobs = 20;
export class Jobs {
  readonly #onChange: (job: Job) => void;
  readonly #explain: (error: unknown) => unknown;
  readonly #findObstacle: FindObstacle;
  readonly #runs: JobRun[] = [];
  readonly #current = new Map<Lane, JobRun>();
  #nextId = 1;
  #closing = false;

  /**
   * @param onChange told of every change of a job; progress comes at most five times a second
   * @param explain says in plain words what ended a job
   * @param findObstacle tells what a job may wait for instead of ending; by default it waits for nothing
   */
  constructor(
    onChange: (job: Job) => void,
    explain: (error: unknown) => unknown = (error) => error,
    findObstacle: FindObstacle = () => null,
  ) {
    this.#onChange = onChange;
    this.#explain = explain;
    this.#findObstacle = findObstacle;
  }

  list(): Job[] {
    return this.#runs.map((run) => run.job());
  }

  /**
   * Queues a job. The promise settles with the job as it ended, and never rejects.
   * @param about the model that a download is for
   */
  start(kind: JobKind, work: JobWork, about: { model?: string } = {}): { job: Job; ended: Promise<Job> } {
    const { model = null } = about;
    const run = new JobRun({
      id: this.#nextId++,
      kind,
      model,
      work,
      onChange: this.#onChange,
      explain: this.#explain,
      findObstacle: this.#findObstacle,
    });
    this.#runs.push(run);
    const over = this.#runs.filter((each) => each.isOver);
    if (over.length > rememberedJobs) this.#runs.splice(this.#runs.indexOf(over[0]), 1);
    this.#onChange(run.job());
    this.#runNext();
    return { job: run.job(), ended: run.ended };
  }

  /** Whether a job of this kind waits or runs. */
  isPending(kind: JobKind): boolean {
    return this.#runs.some((run) => run.kind === kind && !run.isOver);
  }

  /** Whether a job that computes waits or runs. */
  get isComputing(): boolean {
    return this.#computing() !== undefined;
  }

  /** Waits until no job computes. @param signal ends the waiting */
  async computed(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    for (let run = this.#computing(); run && !signal.aborted; run = this.#computing()) {
      await Promise.race([run.ended, aborted]);
    }
  }

  #computing(): JobRun | undefined {
    return this.#runs.find((run) => !run.isOver && laneOf(run.kind) === 'processor');
  }

  pause(jobId: number): Job {
    return this.#get(jobId).pause();
  }

  resume(jobId: number): Job {
    return this.#get(jobId).resume();
  }

  cancel(jobId: number): Job {
    return this.#get(jobId).cancel();
  }

  /** Cancels everything and waits until it has stopped. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const run of this.#runs) run.cancel();
    await Promise.all(this.#runs.map((run) => run.ended));
  }

  /** Waits until nothing runs or waits, whatever jobs are added meanwhile. */
  async idle(): Promise<void> {
    for (let run = this.#pending(); run; run = this.#pending()) await run.ended;
  }

  #pending(): JobRun | undefined {
    return this.#runs.find((run) => !run.isOver);
  }

  #get(jobId: number): JobRun {
    const run = this.#runs.find((each) => each.id === jobId);
    if (!run) throw new SemblanceError('not-found', 'This job is no longer known.');
    return run;
  }

  #runNext(): void {
    if (this.#closing) return;
    for (const next of this.#runs) {
      const lane = laneOf(next.kind);
      if (!next.isQueued || this.#current.has(lane)) continue;
      this.#current.set(lane, next);
      void next.run().then(() => {
        this.#current.delete(lane);
        this.#runNext();
      });
    }
  }
}
