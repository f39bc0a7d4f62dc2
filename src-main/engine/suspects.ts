/** Files that were being read when an engine died: one of them may have killed it, and would again. */
import { isPhotoProblem, SemblanceError } from '../contract/index.ts';
import type { Library, Suspect } from '../library/index.ts';
import type { FileReading, LoneReader } from '../vision/index.ts';
import type { JobControl } from './job-run.ts';

type Place = Pick<Suspect, 'folderId' | 'directory' | 'name'>;

export class Suspects {
  readonly #library: Library;
  readonly #known: Map<string, Suspect>;

  constructor(library: Library) {
    this.#library = library;
    this.#known = new Map(library.inFlight.suspects().map((suspect) => [keyOf(suspect), suspect]));
  }

  has(file: Place): boolean {
    return this.#known.has(keyOf(file));
  }

  /** Those that are not there any more, or need not be read, are no longer suspected. */
  clearOthers(folderIds: readonly number[], files: readonly Place[]): void {
    const waiting = new Set(files.map(keyOf));
    for (const [key, suspect] of this.#known) {
      if (folderIds.includes(suspect.folderId) && !waiting.has(key)) this.#library.inFlight.end(suspect);
    }
  }
}

/** Runs what reads a file, which is suspected if the engine dies meanwhile. */
export async function inFlight<Result>(
  library: Library,
  file: Place,
  action: () => Promise<Result>,
): Promise<Result> {
  library.inFlight.begin(file);
  try {
    return await action();
  } finally {
    library.inFlight.end(file);
  }
}

/**
 * Reads known pictures again of which a file is suspected, one by one in a process of their own.
 * @param startAlone called only if there are any
 * @param onReading told of each that could be read
 * @returns the other pictures
 */
export async function readSuspectsAgain(
  library: Library,
  contentIds: readonly number[],
  startAlone: () => LoneReader,
  control: JobControl,
  onReading: (contentId: number, reading: FileReading) => Promise<void>,
): Promise<number[]> {
  const suspects = new Suspects(library);
  const fileOf = (contentId: number) => library.photos.withContent(contentId).at(0);
  const isSuspected = (contentId: number): boolean => {
    const file = fileOf(contentId);
    return file !== undefined && suspects.has(file);
  };
  const suspected = library.inFlight.suspects().length > 0 ? contentIds.filter(isSuspected) : [];
  if (suspected.length === 0) return [...contentIds];
  const alone = startAlone();
  try {
    for (const contentId of suspected) {
      await control.checkpoint();
      const file = fileOf(contentId);
      if (!file) continue;
      try {
        await onReading(contentId, await alone.read(file.path, control.signal));
      } catch (error) {
        if (!(error instanceof SemblanceError) || !isPhotoProblem(error.code)) throw error;
        const { code, message } = error;
        if (code === 'decoder-crashed') {
          library.change(() => library.photos.recordProblem(file, { code, message }, Date.now()));
        }
      }
      library.inFlight.end(file);
    }
  } finally {
    alone.close();
  }
  const done = new Set(suspected);
  return contentIds.filter((id) => !done.has(id));
}

function keyOf({ folderId, directory, name }: Place): string {
  return `${folderId}/${directory}/${name}`;
}
