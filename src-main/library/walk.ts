/** Goes through the directories of a folder. */
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { SemblanceError } from '../contract/index.ts';
import { isInside } from './is-inside.ts';
import type { PathFilter } from './patterns.ts';
import { DirectoryReader, type EntryProblem, type ListedDirectory } from './read-directory.ts';

/** A directory to look at, alone or with all that lies below it; '' is the folder's top. */
export interface ScanPlace {
  directory: string;
  deep: boolean;
}

export const everywhere: readonly ScanPlace[] = [{ directory: '', deep: true }];

export interface WalkParts {
  folder: {
    path: string;
    /** Whether symbolic links are followed, wherever they lead. */
    followLinks: boolean;
  };
  filter: Pick<PathFilter, 'leavesOut'>;
  /** Real paths that are passed over: the library's own folder, and other folders that links may lead into. */
  notInto: readonly string[];
  onDirectory: (directory: string, listed: ListedDirectory) => void;
  /** Told of a directory that is there and cannot be listed. */
  onProblem: (directory: string, problem: EntryProblem) => void;
  /** Awaited now and then with the number of files seen so far; may throw to cancel. */
  checkpoint: (filesSeen: number) => Promise<void> | void;
}

/** Directories that are listed at a time. */
const directoriesAtOnce = 8;

export class Walk {
  readonly #parts: WalkParts;
  readonly #reader: DirectoryReader;
  readonly #pending: ScanPlace[] = [];
  readonly #visited = new Set<string>();
  /** What was looked at by its real path; only where links are followed. */
  readonly #claimed = new Set<string>();
  #seen = 0;

  constructor(parts: WalkParts) {
    this.#parts = parts;
    this.#reader = new DirectoryReader(parts.folder, parts.filter, (path) => this.#claim(path));
  }

  /** @throws SemblanceError `no-such-folder` when the folder itself cannot be listed */
  async run(places: readonly ScanPlace[]): Promise<void> {
    this.#pending.push(...withoutRepeats(places).filter(({ directory }) => !this.#isLeftOut(directory)));
    // One at a time where links are followed, so that of two that lead to one place it is always the same that counts.
    const atOnce = this.#parts.folder.followLinks ? 1 : directoriesAtOnce;
    while (this.#pending.length > 0) {
      const batch = this.#pending.splice(-atOnce);
      await Promise.all(batch.map((place) => this.#visit(place)));
      await this.#parts.checkpoint(this.#seen);
    }
  }

  /** What the patterns leave out is no place to look at, whoever names it. */
  #isLeftOut(directory: string): boolean {
    const names = directory === '' ? [] : directory.split('/');
    return names.some((_, depth) => this.#parts.filter.leavesOut(names.slice(0, depth + 1).join('/'), true));
  }

  async #visit({ directory, deep }: ScanPlace): Promise<void> {
    const path = join(this.#parts.folder.path, directory);
    if (this.#visited.has(directory) || !(await this.#mayEnter(path))) return;
    this.#visited.add(directory);
    const listed = await this.#reader.list(directory);
    if (listed === 'gone' || 'code' in listed) {
      if (directory === '') throw noSuchFolder(path);
      if (listed !== 'gone') this.#parts.onProblem(directory, listed);
      return;
    }
    this.#seen += listed.files.length;
    this.#parts.onDirectory(directory, listed);
    if (!deep) return;
    for (const name of listed.directories) {
      this.#pending.push({ directory: directory === '' ? name : `${directory}/${name}`, deep: true });
    }
  }

  async #mayEnter(path: string): Promise<boolean> {
    if (this.#parts.notInto.includes(path)) return false;
    return !this.#parts.folder.followLinks || this.#claim(path);
  }

  /** Whether something may be looked at under this path: not where a link leads to what is looked at elsewhere. */
  async #claim(path: string): Promise<boolean> {
    const real = await realpath(path).catch(() => path);
    if (this.#claimed.has(real)) return false;
    const elsewhere = [this.#parts.folder.path, ...this.#parts.notInto];
    if (real !== path && elsewhere.some((folder) => isInside(real, folder))) return false;
    this.#claimed.add(real);
    return true;
  }
}

/** Places that lie in none of the deep ones. */
function withoutRepeats(places: readonly ScanPlace[]): ScanPlace[] {
  const deep = new Set(places.filter((place) => place.deep).map(({ directory }) => directory));
  return places.filter((place) => {
    if (!place.deep && deep.has(place.directory)) return false;
    const names = place.directory.split('/');
    return place.directory === '' || !names.some((_, depth) => deep.has(names.slice(0, depth).join('/')));
  });
}

function noSuchFolder(path: string): SemblanceError {
  return new SemblanceError(
    'no-such-folder',
    `${path} is not a folder that can be read. Check the path, or connect the drive that holds it.`,
  );
}
