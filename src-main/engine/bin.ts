/** Which files may go to the bin, what becomes of their photos, and how they come back. */
import { lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, relative, sep } from 'node:path';
import {
  type BinAnswers,
  type Binning,
  type BinnedFile,
  messageOf,
  type PhotoDetails,
  refuseOffline,
  type RestoreOutcome,
  SemblanceError,
  type ShownPhoto,
} from '../contract/index.ts';
import { BinPlaces, restoreFromBin, type ScannedFolder } from '../library/index.ts';
import { fileHash } from '../vision/index.ts';
import type { Handlers } from './command-handlers.ts';
import type { Engine } from './engine.ts';

/** Much longer than it takes to move a file to the bin, which is checked once more right before. */
const leavingForMs = 600_000;

/** A file that may go: what is written down of it once it has. */
interface CheckedFile {
  path: string;
  hash: string;
  sizeBytes: number;
}

export function binHandlers(engine: Engine): Pick<Handlers, keyof BinAnswers> {
  const bin = new Bin(engine);
  return {
    checkBinning: (binning) => bin.check(binning),
    recordBinned: ({ photoIds }) => bin.record(photoIds),
    binnedFiles: (page) => engine.library.binnedFiles.page(page),
    restoreBinned: ({ binnedIds }) => bin.restore(binnedIds),
  };
}

