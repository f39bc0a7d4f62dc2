/** Brings the catalogue in step with what is on disk: scans, reads what is new, forgets what is gone. */
import {
  type IndexSummary,
  isPhotoProblem,
  type PhotoProblemCode,
  SemblanceError,
} from '../contract/index.ts';
import {
  type FolderScan,
  type FoundFile,
  type ScannedFolder,
  type ScanPlace,
  scanFolder,
  photoPath,
} from '../library/index.ts';
import type { FileReading, LoneReader, Vision } from '../vision/index.ts';
import type { JobControl } from './job-run.ts';
import { isThere, PhotoStore, type StoreParts } from './photo-store.ts';
import { inFlight, Suspects } from './suspects.ts';

export interface IndexingParts extends StoreParts {
  /** Started only when there is something to read. */
  vision: () => Promise<Vision>;
  /** Reads what may have killed an engine before. */
  startAlone: () => LoneReader;
  /** Told of the first photos that could be read, and of how many more files there are. */
  onFirstRead: (paths: string[], filesLeft: number, control: JobControl) => Promise<void>;
  /** How many files to keep in flight. */
  concurrency: (vision: Vision) => number;
  onLibraryChanged: () => void;
}

/** A folder to look at: all of it, or some places in it. */
export interface FolderTask {
  folder: ScannedFolder;
  places?: readonly ScanPlace[];
}

export interface IndexOptions {
  /** Files that changed less than this ago are left for later. */
  settleMs?: number;
  /** Told of the directories that hold such files. */
  onUnsettled?: (folderId: number, directories: ReadonlySet<string>) => void;
}

/** Files that are read before it is told how long the others take. */
const firstFiles = 20;
/** Files set aside that a summary lists; the catalogue lists them all. */
const listedProblems = 1000;
/** What was computed of a picture stays so long after its last file went. */
const orphansStayMs = 30 * 24 * 3_600_000;

export class IndexJob {
  readonly #parts: IndexingParts;
  readonly #tasks: readonly FolderTask[];
  readonly #options: IndexOptions;
  readonly #store: PhotoStore;
  readonly #folderPaths = new Map<number, string>();
  readonly #startedMs = performance.now();
  #unchanged = 0;
  #ignored = 0;
  #done = 0;
  #readingSinceMs = 0;
  readonly #firstRead: string[] = [];
  readonly #skipped: IndexSummary['skipped'] = [];
  #skippedCount = 0;
  /** Folders that are not there. */
  readonly #offline = new Set<number>();

  constructor(parts: IndexingParts, tasks: readonly FolderTask[], options: IndexOptions = {}) {
    this.#parts = parts;
    this.#tasks = tasks;
    this.#options = options;
    this.#store = new PhotoStore(parts);
    for (const { folder } of tasks) this.#folderPaths.set(folder.id, folder.path);
  }

  async run(control: JobControl): Promise<void> {
    const { library } = this.#parts;
    control.report({ step: 'Looking for photos' });
    library.places.refresh();
    const toRead: FoundFile[] = [];
    for (const task of this.#tasks) {
      const scan = await this.#scan(task, control);
      if (!scan) continue;
      this.#take(task, scan);
      for (const file of scan.toRead) toRead.push(file);
    }
    new Suspects(library).clearOthers(
      this.#tasks.flatMap(({ folder, places }) => (places ? [] : [folder.id])),
      toRead,
    );
    if (toRead.length > 0) await this.#read(toRead, control);
    this.#store.forgetVanished();
    const isWhole = this.#tasks.every(({ places }) => places === undefined);
    if (isWhole) library.forgetOrphansBefore(Date.now() - orphansStayMs);
    await this.#parts.serving().save();
    this.#summarise(control);
  }

  /** @returns null where the folder is not there, or no longer */
  async #scan({ folder, places }: FolderTask, control: JobControl): Promise<FolderScan | null> {
    const { library } = this.#parts;
    if (!library.places.isHere(folder.id)) return this.#isOffline(folder.id);
    library.change(() => library.places.remember(folder.id));
    const others = library.folders.paths().filter((path) => path !== folder.path);
    try {
      const scan = await scanFolder(folder, library.files, {
        places,
        settleMs: this.#options.settleMs ?? 0,
        notInto: [library.path, ...others],
        checkpoint: async (seen) => {
          control.report({ step: `Looking for photos (${seen} files)` });
          await control.checkpoint();
        },
      });
      // A drive that goes while it is looked at leaves its files missing.
      if (scan.vanished.length > 0 && !this.#isStillHere(folder.id)) return this.#isOffline(folder.id);
      return scan;
    } catch (error) {
      const isGone = error instanceof SemblanceError && error.code === 'no-such-folder';
      if (isGone && !this.#isStillHere(folder.id)) return this.#isOffline(folder.id);
      throw error;
    }
  }

  #isStillHere(folderId: number): boolean {
    this.#parts.library.places.refresh();
    return this.#parts.library.places.isHere(folderId);
  }

