/** Starts the analysis worker for one task and follows it. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { endWorker } from '../contract/end-worker.ts';
import {
  type Augmentation,
  type ErrorReport,
  type Recipe,
  SemblanceError,
  sibling,
  type TrainingEpoch,
  type TuneSearchFinding,
} from '../contract/index.ts';
import type { AttentionByTap, AttentionWeights } from '../descriptor/index.ts';
import type { GroundTruthQuery, ProbeReport, RankingReport } from '../evaluate/index.ts';
import type { StoredGeneration, StoredNeighbours } from '../library/index.ts';

/** What tells which photos match. */
export type Groups =
  /** One number for each labelled picture. */
  | { from: 'folders'; contentIds: number[]; labels: number[] }
  /** A picture may have several tags; its label is the rarest that another one has, for what takes only one. */
  | { from: 'tags'; contentIds: number[]; labels: number[]; tags: number[][] }
  /** Each photo and its altered copies. */
  | { from: 'pairs' };

/** Photos of a library whose statistics are cached. */
export interface CachedSet {
  libraryPath: string;
  extractionKey: string;
  /** Only photos that are in this extraction's cache as well: what is compared must be measured on the same ones. */
  alsoIn?: string;
  groups: Groups;
}

export interface FitTask extends CachedSet {
  kind: 'fit';
  recipe: Recipe;
  attention: AttentionByTap;
}

export interface DescribeTask {
  kind: 'describe';
  libraryPath: string;
  generation: StoredGeneration;
  /** Which of several workers with the same task this one is. */
  share: { part: number; of: number };
}

export interface DescribedPhoto {
  contentId: number;
  vector: Float32Array;
}

export interface HeldOutTask extends CachedSet {
  kind: 'held-out';
  recipe: Recipe;
  /** 0 fits on all photos, the queries among them. */
  folds: number;
}

export interface ProbeTask extends CachedSet {
  kind: 'probe';
  recipe: Recipe;
  folds: number;
}

export interface TuneSearchTask extends CachedSet {
  kind: 'tune-search';
  recipe: Recipe;
  seconds: number;
}

/** Descriptors to be laid out in two dimensions. */
export interface MapTask {
  kind: 'map';
  vectors: Float32Array;
  dimension: number;
  method: 'umap' | 'tsne';
}

/** Feature maps of one tap, and which of them match. */
export interface AttentionTask {
  kind: 'attention';
  maps: { data: Float32Array; positions: number }[];
  groups: number[];
  channels: number;
  hidden: number;
  seed: number;
}

/** Mixes the neighbours of each of a generation's pictures into its descriptor. */
export interface AugmentTask {
  kind: 'augment';
  libraryPath: string;
  generationId: number;
  augmentation: Augmentation;
}

/** Looks for the neighbours of pictures that have no list of them yet. */
export interface NeighboursTask {
  kind: 'neighbours';
  libraryPath: string;
  generationId: number;
  /** As `Gate` makes it; the worker passes it after each block. */
  gate: SharedArrayBuffer;
}

/** What rows of descriptors should find: by one number a row, by the tags of each row, or as a list of queries says. */
export type RowTruth =
  | { from: 'labels'; labels: number[] }
  | { from: 'tags'; tags: number[][] }
  /** The queries have vectors of their own. */
  | { from: 'file'; asking: Float32Array; queries: GroundTruthQuery[] };

/** Measures descriptors as they are. */
export interface EvaluateTask {
  kind: 'evaluate';
  vectors: Float32Array;
  dimension: number;
  truth: RowTruth;
}

export type AnalysisTask =
  | FitTask
  | DescribeTask
  | EvaluateTask
  | HeldOutTask
  | ProbeTask
  | TuneSearchTask
  | MapTask
  | AttentionTask
  | NeighboursTask
  | AugmentTask;

export type AnalysisResult =
  | { kind: 'descriptors'; batch: DescribedPhoto[] }
  /** `encodedFit` is null when learning made nothing better than before. */
  | {
      kind: 'fit';
      encodedFit: Uint8Array | null;
      fittedOn: number;
      guard: { before: number; after: number } | null;
    }
  /** `contentIds` are the pictures that the report's rows stand for; none where whoever asked knows them. */
  | { kind: 'evaluation'; report: RankingReport; contentIds: number[] }
  | { kind: 'probe'; report: ProbeReport }
  | { kind: 'finding'; finding: TuneSearchFinding }
  /** x and y of each row. */
  | { kind: 'map'; points: Float32Array }
  | { kind: 'attention'; weights: AttentionWeights }
  /** `found` counts a block's pictures with the last of its lists, and is 0 before. */
  | { kind: 'neighbours'; lists: StoredNeighbours[]; found: number };

export interface AnalysisProgress {
  step?: string;
  done: number;
  total: number;
  epoch?: TrainingEpoch;
}

export type AnalysisMessage =
  | { kind: 'progress'; progress: AnalysisProgress }
  | AnalysisResult
  | { kind: 'done' }
  | { kind: 'failed'; error: ErrorReport };

/** Whoever waits for a task; a job's control fits. */
export interface AnalysisWatcher {
  /** Aborting ends the worker. */
  signal: AbortSignal;
  report(progress: AnalysisProgress): void;
}

/** For tasks that nobody watches. */
export function unwatched(): AnalysisWatcher {
  return { signal: new AbortController().signal, report: () => undefined };
}

/**
 * Runs a task to its end.
 * @param onResult told of each result in order; what it throws ends the task
 */
export async function analyse(
  task: AnalysisTask,
  watcher: AnalysisWatcher,
  onResult: (result: AnalysisResult) => void,
): Promise<void> {
  if (watcher.signal.aborted) throw new SemblanceError('cancelled', 'The analysis was cancelled.');
  const worker = new Worker(fileURLToPath(sibling(import.meta.url, 'analysis-worker')), { workerData: task });
  const stop = (): void => void endWorker(worker);
  watcher.signal.addEventListener('abort', stop);
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (message: AnalysisMessage) => {
        try {
          if (message.kind === 'done') resolve();
          else if (message.kind === 'failed') reject(SemblanceError.fromReport(message.error));
          else if (message.kind === 'progress') watcher.report(message.progress);
          else onResult(message);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
      worker.on('error', reject);
      worker.on('exit', () =>
        reject(
          new SemblanceError('internal', 'The analysis stopped early. Run it again.', { retryable: true }),
        ),
      );
    });
  } finally {
    watcher.signal.removeEventListener('abort', stop);
    await endWorker(worker);
  }
}

/** Runs a task that has one result of a kind. */
export async function analyseFor<Kind extends AnalysisResult['kind']>(
  kind: Kind,
  task: AnalysisTask,
  watcher: AnalysisWatcher = unwatched(),
): Promise<Extract<AnalysisResult, { kind: Kind }>> {
  const results: Extract<AnalysisResult, { kind: Kind }>[] = [];
  await analyse(task, watcher, (result) => {
    if (result.kind === kind) results.push(result as Extract<AnalysisResult, { kind: Kind }>);
  });
  const result = results.at(-1);
  if (result) return result;
  throw new SemblanceError('internal', 'The analysis gave no result. Run it again.', { retryable: true });
}