class Bin {
  readonly #engine: Engine;
  /** By photo. Only what was checked is recorded, and it is known even if the photo is found to be gone meanwhile. */
  readonly #checked = new Map<number, CheckedFile>();
  /** Photos that may be on their way to the bin, and since when. */
  readonly #leaving = new Map<number, number>();
  readonly #places = new BinPlaces();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** @throws SemblanceError `invalid-arguments`, `not-available`, `library-read-only`, `not-found` */
  async check({ photos, kept = [], allOfGroup = false }: Binning): Promise<BinAnswers['checkBinning']> {
    this.#refuseReader('no file is moved to the bin');
    const going = [...new Map(photos.map((photo) => [photo.photoId, this.#shown(photo)])).values()];
    if (!allOfGroup) for (const photo of going) this.#engine.library.decisions.kept.refuse(photo);
    const isGoing = new Set(going.map(({ id }) => id));
    const staying = kept
      .filter(({ photoId }) => !isGoing.has(photoId) && !this.#isLeaving(photoId))
      .map((photo) => this.#shown(photo));
    const nowMs = performance.now();
    for (const { id } of going) this.#leaving.set(id, nowMs);
    try {
      if (!allOfGroup) await this.#refuseAll(staying);
      for (const photo of going) refuseLast(photo, staying);
      for (const photo of going) this.#checked.set(photo.id, await this.#checkFile(photo));
    } catch (error) {
      for (const { id } of going) this.#leaving.delete(id);
      throw error;
    }
    return { files: going.map(({ id, path }) => ({ photoId: id, path })) };
  }

  /** @throws SemblanceError `not-found`, also where the number is another photo's by now */
  #shown({ photoId, path }: ShownPhoto): PhotoDetails {
    const photo = this.#engine.library.photos.details(photoId);
    if (photo.path === path) return photo;
    throw new SemblanceError(
      'not-found',
      `The library has changed since ${path} was shown, so nothing was moved. Look at the photos again.`,
      { photo: path },
    );
  }

  /** Whoever checks and never tells the outcome does not keep a photo from staying for ever. */
  #isLeaving(photoId: number): boolean {
    const sinceMs = this.#leaving.get(photoId);
    return sinceMs !== undefined && performance.now() - sinceMs < leavingForMs;
  }

  /** @throws SemblanceError `library-read-only` */
  #refuseReader(consequence: string): void {
    if (this.#engine.library.access === 'write') return;
    throw new SemblanceError(
      'library-read-only',
      `This library can only be read at the moment, so ${consequence}.`,
    );
  }

  /** @throws SemblanceError `invalid-arguments` where nothing would stay that is still what was indexed */
  async #refuseAll(staying: readonly PhotoDetails[]): Promise<void> {
    for (const photo of staying) {
      const stays = await this.#checkFile(photo).then(
        () => true,
        () => false,
      );
      if (stays) return;
    }
    throw new SemblanceError(
      'invalid-arguments',
      'Nothing of this group would stay: name a photo that is kept, whose drive is there and whose file is as it was indexed, or say that all may go.',
    );
  }

  /** That the file is there, and holds what was indexed to the byte. */
  async #checkFile(photo: PhotoDetails): Promise<CheckedFile> {
    refuseOffline(photo);
    const { path } = photo;
    const { hash } = this.#engine.library.photos.contentOf(photo.id);
    const now = await fileHash(path);
    if (now.hash === hash) return { path, hash, sizeBytes: now.sizeBytes };
    throw new SemblanceError(
      'not-available',
      `${path} has changed since it was indexed, so it stays where it is. Index its folder, and look at it again.`,
      { photo: path },
    );
  }

  record(photoIds: readonly number[]): BinAnswers['recordBinned'] {
    const { library } = this.#engine;
    const gone = [...new Set(photoIds)].flatMap((id) => {
      const file = this.#checked.get(id);
      return file && !isThere(file.path) ? [{ id, file }] : [];
    });
    for (const id of photoIds) this.#leaving.delete(id);
    if (gone.length === 0) return { binned: [] };
    const nowMs = Date.now();
    const places = this.#places.of(gone.map(({ file }) => file.path));
    const { binned, orphans } = library.decide(() => ({
      binned: gone.map(({ file }, i) => library.binnedFiles.add({ ...file, place: places[i] }, nowMs)),
      orphans: library.orphans.forgetFiles(
        gone.map(({ id }) => id),
        nowMs,
      ),
    }));
    for (const { id } of gone) this.#checked.delete(id);
    this.#engine.forget(orphans);
    this.#engine.tellLibraryChanged(true);
    return { binned };
  }

  /** @throws SemblanceError `library-read-only`, or `not-found` for what was never binned; then nothing has been moved */
  async restore(binnedIds: readonly number[]): Promise<RestoreOutcome> {
    this.#refuseReader('no file is brought back from the bin');
    const { library } = this.#engine;
    const wanted = [...new Set(binnedIds)].map((id) => {
      const known = library.binnedFiles.get(id);
      if (known) return known;
      throw new SemblanceError('not-found', 'It is not known that this file went to the bin.');
    });
    const restored: BinnedFile[] = [];
    const failed: RestoreOutcome['failed'] = [];
    const toIndex = new Map<number, ScannedFolder>();
    for (const { file, hash, place } of wanted) {
      try {
        await restoreFromBin({ path: file.path, hash, place: placeOf({ file, place }) });
      } catch (error) {
        failed.push({ path: file.path, message: messageOf(error) });
        continue;
      }
      const restoredAtMs = Date.now();
      library.decide(() => library.binnedFiles.setRestored(file.id, restoredAtMs));
      restored.push({ ...file, canRestore: false, restoredAtMs });
      const folder = library.folders.covering(file.path);
      // The file is back whatever becomes of the photo, which indexing finds, too.
      if (folder && !(await this.#takeBack(file, folder).catch(() => false))) toIndex.set(folder.id, folder);
    }
    if (toIndex.size > 0) this.#engine.index([...toIndex.values()]);
    this.#engine.tellLibraryChanged(true);
    return { restored, failed };
  }

  /**
   * A picture that is still known is a photo again at once, with all that was known of it.
   * @returns whether it was; else the folder has to be indexed
   */
  async #takeBack({ path }: BinnedFile, folder: ScannedFolder): Promise<boolean> {
    const { library, serving } = this.#engine;
    const { hash, sizeBytes, modifiedAtMs } = await fileHash(path);
    const contentId = library.contents.withHash(hash);
    const vector = serving && contentId && library.generations.descriptor(serving.generation.id, contentId);
    if (!serving || contentId === undefined || !vector) return false;
    const inside = relative(folder.path, dirname(path)).split(sep).join('/');
    const place = { folderId: folder.id, directory: inside, name: basename(path), sizeBytes, modifiedAtMs };
    library.change(() => library.photos.record(place, contentId, Date.now()));
    if (!serving.index.has(contentId)) serving.add(contentId, vector);
    return true;
  }
}

/** @throws SemblanceError `not-available` */
function placeOf({
  file: { path, restoredAtMs },
  place,
}: {
  file: BinnedFile;
  place: string | null;
}): string {
  if (restoredAtMs !== null) {
    throw new SemblanceError('not-available', `${path} has been brought back already.`);
  }
  if (place !== null) return place;
  throw new SemblanceError(
    'not-available',
    `This system lets no program look into its bin. Open the bin and restore ${basename(path)} there; Semblance finds it again.`,
  );
}

/**
 * Over links, one file may be known as two photos.
 * @throws SemblanceError `invalid-arguments` for a file that is one of those that stay
 */
function refuseLast({ path }: PhotoDetails, staying: readonly PhotoDetails[]): void {
  const real = realPath(path);
  const same = staying.find((each) => real !== null && realPath(each.path) === real);
  if (!same) return;
  throw new SemblanceError(
    'invalid-arguments',
    `${path} is the very file ${same.path}, reached over a link. If it went, both would be gone.`,
    { photo: path },
  );
}

function realPath(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}

/** A link counts whatever it points to. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
