/**
 * Keeps the library in step with the disk while Semblance runs: what the system tells of changes becomes index jobs for
 * just those places, folders that it cannot watch are looked at now and then, and drives that go or come are noticed.
 */
import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SemblanceError, type WatchingStatus } from '../contract/index.ts';
import {
  type Change,
  type FolderWatch,
  PathFilter,
  type ScannedFolder,
  watchFolder,
} from '../library/index.ts';
import { placesOf } from './changed-places.ts';
import type { Engine } from './engine.ts';
import type { FolderTask } from './index-job.ts';

/** Pause after the last change before it is looked at, and the longest wait from the first: copying brings many. */
const pauseMs = 300;
const longestPauseMs = 1000;
/** A file that was written to less than this ago may be written to again. */
const settleMs = 500;
/** How often it is looked whether drives have come or gone. */
const tickMs = 2000;
/** Folders that cannot be watched are looked at this often, or so that it takes a twentieth of the time. */
const rescanMs = 60_000;
const rescanShare = 20;
/** So many changes in one folder are a change of all of it. */
const mostChanges = 50_000;
/** Directories that came and are watched beside their folder, before it is watched anew with all that it holds. */
const mostExtraWatches = 50;

interface Watched {
  folder: ScannedFolder;
  isHere: boolean;
  watch: FolderWatch | null;
  /** Of directories that came; see `#watchAlso`. */
  extraWatches: FolderWatch[];
  /** Tells a folder from another one that has come under its path. */
  number: string;
  /** Why the system does not tell of changes; '' where it does. */
  reason: string;
  rescanAtMs: number;
  /** Last kind of change of each path; null when everything has to be looked at. */
  changes: Map<string, Change['kind']> | null;
}

export class Watching {
  readonly #engine: Engine;
  readonly #watched = new Map<number, Watched>();
  #tick: NodeJS.Timeout | null = null;
  #flush: NodeJS.Timeout | null = null;
  #firstChangeMs = 0;
  #renewing: Promise<void> = Promise.resolve();
  #closing = false;
  #wasOn = false;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Begins to watch, and looks for what has changed while nobody did. */
  start(): void {
    this.#tick = setInterval(() => this.renew(), tickMs);
    this.#tick.unref();
    this.renew();
  }

