/** Brings the catalogue in step with what is on disk: scans, reads what is new, forgets what is gone. */
import {
  type Folder,
  type IndexSummary,
  isPhotoProblem,
  type PhotoProblemCode,
  SemblanceError,
} from '../contract/index.ts';
import { encodeStatistics } from '../descriptor/index.ts';
import {
  type FolderScan,
  type FoundFile,
  type KnownFile,
  type Library,
  scanFolder,
} from '../library/index.ts';
import type { FileReading, Vision } from '../vision/index.ts';
import type { JobControl } from './job-run.ts';
import type { Serving } from './serving.ts';

export interface IndexingParts {
  library: Library;
  /** Started only when there is something to read. */
  vision: () => Promise<Vision>;
  /** The generation that new photos are described for. */
  serving: () => Serving;
  /** Whether the cache has room for another photo of so many bytes. */
  mayCache: (bytes: number) => boolean;
  /** Told of the first photos that could be read, and of how many more files there are. */
  onFirstRead: (paths: string[], filesLeft: number, control: JobControl) => Promise<void>;
  /** How many files to keep in flight. */
  concurrency: (vision: Vision) => number;
  onLibraryChanged: () => void;
}

/** Files that are read before it is told how long the others take. */
const firstFiles = 20;
/** A file that was in flight at this many deaths of the engine is set aside: once among others, twice alone. */
const fatalAttempts = 3;

export class IndexJob {
  readonly #parts: IndexingParts;
  readonly #folders: Folder[];
  readonly #startedMs = performance.now();
  #vanishedByContent = new Map<number, KnownFile[]>();
  #indexed = 0;
  #unchanged = 0;
  #moved = 0;
  #ignored = 0;
  #done = 0;
  #readingSinceMs = 0;
  readonly #firstRead: string[] = [];
  #skipped: IndexSummary['skipped'] = [];

  constructor(parts: IndexingParts, folders: Folder[]) {
    this.#parts = parts;
    this.#folders = folders;
  }

  async run(control: JobControl): Promise<void> {
    const { library } = this.#parts;
    control.report({ step: 'Looking for photos' });
    const scans: FolderScan[] = [];
    for (const folder of this.#folders) {
      const scan = await scanFolder(folder, library.photos.filesOfFolder(folder.id), async (seen) => {
        control.report({ step: `Looking for photos (${seen} files)` });
        await control.checkpoint();
      });
      this.#recall(folder, scan.unchanged);
      scans.push(scan);
    }
    const vanished = scans.flatMap((scan) => scan.vanished);
    this.#vanishedByContent = groupByContent(vanished);
    const toRead = scans.flatMap((scan) => scan.toRead);
    if (toRead.length > 0) await this.#read(toRead, control);
    const removed = this.#forget();
    await this.#parts.serving().save();
    this.#summarise(control, removed);
  }

