/** One folder that is watched: what the system tells of it, and what has been told and not looked at yet. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SemblanceError } from '../contract/index.ts';
import {
  type Change,
  fileNumber,
  type FolderWatch,
  type Library,
  PathFilter,
  type ScannedFolder,
  type ScanPlace,
  watchFolder,
} from '../library/index.ts';
import { placesOf } from './changed-places.ts';

/** So many changes in one folder are a change of all of it. */
const mostChanges = 50_000;
/** Directories that came and are watched beside their folder, before it is watched anew with all that it holds. */
const mostExtraWatches = 50;

export class WatchedFolder {
  folder: ScannedFolder;
  isHere = false;
  /** Why the system does not tell of changes; '' where it does. */
  reason = '';
  /** When the folder is looked at again where the system does not tell of its changes. */
  rescanAtMs = Infinity;
  readonly #library: Library;
  readonly #onChange: () => void;
  #watch: FolderWatch | null = null;
  #extraWatches: FolderWatch[] = [];
  /** Tells the folder from another one that has come under its path. */
  #number: string | null = null;
  /** Last kind of change of each path; null when everything has to be looked at. */
  #changes: Map<string, Change['kind']> | null = new Map();

  /** @param onChange told when there is something to look at */
  constructor(folder: ScannedFolder, library: Library, onChange: () => void) {
    this.folder = folder;
    this.#library = library;
    this.#onChange = onChange;
  }

  get isRescanDue(): boolean {
    return this.reason !== '' && performance.now() >= this.rescanAtMs;
  }

  /** Watches unless it does. Returns whether changes may have been missed. */
  async watch(): Promise<boolean> {
    const number = fileNumber(this.folder.path);
    if (this.#watch && this.#number === number) return false;
    if (!this.#watch && this.reason !== '' && performance.now() < this.rescanAtMs) return false;
    const isAnew = this.#watch !== null;
    await this.end();
    this.#number = number;
    this.#watch = await this.#begin('');
    if (this.#watch && this.#library.places.isRemote(this.folder.path)) {
      this.reason = 'changes made on other machines are not told of';
    }
    return isAnew;
  }

  /** @returns null where it cannot be watched, for the reason that is then told */
  async #begin(directory: string): Promise<FolderWatch | null> {
    try {
      return await watchFolder(join(this.folder.path, directory), {
        ignore: [this.#library.path],
        onChanges: (changes) => {
          for (const { path, kind } of changes) this.#hear([directory, path].filter(Boolean).join('/'), kind);
        },
        onLost: (reason) => void this.#lose(reason),
      });
    } catch (error) {
      if (!(error instanceof SemblanceError)) throw error;
      this.reason = error.message;
      return null;
    }
  }

  async end(): Promise<void> {
    const watches = [...this.#extraWatches, ...(this.#watch ? [this.#watch] : [])];
    this.#watch = null;
    this.#extraWatches = [];
    this.reason = '';
    // A folder that is gone is no longer watched anyway.
    for (const watch of watches) await watch.close().catch(() => undefined);
  }

  async #lose(reason: string): Promise<void> {
    await this.end();
    this.reason = reason;
    this.rescanAtMs = 0;
    // What has changed meanwhile nobody has told.
    this.#changes = null;
    this.#onChange();
  }

  #hear(path: string, kind: Change['kind']): void {
    if (isLeftOut(this.folder, path)) return;
    if (path === '' || (this.#changes?.size ?? 0) >= mostChanges) this.#changes = null;
    this.#changes?.set(path, kind);
    this.#onChange();
  }

  /** Has directories looked at once more. */
  lookAgain(directories: ReadonlySet<string>): void {
    // A change of any name in a directory is a change of the directory.
    for (const directory of directories)
      this.#changes?.set(directory === '' ? '?' : `${directory}/?`, 'update');
  }

  /** What is to be looked at, which is then no longer due: places, everything, or null for nothing. */
  async takeChanges(): Promise<readonly ScanPlace[] | 'everything' | null> {
    const changes = this.#changes;
    if (changes?.size === 0 || !this.isHere) return null;
    this.#changes = new Map();
    if (changes === null || this.folder.followLinks) return 'everything';
    try {
      const places = placesOf(this.#library, this.folder, changes);
      for (const { directory, deep } of places) {
        if (deep && hasDirectories(join(this.folder.path, directory))) await this.#watchAlso(directory);
      }
      return places.length > 0 ? places : null;
    } catch {
      // Where it is to be looked could not be found out; what was told is not lost for that.
      return 'everything';
    }
  }

  /**
   * On Linux the watcher misses what lies below a directory that was moved in, or was made and filled at once. What is
   * there before this returns is found by looking.
   */
  async #watchAlso(directory: string): Promise<void> {
    if (process.platform !== 'linux' || !this.#watch) return;
    if (this.#extraWatches.length >= mostExtraWatches) {
      // The next look at folders watches it anew, and all of it is looked at.
      this.#number = null;
      return;
    }
    const watch = await this.#begin(directory);
    if (watch) this.#extraWatches.push(watch);
    else this.rescanAtMs = 0;
  }
}

/** What the patterns leave out; of a path that is gone, also what would be left out as a directory. */
function isLeftOut(folder: ScannedFolder, path: string): boolean {
  const filter = filterOf(folder.patterns);
  const names = path.split('/');
  const parents = names.slice(0, -1).map((_, depth) => names.slice(0, depth + 1).join('/'));
  if (parents.some((parent) => filter.leavesOut(parent, true)) || filter.leavesOut(path, false)) return true;
  return filter.leavesOut(path, true) && !isFile(join(folder.path, path));
}

let lastFilter: { patterns: string; filter: PathFilter } | null = null;

function filterOf(patterns: string): PathFilter {
  if (lastFilter?.patterns !== patterns) lastFilter = { patterns, filter: new PathFilter(patterns) };
  return lastFilter.filter;
}

function isFile(path: string): boolean {
  try {
    return lstatSync(path).isFile();
  } catch {
    return false;
  }
}

function hasDirectories(path: string): boolean {
  try {
    return readdirSync(path, { withFileTypes: true }).some((entry) => entry.isDirectory());
  } catch {
    return false;
  }
}
