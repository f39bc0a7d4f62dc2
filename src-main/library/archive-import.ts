/**
 * Takes a library in that was exported elsewhere. Its pictures come first, unseen; then, in one transaction, the files, and
 * what a person decided. Whatever ends it before that leaves the library as it was.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { ForeignCatalogue, type ForeignRow } from './archive-catalogue.ts';
import { checkInThread } from './archive-check-thread.ts';
import { type ArchiveControl, throughRows } from './archive-control.ts';
import { exportLibrary } from './archive-export.ts';
import { catalogueName, noArchive, type PartName, thumbnailsName } from './archive-manifest.ts';
import { canBeHere, rerooted, type Root } from './archive-paths.ts';
import { withTemporaryFolder } from './archive-place.ts';
import { ArchiveReader } from './archive-read.ts';
import { type FolderPlace, type FolderTarget, locationIn, placeIn, targetsOf } from './arriving-folders.ts';
import { PictureArrival } from './arriving-pictures.ts';
import { explain } from './database.ts';
import type { ForeignGeneration } from './foreign-generation.ts';
import type { Library } from './library.ts';

export interface ImportRequest {
  /** The zip file. */
  path: string;
  roots: readonly Root[];
  /** Only tells what would come. */
  dryRun: boolean;
  appVersion: string;
  /**
   * Tries whether pictures can be described by what came, before that is in service.
   * @throws SemblanceError where they cannot
   */
  tryGeneration: (foreign: ForeignGeneration) => void;
}

export interface ImportOutcome {
  /** Files with pictures that are new here, and different pictures that are. */
  photos: number;
  pictures: number;
  /** Pictures that were here already. */
  known: number;
  /** Files with names that this system cannot have. */
  impossible: number;
  decisions: number;
  savedSearches: number;
  savedSearchesWithoutRoom: number;
  /** Whether what the photos are described by was taken over. */
  tookRecipe: boolean;
  /** The library as it was before, to go back to; null where there was nothing in it, or nothing came. */
  backup: string | null;
}

/**
 * @throws SemblanceError `archive-invalid`, `library-newer`, `not-found`, `disk-full`, `cancelled`, and `library-in-use`
 *   while a recipe is being applied to a library without photos
 */
export async function importLibrary(
  library: Library,
  request: ImportRequest,
  control: ArchiveControl,
): Promise<ImportOutcome> {
  try {
    return await withTemporaryFolder(library.path, (folder) =>
      new Import(library, request, control, folder).run(),
    );
  } catch (error) {
    throw explain(library.path, error);
  }
}

class Import {
  readonly #library: Library;
  readonly #request: ImportRequest;
  readonly #control: ArchiveControl;
  /** For what is unpacked. */
  readonly #folder: string;

  constructor(library: Library, request: ImportRequest, control: ArchiveControl, folder: string) {
    this.#library = library;
    this.#request = request;
    this.#control = control;
    this.#folder = folder;
  }

