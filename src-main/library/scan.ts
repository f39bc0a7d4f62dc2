/** Walks a folder and compares what is there with what the catalogue knows. Reads no file. */
import { opendir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { SemblanceError } from '../contract/index.ts';
import type { FileLocation, FileStamp, KnownFile } from './photos.ts';

export interface FoundFile extends FileLocation, FileStamp {
  path: string;
}

export interface FolderScan {
  /** New or changed files, to be read. */
  toRead: FoundFile[];
  /** Files that are as they were when last read. */
  unchanged: KnownFile[];
  /** Known files that are no longer there. */
  vanished: KnownFile[];
}

/** How many files are looked at before others get a turn and cancelling is possible. */
const filesBetweenCheckpoints = 500;

/**
 * Compares a folder with its known files. Hidden files and folders are passed over, symbolic links are not
 * followed, and what lies in a folder that cannot be listed counts as unchanged.
 * @param checkpoint awaited now and then with the number of files seen so far; may throw to cancel
 * @throws SemblanceError `no-such-folder` when the folder itself cannot be listed
 */
export async function scanFolder(
  folder: { id: number; path: string },
  known: KnownFile[],
  checkpoint: (filesSeen: number) => Promise<void>,
): Promise<FolderScan> {
  const unseen = new Map(known.map((file) => [keyOf(file), file]));
  const scan: FolderScan = { toRead: [], unchanged: [], vanished: [] };
  const unlistable: string[] = [];
  let seen = 0;
  for await (const file of walk(folder, unlistable)) {
    const before = unseen.get(keyOf(file));
    unseen.delete(keyOf(file));
    if (before?.sizeBytes === file.sizeBytes && before.modifiedAtMs === file.modifiedAtMs) {
      scan.unchanged.push(before);
    } else {
      scan.toRead.push(file);
    }
    seen += 1;
    if (seen % filesBetweenCheckpoints === 0) await checkpoint(seen);
  }
  for (const file of unseen.values()) {
    const hidden = unlistable.some(
      (directory) => file.directory === directory || file.directory.startsWith(`${directory}/`),
    );
    (hidden ? scan.unchanged : scan.vanished).push(file);
  }
  return scan;
}

async function* walk(folder: { id: number; path: string }, unlistable: string[]): AsyncGenerator<FoundFile> {
  const pending = [folder.path];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const directory = relative(folder.path, path).split(sep).join('/');
    let entries;
    try {
      entries = await opendir(path);
    } catch (error) {
      if (path === folder.path) throw noSuchFolder(path, error);
      unlistable.push(directory);
      continue;
    }
    for await (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const entryPath = join(path, entry.name);
      if (entry.isDirectory()) {
        pending.push(entryPath);
      } else if (entry.isFile()) {
        const stats = await stat(entryPath).catch(() => null);
        if (stats) {
          yield {
            folderId: folder.id,
            directory,
            name: entry.name,
            path: entryPath,
            sizeBytes: stats.size,
            modifiedAtMs: stats.mtimeMs,
          };
        }
      }
    }
  }
}

function noSuchFolder(path: string, cause: unknown): SemblanceError {
  return new SemblanceError(
    'no-such-folder',
    `${path} is not a folder that can be read. Check the path, or connect the drive that holds it.`,
    { cause },
  );
}

function keyOf(file: FileLocation): string {
  return `${file.directory}/${file.name}`;
}
