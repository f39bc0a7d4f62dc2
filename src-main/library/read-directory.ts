/** What lies in one directory: files with their stamps, further directories, and what only looks like a photo. */
import { type Dirent, type Stats, stat } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type PhotoProblemCode, systemCodeOf } from '../contract/index.ts';
import { isPhotoName } from '../contract/index.ts';
import type { PathFilter } from './patterns.ts';
import type { FileStamp } from './photos.ts';

export interface EntryOnDisk extends FileStamp {
  name: string;
  /** The file's number on its file system, by which a renamed file is known again; null where there is none. */
  inode: number | null;
}

/** Why something cannot be looked at. */
export interface EntryProblem {
  code: PhotoProblemCode;
  message: string;
}

export interface ListedDirectory {
  files: EntryOnDisk[];
  /** Names of directories to look into. */
  directories: string[];
  odd: (EntryProblem & { name: string })[];
}

/** Files that are asked for at a time; more only wait for each other. */
const statsAtOnce = 64;

export class DirectoryReader {
  readonly #folder: { path: string; followLinks: boolean };
  readonly #filter: Pick<PathFilter, 'leavesOut'>;
  readonly #claim: (path: string) => Promise<boolean>;

  /** @param claim whether a link may be followed to what it leads to */
  constructor(
    folder: { path: string; followLinks: boolean },
    filter: Pick<PathFilter, 'leavesOut'>,
    claim: (path: string) => Promise<boolean>,
  ) {
    this.#folder = folder;
    this.#filter = filter;
    this.#claim = claim;
  }

  /** @returns a problem where the directory is there and cannot be listed */
  async list(directory: string): Promise<ListedDirectory | EntryProblem | 'gone'> {
    const path = join(this.#folder.path, directory);
    let entries: Dirent[];
    try {
      entries = await readdir(path, { withFileTypes: true });
    } catch (error) {
      const code = systemCodeOf(error) || 'unknown';
      if (code === 'ENOENT' || code === 'ENOTDIR') return 'gone';
      return code === 'ENAMETOOLONG' ? pathTooLong : unlistable(code);
    }
    const listed: ListedDirectory = { files: [], directories: [], odd: [] };
    const toStat: string[] = [];
    const links: string[] = [];
    const prefix = directory === '' ? '' : `${directory}/`;
    for (const entry of entries) {
      const { name } = entry;
      const isDirectory = entry.isDirectory();
      if (this.#filter.leavesOut(prefix + name, isDirectory)) continue;
      if (entry.isFile()) toStat.push(name);
      else if (entry.isSymbolicLink()) links.push(name);
      else if (isDirectory) listed.directories.push(name);
      if (!entry.isFile() && !entry.isSymbolicLink() && isPhotoName(name)) {
        listed.odd.push({ name, ...notAFile(isDirectory) });
      }
    }
    await this.#statAll(path, await this.#once(path, toStat), listed);
    if (this.#folder.followLinks) {
      await this.#follow(directory, links.sort(), listed);
      listed.directories.sort();
    }
    return listed;
  }

  /** Where links are followed, they may have led to a file before. */
  async #once(path: string, names: string[]): Promise<string[]> {
    if (!this.#folder.followLinks) return names;
    const fresh: string[] = [];
    for (const name of names) if (await this.#claim(join(path, name))) fresh.push(name);
    return fresh;
  }

  async #statAll(path: string, names: string[], listed: ListedDirectory): Promise<void> {
    for (let from = 0; from < names.length; from += statsAtOnce) {
      const some = names.slice(from, from + statsAtOnce);
      const stats = await Promise.all(some.map((name) => statOf(join(path, name))));
      for (const [i, found] of stats.entries()) this.#sort(some[i], found, listed);
    }
  }

  #sort(name: string, found: Stats | string, listed: ListedDirectory): void {
    if (typeof found !== 'string') listed.files.push(entryOf(name, found));
    else if (found === 'ENAMETOOLONG' && isPhotoName(name)) listed.odd.push({ name, ...pathTooLong });
    else if (found !== 'ENOENT' && isPhotoName(name)) listed.odd.push({ name, ...unlookable(found) });
  }

  async #follow(directory: string, links: string[], listed: ListedDirectory): Promise<void> {
    for (const name of links) {
      const path = join(this.#folder.path, directory, name);
      const found = await statOf(path);
      // A link that leads nowhere is nothing.
      if (typeof found === 'string') continue;
      const inner = directory === '' ? name : `${directory}/${name}`;
      // The walk itself claims directories as it enters them.
      if (found.isDirectory()) {
        if (!this.#filter.leavesOut(inner, true)) listed.directories.push(name);
      } else if (found.isFile() && (await this.#claim(path))) listed.files.push(entryOf(name, found));
    }
  }
}

/** The callback form costs a third less than a promise of `fs.promises` each, and there may be hundreds of thousands. */
function statOf(path: string): Promise<Stats | string> {
  return new Promise((resolve) =>
    stat(path, (error, stats) => resolve(error ? (error.code ?? 'unknown') : stats)),
  );
}

function entryOf(name: string, { size, mtimeMs, ino }: Stats): EntryOnDisk {
  return {
    name,
    sizeBytes: size,
    modifiedAtMs: mtimeMs,
    inode: ino > 0 && Number.isSafeInteger(ino) ? ino : null,
  };
}

const pathTooLong: EntryProblem = {
  code: 'path-too-long',
  message: 'The path is longer than this system can open. Shorten the names of its folders.',
};

function unlistable(code: string): EntryProblem {
  return {
    code: 'unreadable',
    message: `The folder cannot be listed (${code}). Check its permissions and its drive.`,
  };
}

function unlookable(code: string): EntryProblem {
  return {
    code: 'unreadable',
    message: `The file cannot be looked at (${code}). Check its permissions and its drive.`,
  };
}

function notAFile(isDirectory: boolean): EntryProblem {
  const what = isDirectory
    ? 'This is a folder with the name of a photo. Photos inside it are indexed.'
    : 'This is a pipe, a socket or a device and no file. Give it another name, or leave it out by a pattern.';
  return { code: 'not-a-file', message: what };
}