  #isOffline(folderId: number): null {
    this.#offline.add(folderId);
    this.#store.spare(folderId);
    return null;
  }

  #take({ folder, places }: FolderTask, scan: FolderScan): void {
    this.#store.take(scan);
    this.#unchanged += scan.unchanged;
    this.#ignored += scan.ignored;
    for (const file of scan.odd) this.#setAside(file, file.code, file.message);
    for (const { problemCode, problemMessage, ...file } of scan.problems) {
      if (problemCode !== null) this.#skip(this.#pathOf(file), problemCode, problemMessage ?? '');
    }
    if (scan.unsettled.size > 0) this.#options.onUnsettled?.(folder.id, scan.unsettled);
    if (!places) this.#addWithoutDescriptor(folder, scan);
  }

  /** Photos that were out of reach when the recipe changed are read as soon as they are there again. */
  #addWithoutDescriptor({ id }: ScannedFolder, scan: FolderScan): void {
    const { library } = this.#parts;
    const due = new Set(
      [...scan.vanished, ...scan.toRead.flatMap(({ before }) => before ?? [])].map((file) => file.id),
    );
    for (const file of library.files.withoutDescriptor(id, this.#parts.serving().generation.id)) {
      if (due.has(file.id)) continue;
      scan.toRead.push({ ...file, before: file });
      this.#unchanged -= 1;
    }
  }

  async #read(files: FoundFile[], control: JobControl): Promise<void> {
    this.#readingSinceMs = performance.now();
    control.report({ step: 'Indexing', done: 0, total: files.length });
    const suspects = new Suspects(this.#parts.library);
    await this.#readAlone(
      files.filter((file) => suspects.has(file)),
      control,
    );
    const rest = files.filter((file) => !suspects.has(file));
    const vision = await this.#parts.vision();
    await this.#readMany(vision, rest.slice(0, firstFiles), control);
    const left = rest.slice(firstFiles);
    if (left.length === 0) return;
    const pauseMs = performance.now();
    await this.#parts.onFirstRead(this.#firstRead, left.length, control);
    this.#readingSinceMs += performance.now() - pauseMs;
    control.report({ step: 'Indexing', done: this.#done, total: files.length });
    await this.#readMany(await this.#parts.vision(), left, control);
  }

  /** Each in a process that may die of it, so that the one that killed an engine is found, and no other. */
  async #readAlone(files: FoundFile[], control: JobControl): Promise<void> {
    if (files.length === 0) return;
    const alone = this.#parts.startAlone();
    try {
      for (const file of files) {
        await control.checkpoint();
        await this.#readOne(file, (path) => alone.read(path, control.signal));
        this.#advance(control);
      }
    } finally {
      alone.close();
    }
  }

  /** Keeps several files in flight; after an error no new one is begun and those in flight are waited for. */
  async #readMany(vision: Vision, files: FoundFile[], control: JobControl): Promise<void> {
    const running = new Set<Promise<void>>();
    const failures: unknown[] = [];
    for (const file of files) {
      try {
        await control.checkpoint();
      } catch (error) {
        failures.push(error);
      }
      while (running.size >= this.#parts.concurrency(vision)) await Promise.race(running);
      if (failures.length > 0) break;
      const reading = this.#readOne(file, (path) =>
        vision.extractFile(path, (hash) => this.#store.knows(hash)),
      )
        .then(() => this.#advance(control))
        .catch((error: unknown) => {
          failures.push(error);
        })
        .finally(() => running.delete(reading));
      running.add(reading);
    }
    await Promise.all(running);
    if (failures.length > 0) throw failures[0];
  }

  async #readOne(file: FoundFile, read: (path: string) => Promise<FileReading>): Promise<void> {
    if (this.#offline.has(file.folderId)) return;
    const path = this.#pathOf(file);
    try {
      await inFlight(this.#parts.library, file, async () => this.#store.store(file, await read(path)));
      if (this.#firstRead.length < firstFiles) this.#firstRead.push(path);
    } catch (error) {
      if (!(error instanceof SemblanceError)) throw error;
      if (error.code === 'not-a-photo') {
        this.#store.ignore(file);
        this.#ignored += 1;
      } else if (!isPhotoProblem(error.code)) throw error;
      else if (isThere(path)) this.#setAside(file, error.code, error.message);
      else if (this.#isStillHere(file.folderId)) this.#store.vanishedMeanwhile(file);
      else this.#isOffline(file.folderId);
    }
  }

  #setAside(
    file: Pick<FoundFile, 'folderId' | 'directory' | 'name'> & Partial<FoundFile>,
    code: PhotoProblemCode,
    message: string,
  ): void {
    this.#store.setAside(file, { code, message });
    this.#skip(this.#pathOf(file), code, message);
  }

  #skip(path: string, code: PhotoProblemCode, message: string): void {
    this.#skippedCount += 1;
    if (this.#skipped.length < listedProblems) this.#skipped.push({ path, code, message });
  }

  #pathOf({ folderId, directory, name }: Pick<FoundFile, 'folderId' | 'directory' | 'name'>): string {
    return photoPath(this.#folderPaths.get(folderId) ?? '', directory, name);
  }

  #advance(control: JobControl): void {
    this.#done += 1;
    control.report({ done: this.#done });
    this.#parts.onLibraryChanged();
  }

  #summarise(control: JobControl): void {
    const now = performance.now();
    const readingSeconds = (now - this.#readingSinceMs) / 1000;
    const { indexed, moved, removed } = this.#store;
    control.summarise({
      photos: this.#parts.library.photos.counts().photos,
      indexed,
      unchanged: this.#unchanged + this.#store.unchanged,
      moved,
      removed,
      ignored: this.#ignored,
      skipped: this.#skipped,
      skippedCount: this.#skippedCount,
      offline: [...this.#offline].map((id) => this.#folderPaths.get(id) ?? ''),
      seconds: (now - this.#startedMs) / 1000,
      photosPerSecond: indexed > 0 ? indexed / readingSeconds : 0,
    });
    this.#parts.onLibraryChanged();
  }
}