  /** Files that are as they were: photos to count, or problems to list again. */
  #recall(folder: Folder, files: KnownFile[]): void {
    for (const file of files) {
      if (file.problemCode === null) this.#unchanged += 1;
      else {
        const path = [folder.path, file.directory, file.name].filter(Boolean).join('/');
        this.#skipped.push({ path, code: file.problemCode, message: file.problemMessage ?? '' });
      }
    }
  }

  async #read(files: FoundFile[], control: JobControl): Promise<void> {
    const { library } = this.#parts;
    this.#readingSinceMs = performance.now();
    const vision = await this.#parts.vision();
    control.report({ step: 'Indexing', done: 0, total: files.length });
    const attempts = new Map(library.inFlight.suspects().map((file) => [keyOf(file), file.attempts]));
    const suspects = files.filter((file) => attempts.has(keyOf(file)));
    for (const file of suspects) {
      await control.checkpoint();
      if ((attempts.get(keyOf(file)) ?? 0) >= fatalAttempts) {
        this.#setAside(
          file,
          'decoder-crashed',
          'Reading this file stopped the engine. It is left out until it changes.',
        );
        library.inFlight.end(file);
      } else await this.#readOne(vision, file);
      this.#advance(control);
    }
    const rest = files.filter((file) => !attempts.has(keyOf(file)));
    await this.#readMany(vision, rest.slice(0, firstFiles), control);
    const left = rest.slice(firstFiles);
    if (left.length === 0) return;
    const pauseMs = performance.now();
    await this.#parts.onFirstRead(this.#firstRead, left.length, control);
    this.#readingSinceMs += performance.now() - pauseMs;
    control.report({ step: 'Indexing', done: this.#done, total: files.length });
    await this.#readMany(await this.#parts.vision(), left, control);
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
      const reading = this.#readOne(vision, file)
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

  async #readOne(vision: Vision, file: FoundFile): Promise<void> {
    const { library } = this.#parts;
    library.inFlight.begin(file);
    try {
      const { id } = this.#parts.serving().generation;
      const reading = await vision.extractFile(file.path, (hash) => {
        const contentId = library.photos.contentWithHash(hash);
        return contentId !== undefined && library.generations.hasDescriptor(id, contentId);
      });
      await this.#store(file, reading);
      if (this.#firstRead.length < firstFiles) this.#firstRead.push(file.path);
    } catch (error) {
      if (!(error instanceof SemblanceError)) throw error;
      if (error.code === 'not-a-photo') this.#ignored += 1;
      else if (isPhotoProblem(error.code)) this.#setAside(file, error.code, error.message);
      else throw error;
    }
    library.inFlight.end(file);
  }

  async #store(file: FoundFile, reading: FileReading): Promise<void> {
    const { library } = this.#parts;
    const serving = this.#parts.serving();
    const { contentHash, extraction, metadata, sizeBytes, modifiedAtMs } = reading;
    const stamped = { ...file, sizeBytes, modifiedAtMs };
    const code = extraction && encodeStatistics(serving.layout, extraction.powerMeans);
    const vector = code && (await serving.describe(code));
    const contentId = library.change(() => {
      const known = library.photos.contentWithHash(contentHash);
      const content = known ?? library.photos.addContent({ hash: contentHash, ...pictureOf(extraction) });
      library.metadata.set(content, metadata);
      if (code && vector) {
        const { extractionKey, id } = serving.generation;
        if (this.#parts.mayCache(code.byteLength)) library.powerMeans.add(content, extractionKey, code);
        library.generations.addDescriptors(id, [{ contentId: content, vector }]);
      }
      const old = this.#vanishedByContent.get(content)?.pop();
      if (old) {
        library.photos.move(old.id, stamped);
        this.#moved += 1;
      } else {
        library.photos.record(stamped, content, Date.now());
        this.#indexed += 1;
      }
      return content;
    });
    if (extraction) library.thumbnails.set(contentHash, extraction.thumbnail);
    if (vector) serving.add(contentId, vector);
  }

  #setAside(file: FoundFile, code: PhotoProblemCode, message: string): void {
    const { library } = this.#parts;
    library.change(() => library.photos.recordProblem(file, { code, message }, Date.now()));
    this.#skipped.push({ path: file.path, code, message });
  }

  #advance(control: JobControl): void {
    this.#done += 1;
    control.report({ done: this.#done });
    this.#parts.onLibraryChanged();
  }

  /** Forgets files that are gone and were not found again elsewhere; returns how many. */
  #forget(): number {
    const { library } = this.#parts;
    const gone = [...this.#vanishedByContent.values()].flat();
    library.change(() => library.photos.forget(gone.map(({ id }) => id)));
    this.#parts.serving().delete(library.forgetOrphans());
    return gone.filter(({ contentId }) => contentId !== null).length;
  }

  #summarise(control: JobControl, removed: number): void {
    const now = performance.now();
    const readingSeconds = (now - this.#readingSinceMs) / 1000;
    control.summarise({
      photos: this.#parts.library.photos.counts().photos,
      indexed: this.#indexed,
      unchanged: this.#unchanged,
      moved: this.#moved,
      removed,
      ignored: this.#ignored,
      skipped: this.#skipped,
      seconds: (now - this.#startedMs) / 1000,
      photosPerSecond: this.#indexed > 0 ? this.#indexed / readingSeconds : 0,
    });
    this.#parts.onLibraryChanged();
  }
}

/** A content that is already known needs no size: only its file is new. */
function pictureOf(extraction: FileReading['extraction']): { width: number; height: number; format: string } {
  if (!extraction)
    throw new SemblanceError('internal', 'A photo was taken for known, but is not. Index again.');
  return { width: extraction.width, height: extraction.height, format: extraction.format };
}

function groupByContent(files: KnownFile[]): Map<number, KnownFile[]> {
  const groups = new Map<number, KnownFile[]>();
  for (const file of files) {
    // Files that were set aside have no content; none can be found again elsewhere.
    const key = file.contentId ?? -file.id;
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return groups;
}

function keyOf(file: { folderId: number; directory: string; name: string }): string {
  return `${file.folderId}/${file.directory}/${file.name}`;
}
