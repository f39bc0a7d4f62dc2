/** Writes down what indexing finds: photos read, moved, set aside and gone, and what search has to know of it. */
import { lstatSync } from 'node:fs';
import { type PhotoProblemCode, SemblanceError } from '../contract/index.ts';
import { encodeStatistics } from '../descriptor/index.ts';
import {
  type FolderScan,
  type FoundFile,
  type KnownFile,
  type Library,
  photoPath,
} from '../library/index.ts';
import type { FileReading } from '../vision/index.ts';
import type { Serving } from './serving.ts';

export interface StoreParts {
  library: Library;
  /** The generation that new photos are described for. */
  serving: () => Serving;
  /** Whether the cache has room for another photo of so many bytes. */
  mayCache: (bytes: number) => boolean;
}

export class PhotoStore {
  readonly #parts: StoreParts;
  readonly #vanished = new Map<number, KnownFile>();
  readonly #vanishedByContent = new Map<number, KnownFile[]>();
  indexed = 0;
  moved = 0;
  /** Files that were touched, and hold the same picture. */
  unchanged = 0;
  removed = 0;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  /** Writes down what a scan found out without reading, and keeps in mind what vanished. */
  take(scan: FolderScan): void {
    const { library } = this.#parts;
    library.change(() => {
      for (const { from, to } of scan.renamed) library.photos.move(from.id, to);
      library.files.renumber(scan.renumbered);
      library.files.forgetOthers(scan.othersGone);
    });
    this.moved += scan.renamed.length;
    for (const file of scan.vanished) {
      this.#vanished.set(file.id, file);
      if (file.contentId === null) continue;
      const group = this.#vanishedByContent.get(file.contentId);
      if (group) group.push(file);
      else this.#vanishedByContent.set(file.contentId, [file]);
    }
  }

  /** Whether all is known that the search needs of a picture, so that its file need not be decoded. */
  knows(hash: string): boolean {
    const { library, serving } = this.#parts;
    const contentId = library.contents.withHash(hash);
    if (contentId === undefined) return false;
    const { id, extractionKey } = serving().generation;
    return (
      library.generations.hasDescriptor(id, contentId) || library.powerMeans.has(contentId, extractionKey)
    );
  }