  async run(): Promise<ImportOutcome> {
    const archive = await ArchiveReader.open(this.#request.path);
    try {
      const foreign = new ForeignCatalogue(await this.#unpacked(archive, catalogueName));
      try {
        const targets = targetsOf(foreign, this.#request.roots);
        const wanted = wantedPictures(foreign, targets);
        return this.#request.dryRun
          ? this.#foresee(foreign, targets, wanted)
          : await this.#take(archive, foreign, targets, wanted);
      } finally {
        foreign.close();
      }
    } finally {
      await archive.close();
    }
  }

  async #unpacked(archive: ArchiveReader, name: PartName): Promise<string> {
    const file = join(this.#folder, name);
    this.#control.report({ step: 'Unpacking', done: 0, total: 0 });
    await archive.unpack(name, file, this.#folder, this.#control);
    this.#control.report({ step: 'Checking what was unpacked' });
    await checkInThread(name, file, this.#control.signal);
    return file;
  }

  async #take(
    archive: ArchiveReader,
    foreign: ForeignCatalogue,
    targets: ReadonlyMap<number, FolderTarget>,
    wanted: ReadonlySet<number>,
  ): Promise<ImportOutcome> {
    const backup = await this.#backUp();
    const pictures = new PictureArrival(this.#library, foreign, this.#control);
    const thumbnails: string[] = [];
    let committed: Omit<ImportOutcome, 'backup'>;
    try {
      await pictures.take(wanted, this.#request.tryGeneration);
      if (archive.has(thumbnailsName))
        await this.#takeThumbnails(await this.#unpacked(archive, thumbnailsName), thumbnails);
      await this.#control.checkpoint();
      this.#control.report({ step: 'Adding the photos', done: 0, total: 0 });
      committed = this.#library.decide(() => this.#commit(foreign, targets, pictures));
    } catch (error) {
      if (backup !== null) rmSync(backup, { force: true });
      await pictures.takeBack();
      this.#library.thumbnails.delete(thumbnails);
      throw error;
    }
    this.#library.places.refresh();
    const { photos, pictures: added, decisions, savedSearches, tookRecipe } = committed;
    const isChange = photos + added + decisions + savedSearches > 0 || tookRecipe;
    if (backup !== null && !isChange) rmSync(backup, { force: true });
    return { ...committed, backup: isChange ? backup : null };
  }

  /** Without the thumbnails, which are made anew. */
  async #backUp(): Promise<string | null> {
    const { path, contents, decisions, folders } = this.#library;
    const { tags, ratings, notDuplicates, kept } = decisions.counts();
    if (contents.count() + folders.count() + tags + ratings + notDuplicates + kept === 0) return null;
    const target = join(path, `before-import-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.zip`);
    const { appVersion } = this.#request;
    await exportLibrary(
      { libraryPath: path, target, thumbnails: false, replace: false, appVersion },
      this.#control,
    );
    return target;
  }

  /** @param added told of those that are new, by the hash of the picture */
  async #takeThumbnails(file: string, added: string[]): Promise<void> {
    const { thumbnails, contents } = this.#library;
    const foreign = new ForeignCatalogue(file);
    try {
      const total = foreign.count('thumbnails');
      this.#control.report({ step: 'Adding the thumbnails', done: 0, total });
      const take = ({ hash, data }: ForeignRow<'thumbnails'>): void => {
        if (!isJpeg(data)) throw noArchive('a thumbnail is no picture');
        if (contents.withHash(hash) === undefined || thumbnails.has(hash)) return;
        thumbnails.set(hash, data);
        added.push(hash);
      };
      await throughRows(foreign.rows('thumbnails'), take, this.#control, {
        round: (rows) => thumbnails.change(rows),
        onRound: (done) => this.#control.report({ done }),
      });
    } finally {
      foreign.close();
    }
  }

  /** Part of one transaction. */
  #commit(
    foreign: ForeignCatalogue,
    targets: ReadonlyMap<number, FolderTarget>,
    pictures: PictureArrival,
  ): Omit<ImportOutcome, 'backup'> {
    const { arriving, folders, settings, pastRecipes } = this.#library;
    const isFresh = pictures.takesRecipe && folders.count() === 0;
    const places = this.#placeFolders(targets);
    const { photos, impossible } = this.#takeFiles(foreign, places, pictures);
    const { roots } = this.#request;
    const decisions = arriving.decisions.take(foreign, (path) => rerooted(path, roots) ?? path);
    const searches = arriving.searches.take(foreign, (id) => places.get(id)?.folderId);
    if (isFresh) {
      for (const { value } of foreign.rows('settings')) settings.change(jsonObject(value));
      if (pastRecipes.list().length === 0)
        for (const { recipe, endedAtMs } of foreign.rows('pastRecipes')) pastRecipes.bring(recipe, endedAtMs);
    }
    pictures.putInService();
    return {
      photos,
      impossible,
      pictures: pictures.added,
      known: pictures.known,
      decisions,
      savedSearches: searches.added,
      savedSearchesWithoutRoom: searches.noRoom,
      tookRecipe: pictures.takesRecipe && pictures.generationId !== null,
    };
  }

  /** Looked up once all are there: one may have become part of another. */
  #placeFolders(targets: ReadonlyMap<number, FolderTarget>): Map<number, FolderPlace> {
    const { arriving, folders } = this.#library;
    for (const { row, path, isHere } of targets.values()) {
      if (placeIn(folders, path)) continue;
      const { id: folderId } = folders.add(path, row.addedAtMs);
      arriving.store.describeFolder({ row, folderId, isHere });
    }
    const places = new Map<number, FolderPlace>();
    for (const [id, { path }] of targets) {
      const place = placeIn(folders, path);
      if (place) places.set(id, place);
    }
    return places;
  }

  #takeFiles(
    foreign: ForeignCatalogue,
    places: ReadonlyMap<number, FolderPlace>,
    pictures: PictureArrival,
  ): { photos: number; impossible: number } {
    const counts = { photos: 0, impossible: 0 };
    for (const photo of foreign.rows('photos')) {
      const place = places.get(photo.folderId);
      if (!place) continue;
      if (!canBeHere(photo.directory, photo.name, process.platform)) {
        counts.impossible += 1;
        continue;
      }
      const contentId = photo.contentId === null ? null : pictures.numberOf(photo.contentId);
      const isNew = this.#library.arriving.store.takeFile(photo, locationIn(place, photo), contentId);
      counts.photos += Number(isNew && contentId !== null);
    }
    return counts;
  }

  #foresee(
    foreign: ForeignCatalogue,
    targets: ReadonlyMap<number, FolderTarget>,
    wanted: ReadonlySet<number>,
  ): ImportOutcome {
    const { contents, folders, files } = this.#library;
    const places = new Map([...targets].map(([id, { path }]) => [id, placeIn(folders, path)]));
    const outcome = { ...nothing };
    for (const photo of foreign.rows('photos')) {
      const place = places.get(photo.folderId);
      if (place === undefined) continue;
      const isPossible = canBeHere(photo.directory, photo.name, process.platform);
      if (!isPossible) outcome.impossible += 1;
      else if (photo.contentId !== null && (place === null || !files.has(locationIn(place, photo))))
        outcome.photos += 1;
    }
    for (const { id, hash } of foreign.rows('contents')) {
      if (!wanted.has(id)) continue;
      if (contents.withHash(hash) === undefined) outcome.pictures += 1;
      else outcome.known += 1;
    }
    outcome.tookRecipe = contents.count() === 0 && foreign.count('generations') > 0;
    return outcome;
  }
}

const nothing: ImportOutcome = {
  photos: 0,
  pictures: 0,
  known: 0,
  impossible: 0,
  decisions: 0,
  savedSearches: 0,
  savedSearchesWithoutRoom: 0,
  tookRecipe: false,
  backup: null,
};

/** Pictures of files in folders that are not left out. */
function wantedPictures(
  foreign: ForeignCatalogue,
  targets: ReadonlyMap<number, FolderTarget>,
): ReadonlySet<number> {
  const wanted = new Set<number>();
  for (const { folderId, contentId } of foreign.rows('photos')) {
    if (contentId !== null && targets.has(folderId)) wanted.add(contentId);
  }
  return wanted;
}

function jsonObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function isJpeg(data: Uint8Array): boolean {
  return data[0] === 0xff && data[1] === 0xd8 && data[2] === 0xff;
}
