/**
 * Long jobs: one that computes runs at a time, and beside it one that downloads; the others wait. Each can be watched,
 * paused, resumed and cancelled.
 */
import {
  type IndexSummary,
  type Job,
  type JobKind,
  SemblanceError,
  toErrorReport,
  type TrainingEpoch,
  type TuneSearchFinding,
} from '../contract/index.ts';

/** What a job's work is given to report on itself and to obey. */
export interface JobControl {
  /** Aborted when the job is cancelled. */
  readonly signal: AbortSignal;
  /** Waits while the job is paused. @throws SemblanceError `cancelled` */
  checkpoint(): Promise<void>;
  report(progress: JobProgress): void;
  summarise(summary: IndexSummary): void;
  /** Says in words what the job came to. */
  conclude(outcome: string): void;
  /** Tells the best recipe so far. */
  find(finding: TuneSearchFinding): void;
}

export interface JobProgress {
  step?: string;
  done?: number;
  total?: number;
  /** What was done before the job began, and says nothing of how fast it is. */
  startsAt?: number;
  /** How training went in another epoch. */
  epoch?: TrainingEpoch;
}

export type JobWork = (control: JobControl) => Promise<void>;

/** What jobs take from each other: those of one lane wait for one another. */
type Lane = 'processor' | 'network';

function laneOf(kind: JobKind): Lane {
  return kind === 'download' ? 'network' : 'processor';
}

/** Ended jobs that are remembered. */
const rememberedJobs = 20;
/** Progress is told at most this often. */
const reportIntervalMs = 200;

export class Jobs {
  readonly #onChange: (job: Job) => void;
  readonly #runs: Run[] = [];
  readonly #current = new Map<Lane, Run>();
  #nextId = 1;
  #closing = false;

  /** @param onChange told of every change of a job; progress comes at most five times a second */
  constructor(onChange: (job: Job) => void) {
    this.#onChange = onChange;
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
    const run = new Run({ id: this.#nextId++, kind, model, work, onChange: this.#onChange });
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

  /** Whether anything waits or runs. */
  isAnyPending(): boolean {
    return this.#pending() !== undefined;
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

  #pending(): Run | undefined {
    return this.#runs.find((run) => !run.isOver);
  }

  #get(jobId: number): Run {
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

interface RunParts {
  id: number;
  kind: JobKind;
  model: string | null;
  work: JobWork;
  onChange: (job: Job) => void;
}

/** One job and its state. */
class Run implements JobControl {
  readonly id: number;
  readonly kind: JobKind;
  readonly #model: string | null;
  readonly ended: Promise<Job>;
  readonly #work: JobWork;
  readonly #onChange: (job: Job) => void;
  readonly #abort = new AbortController();
  readonly #startedAtMs = Date.now();
  #settle: (job: Job) => void = () => undefined;
  #state: Job['state'] = 'queued';
  #step = 'Waiting';
  #done = 0;
  #total = 0;
  #doneBefore = 0;
  #error: Job['error'] = null;
  #summary: IndexSummary | null = null;
  #training: TrainingEpoch[] = [];
  #trainingStep = '';
  #outcome = '';
  #found: TuneSearchFinding | null = null;
  #endedAtMs: number | null = null;
  #workedMs = 0;
  #workingSinceMs: number | null = null;
  #wake: (() => void) | null = null;
  #toldAtMs = 0;

  constructor({ id, kind, model, work, onChange }: RunParts) {
    this.id = id;
    this.kind = kind;
    this.#model = model;
    this.#work = work;
    this.#onChange = onChange;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get isOver(): boolean {
    return this.#endedAtMs !== null;
  }

  get isQueued(): boolean {
    return this.#state === 'queued';
  }

  job(): Job {
    const seconds = this.#workedSeconds();
    const countsPhotos = !['fit', 'tune-search', 'map', 'time-profiles', 'download'].includes(this.kind);
    const photosPerSecond = countsPhotos && seconds > 0 ? this.#done / seconds : 0;
    const left = this.#total - this.#done;
    const doneHere = this.#done - this.#doneBefore;
    const known = this.#state === 'running' && doneHere > 0 && this.#total > 0;
    return {
      id: this.id,
      kind: this.kind,
      state: this.#state,
      step: this.#step,
      done: this.#done,
      total: this.#total,
      photosPerSecond,
      secondsLeft: known ? (left * seconds) / doneHere : null,
      startedAtMs: this.#startedAtMs,
      endedAtMs: this.#endedAtMs,
      error: this.#error,
      summary: this.#summary,
      training: this.#training,
      outcome: this.#outcome,
      found: this.#found,
      model: this.#model,
    };
  }

  async run(): Promise<void> {
    this.#setState('running');
    try {
      await this.#work(this);
      this.#end('done');
    } catch (error) {
      if (this.signal.aborted) {
        this.#end('cancelled');
      } else {
        this.#error = toErrorReport(error);
        this.#end('failed');
      }
    }
  }

  pause(): Job {
    if (this.#state === 'running') this.#setState('paused');
    return this.job();
  }

  resume(): Job {
    if (this.#state === 'paused') this.#setState('running');
    this.#wake?.();
    return this.job();
  }

  cancel(): Job {
    if (this.isOver) return this.job();
    this.#abort.abort();
    if (this.isQueued) this.#end('cancelled');
    this.#wake?.();
    return this.job();
  }

  async checkpoint(): Promise<void> {
    while (this.#state === 'paused' && !this.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.signal.aborted) throw new SemblanceError('cancelled', 'The job was cancelled.');
  }

  report(progress: JobProgress): void {
    const newStep = progress.step !== undefined && progress.step !== this.#step;
    if (newStep && progress.step !== undefined) this.#step = progress.step;
    if (progress.epoch) {
      // Another step trains something else; until then the curve of the last one stays.
      const goesOn = this.#trainingStep === this.#step;
      this.#training = [...(goesOn ? this.#training : []), progress.epoch];
      this.#trainingStep = this.#step;
    }
    this.#done = progress.done ?? this.#done;
    this.#total = progress.total ?? this.#total;
    // The rate is that of the work that `done` counts, not of the looking round before it.
    if (progress.done === (progress.startsAt ?? 0) && this.#state === 'running') {
      this.#doneBefore = progress.done;
      this.#workedMs = 0;
      this.#workingSinceMs = performance.now();
    }
    if (newStep || performance.now() - this.#toldAtMs >= reportIntervalMs) this.#tell();
  }

  summarise(summary: IndexSummary): void {
    this.#summary = summary;
  }

  conclude(outcome: string): void {
    this.#outcome = outcome;
  }

  find(finding: TuneSearchFinding): void {
    this.#found = finding;
    this.#tell();
  }

  #setState(state: Job['state']): void {
    if (state === 'running') {
      this.#workingSinceMs = performance.now();
    } else {
      this.#workedMs = this.#workedSeconds() * 1000;
      this.#workingSinceMs = null;
    }
    this.#state = state;
    this.#tell();
  }

  #end(state: 'done' | 'cancelled' | 'failed'): void {
    this.#endedAtMs = Date.now();
    this.#setState(state);
    this.#settle(this.job());
  }

  #workedSeconds(): number {
    const since = this.#workingSinceMs;
    return (this.#workedMs + (since === null ? 0 : performance.now() - since)) / 1000;
  }

  #tell(): void {
    this.#toldAtMs = performance.now();
    this.#onChange(this.job());
  }
}
