/** Starts the analysis worker for one task and follows it. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type ErrorReport, SemblanceError, sibling } from '../contract/index.ts';
import type { PowerMeanLayout } from '../descriptor/index.ts';
import type { StoredGeneration } from '../library/index.ts';
import type { JobControl } from './jobs.ts';

export interface AnalysisTask {
  kind: 'fit' | 'describe';
  libraryPath: string;
  generation: StoredGeneration;
  layout: PowerMeanLayout;
}

export interface DescriptorBatch {
  kind: 'descriptors';
  batch: { contentId: number; vector: Float32Array }[];
}

export interface FitResult {
  kind: 'fit';
  encodedFit: Uint8Array;
  fittedOn: number;
}

export type AnalysisMessage =
  | { kind: 'progress'; done: number; total: number }
  | FitResult
  | DescriptorBatch
  | { kind: 'done' }
  | { kind: 'failed'; error: ErrorReport };

/**
 * Runs a task to its end. Cancelling the job ends the worker.
 * @param onResult told of each result in order; what it throws ends the task
 */
export async function analyse(
  task: AnalysisTask,
  control: JobControl,
  onResult: (result: FitResult | DescriptorBatch) => void,
): Promise<void> {
  await control.checkpoint();
  const worker = new Worker(fileURLToPath(sibling(import.meta.url, 'analysis-worker')), { workerData: task });
  const stop = (): void => void worker.terminate();
  control.signal.addEventListener('abort', stop);
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (message: AnalysisMessage) => {
        try {
          if (message.kind === 'done') resolve();
          else if (message.kind === 'failed') reject(SemblanceError.fromReport(message.error));
          else if (message.kind === 'progress') control.report({ done: message.done, total: message.total });
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
    control.signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
