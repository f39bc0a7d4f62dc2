/**
 * Keeps the library in step with the disk while Semblance runs: what the system tells of changes becomes index jobs for
 * just those places, folders that it cannot watch are looked at now and then, and drives that go or come are noticed.
 */
import { SemblanceError, type WatchingStatus } from '../contract/index.ts';
import type { ScannedFolder } from '../library/index.ts';
import type { Engine } from './engine.ts';
import type { FolderTask } from './index-job.ts';
import { WatchedFolder } from './watched-folder.ts';

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

export class Watching {
  readonly #engine: Engine;
  readonly #watched = new Map<number, WatchedFolder>();
  #tick: NodeJS.Timeout | null = null;
  #flush: NodeJS.Timeout | null = null;
  #flushing: Promise<void> = Promise.resolve();
  #firstChangeMs = 0;
  #renewing: Promise<void> = Promise.resolve();
  #wasOn = false;
  #closing = false;

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
    await this.#flushing;
    for (const watched of this.#watched.values()) await watched.end();
    this.#watched.clear();
  }

  #isOn(): boolean {
    return this.#engine.library.settings.get().watch;
  }

  async #renew(): Promise<void> {
    const isOn = this.#isOn();
    const wasOff = isOn && !this.#wasOn;
    this.#wasOn = isOn;
    const folders = this.#currentFolders();
    await this.#endOthers(isOn ? folders.filter(({ available }) => available) : []);
    const toScan: ScannedFolder[] = [];
    let hasChanged = false;
    for (const folder of folders) {
      if (this.#closing) return;
      const { available, path } = folder;
      const known = this.#watched.get(folder.id);
      const watched = known ?? this.#add(folder);
      hasChanged ||= known !== undefined && (known.isHere !== available || known.folder.path !== path);
      const hasCome = wasOff || !watched.isHere || watched.folder.path !== path;
      Object.assign(watched, { folder, isHere: available });
      if (!isOn || !available) continue;
      const wasReplaced = await watched.watch();
      if (hasCome || wasReplaced || watched.isRescanDue) toScan.push(folder);
    }
    if (hasChanged) this.#engine.tellLibraryChanged(true);
    if (toScan.length > 0 && !this.#closing) this.#scan(toScan);
  }

  #add(folder: ScannedFolder): WatchedFolder {
    const watched = new WatchedFolder(folder, this.#engine.library, () => this.#planFlush(pauseMs));
    this.#watched.set(folder.id, watched);
    return watched;
  }

  /** Folders with what is there of them; those that have come back elsewhere are followed there. */
  #currentFolders(): (ScannedFolder & { available: boolean })[] {
    const { library } = this.#engine;
    for (const { id, available } of library.folders.toScan()) {
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

  /** Watches no longer what is not among these. */
  async #endOthers(folders: ScannedFolder[]): Promise<void> {
    for (const [id, watched] of this.#watched) {
      if (folders.some((folder) => folder.id === id && folder.path === watched.folder.path)) continue;
      await watched.end();
    }
    const known = new Set(this.#engine.library.folders.toScan().map(({ id }) => id));
    for (const id of this.#watched.keys()) if (!known.has(id)) this.#watched.delete(id);
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

  #planFlush(waitMs: number): void {
    const nowMs = performance.now();
    if (this.#flush) clearTimeout(this.#flush);
    else this.#firstChangeMs = nowMs;
    const latest = this.#firstChangeMs + longestPauseMs - nowMs;
    const flush = (): void => {
      // One after the other, for what is taken twice would be looked at twice.
      this.#flushing = this.#flushing
        .then(() => (this.#closing ? undefined : this.#flushChanges()))
        .catch(() => {
          // A catalogue that cannot be asked for a moment is no reason to end, nor to forget what has changed.
          if (!this.#closing) this.#planFlush(tickMs);
        });
    };
    this.#flush = setTimeout(flush, Math.max(0, Math.min(waitMs, latest)));
  }

  async #flushChanges(): Promise<void> {
    this.#flush = null;
    // What an index job under way has gone past already is looked at after it.
    if (this.#engine.jobs.isPending('index')) {
      this.#planFlush(pauseMs);
      return;
    }
    const tasks: FolderTask[] = [];
    for (const watched of this.#watched.values()) {
      const { folder } = watched;
      const places = await watched.takeChanges();
      // Ended meanwhile: the next start looks at everything.
      if (this.#closing) return;
      if (places !== null) tasks.push(places === 'everything' ? { folder } : { folder, places });
    }
    if (tasks.length === 0) return;
    this.#engine.indexTasks(tasks, {
      settleMs,
      onUnsettled: (folderId, directories) => {
        this.#watched.get(folderId)?.lookAgain(directories);
        this.#planFlush(settleMs);
      },
    });
  }
}
