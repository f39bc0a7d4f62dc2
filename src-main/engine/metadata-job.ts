/** Reads what files tell of photos that were indexed before that was looked at. */
import { isPhotoProblem, SemblanceError } from '../contract/index.ts';
import type { PendingMetadata } from '../library/index.ts';
import { metadataOfFile, type MetadataOfFile } from '../vision/index.ts';
import type { Engine } from './engine.ts';

/** Files that are read at a time, and written down in one transaction. */
const filesAtOnce = 8;

/**
 * Does so in the background, if there are any: beside other jobs, since it only reads. What an ended engine left is done
 * after the next start, and so is what lies on a drive that is not there.
 */
export function completeMetadata(engine: Engine): void {
  const { library, jobs } = engine;
  const total = library.metadata.pending();
  if (total === 0) return;
  jobs.start('metadata', async (control) => {
    control.report({ step: 'Reading dates and keywords', done: 0, total });
    let done = 0;
    for (let files = library.metadata.next(0, filesAtOnce); files.length > 0;) {
      await control.checkpoint();
      const found = await Promise.all(files.map(read));
      await control.checkpoint();
      library.change(() => {
        for (const [i, { contentId }] of files.entries()) {
          const metadata = found[i];
          if (metadata) library.metadata.set(contentId, metadata);
        }
      });
      done += files.length;
      control.report({ done, total });
      files = library.metadata.next(files[files.length - 1].contentId, filesAtOnce);
    }
    engine.tellLibraryChanged(true);
  });
}

/** Null where the file cannot be read now, or is another picture than it was; indexing finds that. */
async function read(file: PendingMetadata): Promise<MetadataOfFile['metadata'] | null> {
  try {
    const { sizeBytes, modifiedAtMs, metadata } = await metadataOfFile(file.path);
    return sizeBytes === file.sizeBytes && modifiedAtMs === file.modifiedAtMs ? metadata : null;
  } catch (error) {
    if (error instanceof SemblanceError && (isPhotoProblem(error.code) || error.code === 'not-a-photo'))
      return null;
    throw error;
  }
}
