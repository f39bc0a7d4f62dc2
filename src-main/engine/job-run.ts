/** One long job: its state, and what its work reports. */
import {
  type IndexSummary,
  type Job,
  type JobKind,
  type JobObstacle,
  progressUnit,
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
  /**
   * Runs something that picks up where it was left off, again and again until no obstacle ends it; the job is paused
   * meanwhile. @throws SemblanceError `cancelled`, and what ended it otherwise
   */
  persist<Result>(action: () => Promise<Result>): Promise<Result>;
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

/**
 * Tells what stands in a job's way after an error: null where nothing does that will ever go, else a function that looks
 * again, and says null once it is gone.
 */
export type FindObstacle = (error: unknown, job: Job) => (() => JobObstacle | null) | null;

/** How often it is looked whether what stood in the way has gone. */
const obstacleLookMs = 1000;
/** Progress is told at most this often. */
const reportIntervalMs = 200;

interface RunParts {
  id: number;
  kind: JobKind;
  model: string | null;
  work: JobWork;
  onChange: (job: Job) => void;
  /** Says in plain words what ended the job. */
  explain: (error: unknown) => unknown;
  findObstacle: FindObstacle;
}

/** One job and its state. */
export class JobRun implements JobControl {
  readonly id: number;
  readonly kind: JobKind;
  readonly #model: string | null;
  readonly ended: Promise<Job>;
  readonly #work: JobWork;
  readonly #onChange: (job: Job) => void;
  readonly #explain: (error: unknown) => unknown;
  readonly #findObstacle: FindObstacle;
  readonly #abort = new AbortController();
  readonly #startedAtMs = Date.now();
  #settle: (job: Job) => void = () => undefined;
  #state: Job['state'] = 'queued';
  #step = 'Waiting';
  #done = 0;
  #total = 0;
  #doneBefore = 0;
  #error: Job['error'] = null;
  #obstacle: JobObstacle | null = null;
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

  constructor({ id, kind, model, work, onChange, explain, findObstacle }: RunParts) {
    this.id = id;
    this.kind = kind;
    this.#model = model;
    this.#work = work;
    this.#onChange = onChange;
    this.#explain = explain;
    this.#findObstacle = findObstacle;
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
    const countsPhotos = progressUnit(this.kind) === 'photos';
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
      obstacle: this.#obstacle,
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
        this.#error = toErrorReport(this.#explain(error));
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

  async persist<Result>(action: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await action();
      } catch (error) {
        const look = this.signal.aborted ? null : this.#findObstacle(error, this.job());
        const obstacle = look?.() ?? null;
        // Where nothing is found that could go, it would only fail again.
        if (!look || !obstacle) throw error;
        await this.#untilGone(obstacle, look);
      }
    }
  }

  /** @throws SemblanceError `cancelled` */
  async #untilGone(obstacle: JobObstacle, look: () => JobObstacle | null): Promise<void> {
    this.#obstacle = obstacle;
    this.#setState('paused');
    const timer = setInterval(() => {
      this.#obstacle = look();
      if (this.#obstacle) this.#tell();
      else this.resume();
    }, obstacleLookMs);
    try {
      await this.checkpoint();
    } finally {
      clearInterval(timer);
      this.#obstacle = null;
    }
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
