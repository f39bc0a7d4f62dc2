/** What the person gave to be opened, kept until the page takes it. Loads without native modules, for every host. */
import { stat } from 'node:fs/promises';
import { basename, isAbsolute } from 'node:path';
import {
  type ErrorReport,
  messageOf,
  mostOpened,
  type Opened,
  SemblanceError,
  systemCodeOf,
  toErrorReport,
} from '../contract/index.ts';
import { readPhotoFile } from '../vision/read-file.ts';

type Waiting = { path: string; isFirst: boolean } | { error: ErrorReport };

export class OpenedFiles {
  #waiting: Waiting[] = [];
  readonly #listeners = new Set<() => void>();

  /** Photos and folders by their absolute paths, opened together. */
  add(paths: readonly string[]): void {
    const absolute = paths.filter((path) => isAbsolute(path) && !path.includes('\0'));
    if (absolute.length === 0) return;
    for (const [place, path] of absolute.slice(0, mostOpened).entries()) {
      this.#waiting.push({ path, isFirst: place === 0 });
    }
    if (absolute.length > mostOpened) this.#waiting.push({ error: tooMany(absolute.length) });
    for (const listener of this.#listeners) listener();
  }

  /** The next one, read; null when nothing waits. One that cannot be read is handed over as the reason why. */
  async take(): Promise<Opened | null> {
    const next = this.#waiting.shift();
    if (!next) return null;
    if ('error' in next) return { kind: 'refused', error: next.error };
    const opened = await read(next.path, next.isFirst).catch((error: unknown): Opened => ({
      kind: 'refused',
      error: toErrorReport(error),
    }));
    const following = this.#waiting.at(0);
    // Where the first of a hand-over was no photo, the one after it begins the query.
    if (next.isFirst && opened.kind !== 'photo' && following && 'path' in following) following.isFirst = true;
    return opened;
  }

  /** Calls the listener whenever something has come. Returns a function that ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

async function read(path: string, isFirst: boolean): Promise<Opened> {
  if (await isFolder(path)) return { kind: 'folder', path };
  const name = basename(path);
  try {
    const { bytes } = await readPhotoFile(path);
    if (bytes.length === 0) throw new SemblanceError('empty-file', 'It is empty. Choose another photo.');
    return { kind: 'photo', name, bytes, isFirst };
  } catch (error) {
    const { code, message, retryable } = toErrorReport(error);
    throw new SemblanceError(code, `${name} was not opened. ${message}`, { photo: path, retryable });
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    const why = systemCodeOf(cause) === 'ENOENT' ? 'It is not there.' : `${messageOf(cause)}.`;
    throw new SemblanceError('not-found', `${path} was not opened. ${why} Check where it lies.`, {
      photo: path,
      cause,
    });
  }
}

function tooMany(count: number): ErrorReport {
  return toErrorReport(
    new SemblanceError(
      'invalid-arguments',
      `Only the first ${mostOpened} of ${count} were opened. A query takes no more examples.`,
    ),
  );
}
