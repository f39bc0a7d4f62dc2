/** Has a part of an archive checked beside everything else. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { endWorker } from '../contract/end-worker.ts';
import { type ErrorReport, SemblanceError, sibling } from '../contract/index.ts';
import type { PartName } from './archive-manifest.ts';

/** @throws SemblanceError `archive-invalid`, `library-newer`, `cancelled` */
export async function checkInThread(name: PartName, file: string, signal: AbortSignal): Promise<void> {
  const worker = new Worker(fileURLToPath(sibling(import.meta.url, 'archive-check-worker')), {
    workerData: { name, file },
  });
  try {
    const [report] = (await once(worker, 'message', { signal })) as [ErrorReport | null];
    if (report) throw SemblanceError.fromReport(report);
  } catch (error) {
    if (signal.aborted) throw new SemblanceError('cancelled', 'The job was cancelled.');
    throw error;
  } finally {
    await endWorker(worker);
  }
}
