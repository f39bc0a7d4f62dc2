/** Describes all photos whose statistics are cached by a generation, on several threads. */
import { availableParallelism } from 'node:os';
import type { StoredGeneration } from '../library/index.ts';
import { analyse, type AnalysisWatcher, type DescribedPhoto } from './analysis.ts';

/** The thread that writes what they find keeps up with no more. */
const mostThreads = 4;

/** @param onBatch told of descriptors in any order */
export async function describeCached(
  libraryPath: string,
  generation: StoredGeneration,
  { signal }: Pick<AnalysisWatcher, 'signal'>,
  onBatch: (batch: DescribedPhoto[]) => void,
): Promise<void> {
  const of = Math.min(mostThreads, availableParallelism());
  const failed = new AbortController();
  const watcher = { signal: AbortSignal.any([signal, failed.signal]), report: () => undefined };
  const parts = Array.from({ length: of }, (_, part) =>
    analyse({ kind: 'describe', libraryPath, generation, share: { part, of } }, watcher, (result) => {
      if (result.kind === 'descriptors') onBatch(result.batch);
    }),
  );
  try {
    await Promise.all(parts);
  } finally {
    // Where one thread has failed, what the others do is in vain; none may go on unwatched.
    failed.abort();
    await Promise.allSettled(parts);
  }
}
