/** Long jobs as others see them. Times are milliseconds since 1970 unless a name says otherwise. */
import type { ErrorReport, PhotoProblemCode } from './errors.ts';
import type { TuneSearchFinding } from './tuning.ts';

/**
 * `extract` reads photos again for a new recipe, `pairs` makes altered copies to learn from and to measure with, `fit`
 * learns from the photos, `build` makes the new descriptors, `tune-search` looks for a better recipe, `map` lays the photos
 * out in two dimensions, `eight-bit` makes a model's faster copy, `time-profiles` tells how long reading takes,
 * `renew-cache` brings what an older version stored into the present form, `metadata` reads what files tell of photos that
 * were indexed before that was looked at, `neighbours` looks for the pictures most similar to each, `duplicates` compares
 * similar ones place by place, `measure` tells how good the search is, `download` adds a model of the catalogue,
 * `export` writes the library into a file, and `import` takes one in.
 */
export type JobKind =
  | 'index'
  | 'extract'
  | 'pairs'
  | 'fit'
  | 'build'
  | 'tune-search'
  | 'map'
  | 'eight-bit'
  | 'time-profiles'
  | 'renew-cache'
  | 'metadata'
  | 'neighbours'
  | 'duplicates'
  | 'measure'
  | 'download'
  | 'export'
  | 'import';
export type JobState = 'queued' | 'running' | 'paused' | 'cancelled' | 'failed' | 'done';

/** What an index job found and did; complete once the job has ended. */
export interface IndexSummary {
  /** Searchable photos in the library afterwards. */
  photos: number;
  indexed: number;
  unchanged: number;
  /** Known photos that were found under a new path, and needed no computing. */
  moved: number;
  removed: number;
  /** Files that are no photos by name or content. */
  ignored: number;
  /** The first thousand of those that were set aside; `skippedCount` says how many there are. */
  skipped: { path: string; code: PhotoProblemCode; message: string }[];
  skippedCount: number;
  /** Folders that are not there; their photos stay as they are. */
  offline: string[];
  seconds: number;
  photosPerSecond: number;
}

/** How training went so far, one entry an epoch. */
export interface TrainingEpoch {
  loss: number;
  /** Mean average precision on photos that training does not see, or null where that is not measured. */
  heldOut: number | null;
}

/** What a paused job waits for. It goes on by itself once that is gone, or when somebody resumes it. */
export interface JobObstacle {
  code: 'disk-full';
  /** The folder that no more can be written to. */
  path: string;
  /** About what the rest of the job takes. */
  neededBytes: number;
  /** What is free on the disk. */
  freeBytes: number;
}

/** A long job. What its progress counts, `progressUnit` says. */
export interface Job {
  id: number;
  kind: JobKind;
  state: JobState;
  /** What the job is doing now, in words, e.g. 'Looking for photos'. */
  step: string;
  done: number;
  /** 0 while the total is not known yet. */
  total: number;
  photosPerSecond: number;
  /** Estimated time left, or null while it cannot be told. */
  secondsLeft: number | null;
  startedAtMs: number;
  endedAtMs: number | null;
  error: ErrorReport | null;
  /** Only while it is paused, where nobody has paused it. */
  obstacle: JobObstacle | null;
  /** Only of index jobs, when ended. */
  summary: IndexSummary | null;
  /** Only of jobs that train. */
  training: TrainingEpoch[];
  /** What the job came to, in words; '' while it runs, and where its end says it all. */
  outcome: string;
  /** Only of searches for a better recipe, the best so far. */
  found: TuneSearchFinding | null;
  /** Only of downloads, the catalogue's name of the model. */
  model: string | null;
}

/**
 * The job that is told of where there is room for one: what runs, else what waits; of what runs side by side, last what makes way
 * for others, and downloads.
 */
export function jobInProgress(jobs: readonly Job[]): Job | undefined {
  const isAside = ({ kind }: Job): boolean => kind === 'download' || kind === 'neighbours';
  const open = jobs
    .filter(({ endedAtMs }) => endedAtMs === null)
    .sort((a, b) => Number(isAside(a)) - Number(isAside(b)));
  return open.find(({ state }) => state !== 'queued') ?? open.at(0);
}