  /** Writes down a file that was read. */
  async store(file: FoundFile, reading: FileReading): Promise<void> {
    const { library } = this.#parts;
    const serving = this.#parts.serving();
    const { extractionKey, id } = serving.generation;
    const { contentHash, extraction, metadata, sizeBytes, modifiedAtMs } = reading;
    const stamped = { ...file, sizeBytes, modifiedAtMs };
    const code = extraction && encodeStatistics(serving.layout, extraction.powerMeans);
    const known = library.contents.withHash(contentHash);
    // A picture that comes back may be known by its statistics only, where the recipe has changed meanwhile.
    const cached = code ?? (known === undefined ? undefined : this.#codeWithoutDescriptor(known));
    const vector = cached && serving.augmented(await serving.describe(cached));
    const { contentId, orphans } = library.change(() => {
      const content =
        library.contents.withHash(contentHash) ??
        library.contents.add({ hash: contentHash, ...pictureOf(extraction) });
      library.metadata.set(content, metadata);
      if (extraction) library.contents.setPlaceholder(content, extraction.placeholder);
      if (code && this.#parts.mayCache(code.byteLength)) library.powerMeans.add(content, extractionKey, code);
      if (vector) library.generations.addDescriptors(id, [{ contentId: content, vector }]);
      library.files.forgetOthers([file]);
      return { contentId: content, orphans: this.#place(stamped, content, vector !== undefined) };
    });
    serving.delete(orphans);
    const searched =
      vector ?? (serving.index.has(contentId) ? null : library.generations.descriptor(id, contentId));
    if (searched) serving.add(contentId, searched);
    // Last, because it may find the disk full: a thumbnail is made again when it is asked for.
    if (extraction) library.thumbnails.set(contentHash, extraction.thumbnail);
  }

  #codeWithoutDescriptor(contentId: number): Uint8Array | undefined {
    const { library, serving } = this.#parts;
    const { extractionKey, id } = serving().generation;
    if (library.generations.hasDescriptor(id, contentId)) return undefined;
    return library.powerMeans.get(contentId, extractionKey);
  }

  /** Makes a file's photo that of its picture: one that moved here, or its own. Returns pictures that no file has now. */
  #place(file: FoundFile, contentId: number, isComputed: boolean): number[] {
    const { library } = this.#parts;
    const wasOrphan = library.orphans.isOrphan(contentId);
    const old = this.#movedFrom(file, contentId);
    const orphans: number[] = [];
    if (old !== undefined) {
      // What was known of another file at this place goes with that file.
      if (file.before) orphans.push(...library.orphans.forgetFiles([file.before.id], Date.now()));
      library.photos.move(old, file);
      this.moved += 1;
      return orphans;
    }
    library.photos.record(file, contentId, Date.now());
    if (file.before?.contentId === contentId && !isComputed) this.unchanged += 1;
    else if (wasOrphan) this.moved += 1;
    else this.indexed += 1;
    const left = file.before?.contentId;
    if (left !== null && left !== undefined && left !== contentId && library.orphans.left(left, Date.now())) {
      orphans.push(left);
    }
    return orphans;
  }

  /** The photo whose file went from elsewhere to this place, if it has. */
  #movedFrom(file: FoundFile, contentId: number): number | undefined {
    if (file.before?.contentId === contentId) return undefined;
    const group = this.#vanishedByContent.get(contentId);
    for (let old = group?.pop(); old; old = group?.pop()) if (this.#vanished.delete(old.id)) return old.id;
    // Another folder may not have been looked at yet since the file went from there.
    const { library } = this.#parts;
    return library.files
      .withContent(contentId)
      .find(
        ({ folderId, folderPath, directory, name }) =>
          !isThere(photoPath(folderPath, directory, name)) && library.places.isHere(folderId),
      )?.id;
  }

  /** A file that is no photo. */
  ignore(file: FoundFile): void {
    const { library } = this.#parts;
    const orphans = library.change(() => {
      library.files.recordOther(file);
      return file.before ? library.orphans.forgetFiles([file.before.id], Date.now()) : [];
    });
    if (orphans.length > 0) this.#parts.serving().delete(orphans);
  }

  setAside(
    file: Pick<FoundFile, 'folderId' | 'directory' | 'name'> & Partial<FoundFile>,
    problem: { code: PhotoProblemCode; message: string },
  ): void {
    const { library } = this.#parts;
    const left = file.before?.contentId ?? null;
    const isOrphan = library.change(() => {
      // What is no file has no stamp.
      library.photos.recordProblem({ sizeBytes: 0, modifiedAtMs: 0, ...file }, problem, Date.now());
      return left !== null && library.orphans.left(left, Date.now());
    });
    if (isOrphan && left !== null) this.#parts.serving().delete([left]);
  }

  /** A known file went while it was to be read. */
  vanishedMeanwhile({ before }: FoundFile): void {
    if (before) this.#vanished.set(before.id, before);
  }

  /** Files of these folders are out of reach, and not gone. */
  spare(folderId: number): void {
    for (const file of this.#vanished.values())
      if (file.folderId === folderId) this.#vanished.delete(file.id);
  }

  /** Forgets files that are gone and were not found again elsewhere. */
  forgetVanished(): void {
    const { library } = this.#parts;
    if (this.#vanished.size === 0) return;
    const gone = [...this.#vanished.values()];
    const orphans = library.change(() =>
      library.orphans.forgetFiles(
        gone.map(({ id }) => id),
        Date.now(),
      ),
    );
    this.#parts.serving().delete(orphans);
    this.removed = gone.filter(({ contentId }) => contentId !== null).length;
  }
}

/** A content that is already known needs no size: only its file is new. */
function pictureOf(extraction: FileReading['extraction']): { width: number; height: number; format: string } {
  if (!extraction)
    throw new SemblanceError('internal', 'A photo was taken for known, but is not. Index again.');
  return { width: extraction.width, height: extraction.height, format: extraction.format };
}

/** Also of a file that cannot be looked at. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}