  /** Takes in what has changed of folders, settings and drives. */
  renew(): void {
    if (!this.#tick || this.#closing) return;
    this.#renewing = this.#renewing
      .then(() => this.#renew())
      // Whatever went wrong is tried again with the next tick, and said by the next command.
      .catch(() => undefined);
  }

  status(): WatchingStatus {
    if (!this.#tick || !this.#isOn()) return { state: 'off', detail: '' };
    const reasons = [...this.#watched.values()]
      .filter(({ isHere, reason }) => isHere && reason !== '')
      .map(({ folder, reason }) => `${folder.path}: ${reason}`);
    if (reasons.length === 0) return { state: 'watching', detail: '' };
    const more = reasons.length > 1 ? `, and ${reasons.length - 1} more` : '';
    return { state: 'rescanning', detail: `${reasons[0]}${more}` };
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#tick) clearInterval(this.#tick);
    if (this.#flush) clearTimeout(this.#flush);
    this.#tick = null;
    await this.#renewing;
    for (const watched of this.#watched.values()) await this.#end(watched);
    this.#watched.clear();
  }

  #isOn(): boolean {
    return this.#engine.library.settings.get().watch;
  }

  async #renew(): Promise<void> {
    const isOn = this.#isOn();
    const folders = this.#currentFolders();
    const wasOff = isOn && !this.#wasOn;
    this.#wasOn = isOn;
    const toScan: ScannedFolder[] = [];
    let somethingMoved = false;
    for (const watched of [...this.#watched.values()]) {
      const folder = folders.find(({ id }) => id === watched.folder.id);
      if (!folder) this.#watched.delete(watched.folder.id);
      if (!folder || !isOn || !folder.available || folder.path !== watched.folder.path)
        await this.#end(watched);
    }
    for (const folder of folders) {
      if (this.#closing) return;
      const { available, path } = folder;
      const known = this.#watched.get(folder.id);
      const watched = known ?? newlyWatched(folder);
      const hasCome = available && (wasOff || !known?.isHere || known.folder.path !== path);
      somethingMoved ||= known !== undefined && (known.isHere !== available || known.folder.path !== path);
      Object.assign(watched, { folder, isHere: available });
      this.#watched.set(folder.id, watched);
      if (!isOn || !available) continue;
      const wasReplaced = await this.#watch(watched);
      if (hasCome || wasReplaced || this.#isRescanDue(watched)) toScan.push(folder);
    }
    if (somethingMoved) this.#engine.tellLibraryChanged(true);
    if (toScan.length > 0 && !this.#closing) this.#scan(toScan);
  }

  /** Folders with what is there of them; those that have come back elsewhere are followed there. */
  #currentFolders(): (ScannedFolder & { available: boolean })[] {
    const { library } = this.#engine;
    const folders = library.folders.toScan();
    for (const { id, available } of folders) {
      const path = available ? null : library.places.find(id);
      if (path === null) continue;
      try {
        library.change(() => library.folders.relocate(id, path));
      } catch (error) {
        // Another folder of the library is there already; this one stays offline.
        if (!(error instanceof SemblanceError)) throw error;
      }
    }
    return library.folders.toScan();
  }

  /** Watches a folder unless it is being watched. Returns whether changes may have been missed. */
  async #watch(watched: Watched): Promise<boolean> {
    const { folder } = watched;
    const number = numberOf(folder.path);
    if (watched.watch && watched.number === number) return false;
    if (!watched.watch && watched.reason !== '' && performance.now() < watched.rescanAtMs) return false;
    const isAnew = watched.watch !== null;
    await this.#end(watched);
    watched.number = number;
    const { library } = this.#engine;
    try {
      watched.watch = await watchFolder(folder.path, {
        ignore: [library.path],
        onChanges: (changes) => this.#hear(watched, changes),
        onLost: (reason) => void this.#lose(watched, reason),
      });
      watched.reason = library.places.isRemote(folder.path)
        ? 'changes made on other machines are not told of'
        : '';
    } catch (error) {
      if (!(error instanceof SemblanceError)) throw error;
      watched.reason = error.message;
    }
    return isAnew;
  }

  async #end(watched: Watched): Promise<void> {
    const watches = [...watched.extraWatches, ...(watched.watch ? [watched.watch] : [])];
    watched.watch = null;
    watched.extraWatches = [];
    watched.reason = '';
    // A folder that is gone is no longer watched anyway.
    for (const watch of watches) await watch.close().catch(() => undefined);
  }

  async #lose(watched: Watched, reason: string): Promise<void> {
    await this.#end(watched);
    watched.reason = reason;
    watched.rescanAtMs = 0;
    // What has changed meanwhile nobody has told.
    watched.changes = null;
    this.#planFlush(pauseMs);
  }

  #isRescanDue({ reason, rescanAtMs }: Watched): boolean {
    return reason !== '' && performance.now() >= rescanAtMs;
  }

  #scan(folders: ScannedFolder[]): void {
    const startedMs = performance.now();
    const watched = folders.flatMap(({ id }) => this.#watched.get(id) ?? []);
    for (const each of watched) each.rescanAtMs = Infinity;
    const { ended } = this.#engine.index(folders);
    void ended.then(() => {
      const endedMs = performance.now();
      const pause = Math.max(rescanMs, rescanShare * (endedMs - startedMs));
      for (const each of watched) each.rescanAtMs = endedMs + pause;
    });
  }

  #hear(watched: Watched, changes: Change[]): void {
    const filter = new PathFilter(watched.folder.patterns);
    for (const { path, kind } of changes) {
      if (isLeftOut(watched.folder, filter, path)) continue;
      if (path === '' || (watched.changes?.size ?? 0) >= mostChanges) watched.changes = null;
      watched.changes?.set(path, kind);
      this.#planFlush(pauseMs);
    }
  }

  #planFlush(waitMs: number): void {
    const nowMs = performance.now();
    if (this.#flush) clearTimeout(this.#flush);
    else this.#firstChangeMs = nowMs;
    const latest = this.#firstChangeMs + longestPauseMs - nowMs;
    this.#flush = setTimeout(() => void this.#flushChanges(), Math.max(0, Math.min(waitMs, latest)));
  }

  async #flushChanges(): Promise<void> {
    this.#flush = null;
    if (this.#closing) return;
    // What an index job under way has gone past already is looked at after it.
    if (this.#engine.jobs.isPending('index')) {
      this.#planFlush(pauseMs);
      return;
    }
    const tasks: FolderTask[] = [];
    for (const watched of this.#watched.values()) tasks.push(...(await this.#tasksOf(watched)));
    if (tasks.length === 0 || this.#closing) return;
    this.#engine.indexTasks(tasks, {
      settleMs,
      onUnsettled: (folderId, directories) => this.#lookAgain(folderId, directories),
    });
  }

  async #tasksOf(watched: Watched): Promise<FolderTask[]> {
    const { changes, folder } = watched;
    if (changes?.size === 0 || !watched.isHere) return [];
    watched.changes = new Map();
    if (changes === null || folder.followLinks) return [{ folder }];
    const places = placesOf(this.#engine.library, folder, changes);
    for (const { directory, deep } of places) {
      if (deep && hasDirectories(join(folder.path, directory))) await this.#watchAlso(watched, directory);
    }
    return places.length > 0 ? [{ folder, places }] : [];
  }

  /**
   * On Linux the watcher misses what lies below a directory that was moved in, or was made and filled at once. What is
   * there before this returns is found by looking.
   */
  async #watchAlso(watched: Watched, directory: string): Promise<void> {
    if (process.platform !== 'linux' || !watched.watch) return;
    if (watched.extraWatches.length >= mostExtraWatches) {
      // The next look at folders watches it anew, and all of it is looked at.
      watched.number = '';
      return;
    }
    const { library } = this.#engine;
    try {
      const watch = await watchFolder(join(watched.folder.path, directory), {
        ignore: [library.path],
        onChanges: (changes) =>
          this.#hear(
            watched,
            changes.map(({ path, kind }) => ({ path: [directory, path].filter(Boolean).join('/'), kind })),
          ),
        onLost: (reason) => void this.#lose(watched, reason),
      });
      watched.extraWatches.push(watch);
    } catch (error) {
      if (!(error instanceof SemblanceError)) throw error;
      await this.#lose(watched, error.message);
    }
  }

  #lookAgain(folderId: number, directories: ReadonlySet<string>): void {
    const watched = this.#watched.get(folderId);
    // A change of any name in a directory is a change of the directory.
    for (const directory of directories)
      watched?.changes?.set(directory === '' ? '?' : `${directory}/?`, 'update');
    this.#planFlush(settleMs);
  }
}

function newlyWatched(folder: ScannedFolder): Watched {
  return {
    folder,
    isHere: false,
    watch: null,
    extraWatches: [],
    number: '',
    reason: '',
    rescanAtMs: Infinity,
    changes: new Map(),
  };
}

function isLeftOut(folder: ScannedFolder, filter: PathFilter, path: string): boolean {
  const names = path.split('/');
  const within = names
    .slice(0, -1)
    .some((_, depth) => filter.leavesOut(names.slice(0, depth + 1).join('/'), true));
  if (within || filter.leavesOut(path, false)) return true;
  return filter.leavesOut(path, true) && !isFile(join(folder.path, path));
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

function numberOf(path: string): string {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev} ${ino}`;
  } catch {
    return '';
  }
}
