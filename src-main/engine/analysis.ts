/** Starts the analysis worker for one task and follows it. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type ErrorReport, SemblanceError, sibling } from '../contract/index.ts';
import type { PowerMeanLayout } from '../descriptor/index.ts';
import type { LeaveOneOut } from '../evaluate/index.ts';
import type { StoredGeneration } from '../library/index.ts';

export type AnalysisTask =
  | { kind: 'fit' | 'describe'; libraryPath: string; generation: StoredGeneration; layout: PowerMeanLayout }
  | { kind: 'evaluate'; vectors: Float32Array; dimension: number; labels: number[] };

export interface DescriptorBatch {
  kind: 'descriptors';
  batch: { contentId: number; vector: Float32Array }[];
}

export interface FitResult {
  kind: 'fit';
  encodedFit: Uint8Array;
  fittedOn: number;
}

export interface EvaluationResult {
  kind: 'evaluation';
  quality: LeaveOneOut;
}

export type AnalysisResult = FitResult | DescriptorBatch | EvaluationResult;

export type AnalysisMessage =
  | { kind: 'progress'; done: number; total: number }
  | AnalysisResult
  | { kind: 'done' }
  | { kind: 'failed'; error: ErrorReport };

/** Whoever waits for a task; a job's control fits. */
export interface AnalysisWatcher {
  /** Aborting ends the worker. */
  signal: AbortSignal;
  report(progress: { done: number; total: number }): void;
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
  const worker = new Worker(fileURLToPath(sibling(import.meta.url, 'analysis-worker')), { workerData: task });
  const stop = (): void => void worker.terminate();
  watcher.signal.addEventListener('abort', stop);
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (message: AnalysisMessage) => {
        try {
          if (message.kind === 'done') resolve();
          else if (message.kind === 'failed') reject(SemblanceError.fromReport(message.error));
          else if (message.kind === 'progress') watcher.report({ done: message.done, total: message.total });
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
    await worker.terminate();
  }
}
