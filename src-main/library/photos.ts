/** What is known of each file. */
import {
  type PhotoDetails,
  type PhotoFilter,
  type PhotoProblemCode,
  type PhotoSummary,
  SemblanceError,
} from '../contract/index.ts';
import type { Connection } from './database.ts';
import type { FolderPlaces } from './folder-places.ts';
import { conditionOf, type FilterContext } from './photo-filter.ts';
import type { PhotoLists } from './photo-lists.ts';
import { photoPath } from './photo-path.ts';
import { Prepared } from './prepared.ts';

/** A file inside a folder of the library. `directory` uses '/' and is '' at the folder's top. */
export interface FileLocation {
  folderId: number;
  directory: string;
  name: string;
}

export interface FileStamp {
  sizeBytes: number;
  modifiedAtMs: number;
}

/** A file as it is written down; its number on the file system where that is known. */
export type RecordedFile = FileLocation & FileStamp & { inode?: number | null };

/** A file as the catalogue remembers it. */
export interface KnownFile extends FileLocation, FileStamp {
  id: number;
  contentId: number | null;
  problemCode: PhotoProblemCode | null;
  problemMessage: string | null;
  /** Its number on its file system, by which it is known again under another name. */
  inode: number | null;
}

interface DetailsRow extends Omit<PhotoDetails, 'path' | 'tags' | 'offline' | 'placeholder'> {
  folderPath: string;
  /** A JSON array. */
  tags: string;
  placeholder: Buffer | null;
}

const details = `
  SELECT photos.id, photos.name, photos.directory, photos.folderId, photos.sizeBytes, photos.modifiedAtMs,
         photos.addedAtMs, folders.path AS folderPath,
         contents.width, contents.height, contents.format, substr(placeholder, 1, 25) AS placeholder, takenAtMs, camera, lens, latitude, longitude,
         (SELECT json_group_array(tag) FROM
           (SELECT tag FROM contentTags WHERE contentId = contents.id ORDER BY tag)) AS tags,
         (SELECT rating FROM contentRatings WHERE contentId = contents.id) AS rating
  FROM photos JOIN folders ON folders.id = photos.folderId JOIN contents ON contents.id = photos.contentId`;

export class Photos {
  readonly #database: Connection;
  readonly #prepared: Prepared;
  readonly #places: Pick<FolderPlaces, 'isHere'>;
  readonly #lists: PhotoLists;
  readonly #context: FilterContext;

  constructor(
    database: Connection,
    places: Pick<FolderPlaces, 'isHere'>,
    context: FilterContext,
    lists: PhotoLists,
  ) {
    this.#database = database;
    this.#prepared = new Prepared(database);
    this.#places = places;
    this.#context = context;
    this.#lists = lists;
  }

  /** Searchable photos and photos that were set aside. */
  counts(): { photos: number; problems: number } {
    const counts = this.#database
      .prepare<[], { photos: number; problems: number }>(
        'SELECT count(contentId) AS photos, count(problemCode) AS problems FROM photos',
      )
      .get();
    return counts ?? { photos: 0, problems: 0 };
  }

  /** In the order of the ids; those that are not there are left out. */
  byId(photoIds: number[]): PhotoDetails[] {
    const rows = this.#prepared
      .get<DetailsRow>(`${details} WHERE photos.id IN (SELECT value FROM json_each(?))`)
      .all(JSON.stringify(photoIds));
    const found = new Map(rows.map((row) => [row.id, row]));
    return photoIds.flatMap((id) => {
      const row = found.get(id);
      return row ? [this.#toDetails(row)] : [];
    });
  }

  /** A page of all photos in an order. */
  page(query: Parameters<PhotoLists['page']>[0]): { total: number; photos: PhotoSummary[] } {
    const { total, ids } = this.#lists.page(query);
    const rows = this.#prepared
      .get<Omit<PhotoSummary, 'offline'>>(
        `SELECT photos.id, photos.name, photos.directory, photos.folderId, contents.width, contents.height
         FROM json_each(?) AS asked JOIN photos ON photos.id = asked.value
         JOIN contents ON contents.id = photos.contentId ORDER BY asked.key`,
      )
      .all(JSON.stringify(ids));
    return { total, photos: rows.map((row) => ({ ...row, offline: !this.#places.isHere(row.folderId) })) };
  }

  /** The searchable photo that a file is, if it is one. */
  at({ folderId, directory, name }: FileLocation): number | undefined {
    return this.#database
      .prepare<[number, string, string], { id: number }>(
        'SELECT id FROM photos WHERE folderId = ? AND directory = ? AND name = ? AND contentId IS NOT NULL',
      )
      .get(folderId, directory, name)?.id;
  }

  /** @throws SemblanceError `not-found` */
  details(photoId: number): PhotoDetails {
    const row = this.#database.prepare<[number], DetailsRow>(`${details} WHERE photos.id = ?`).get(photoId);
    if (!row) throw gone();
    return this.#toDetails(row);
  }

  /** The picture that a photo's file contains. @throws SemblanceError `not-found` */
  contentOf(photoId: number): { id: number; hash: string } {
    const row = this.#prepared
      .get<{ id: number; hash: string }>(
        'SELECT contents.id, hash FROM contents JOIN photos ON photos.contentId = contents.id WHERE photos.id = ?',
      )
      .get(photoId);
    if (!row) throw gone();
    return row;
  }

  /** All files that contain the picture, or those of them that meet a filter; the first added first. */
  withContent(contentId: number, filter: PhotoFilter = {}): PhotoDetails[] {
    const { sql, parameters } = conditionOf(filter, this.#context, 'few');
    return this.#prepared
      .get<DetailsRow>(`${details} WHERE photos.contentId = ? AND ${sql} ORDER BY photos.id`)
      .all(contentId, ...parameters)
      .map((row) => this.#toDetails(row));
  }

  #toDetails({ folderPath, ...row }: DetailsRow): PhotoDetails {
    return {
      ...row,
      path: photoPath(folderPath, row.directory, row.name),
      tags: JSON.parse(row.tags) as string[],
      placeholder: row.placeholder?.toString('base64') ?? '',
      offline: !this.#places.isHere(row.folderId),
    };
  }

  /** Place and picture of every searchable photo. */
  searchable(): { folderId: number; directory: string; contentId: number }[] {
    return this.#database
      .prepare<[], { folderId: number; directory: string; contentId: number }>(
        `SELECT folderId, directory, contentId FROM photos WHERE contentId IS NOT NULL
         ORDER BY folderId, directory, name`,
      )
      .all();
  }

  /** Path and picture of every searchable photo. */
  paths(): { path: string; contentId: number }[] {
    return this.#database
      .prepare<[], { folderPath: string; directory: string; name: string; contentId: number }>(
        `SELECT folders.path AS folderPath, directory, name, contentId
         FROM photos JOIN folders ON folders.id = photos.folderId WHERE contentId IS NOT NULL ORDER BY photos.id`,
      )
      .all()
      .map(({ folderPath, directory, name, contentId }) => ({
        path: photoPath(folderPath, directory, name),
        contentId,
      }));
  }

  filesOfFolder(folderId: number): KnownFile[] {
    return this.#database
      .prepare<[number], KnownFile>(
        `SELECT id, folderId, directory, name, sizeBytes, modifiedAtMs, contentId, problemCode, problemMessage, inode
         FROM photos WHERE folderId = ?`,
      )
      .all(folderId);
  }

  /** Whether a searchable photo was added after a time. */
  anyAddedAfter(ms: number): boolean {
    return (
      this.#database
        .prepare<[number], number>(
          'SELECT 1 FROM photos WHERE contentId IS NOT NULL AND addedAtMs > ? LIMIT 1',
        )
        .get(ms) !== undefined
    );
  }

  /** The photo that stands for each picture in files: the first of them. */
  firstPhotos(): { contentId: number; photoId: number }[] {
    return this.#database
      .prepare<[], { contentId: number; photoId: number }>(
        'SELECT contentId, min(id) AS photoId FROM photos WHERE contentId IS NOT NULL GROUP BY contentId',
      )
      .all();
  }

  /** Records that a file contains a picture, whether the file is new or changed. Returns the photo's id. */
  record(file: RecordedFile, contentId: number, nowMs: number): number {
    const id = this.#upsert(file, contentId, null, null, nowMs);
    this.#return(contentId);
    return id;
  }

  /** A picture is in a file again. */
  #return(contentId: number): void {
    this.#prepared
      .get(
        'UPDATE contents SET orphanedAtMs = NULL, orphanedPhotoId = NULL WHERE id = ? AND orphanedAtMs IS NOT NULL',
      )
      .run(contentId);
  }

  /** Records that a file was set aside. */
  recordProblem(
    file: RecordedFile,
    problem: { code: PhotoProblemCode; message: string },
    nowMs: number,
  ): number {
    return this.#upsert(file, null, problem.code, problem.message, nowMs);
  }

  #upsert(
    file: RecordedFile,
    contentId: number | null,
    problemCode: string | null,
    problemMessage: string | null,
    addedAtMs: number,
  ): number {
    const { inode = null } = file;
    const row = this.#prepared
      .get<{ id: number }>(
        // A picture that was in no file comes back under the id that its last file had, unless another has it now. No
        // other photo gets a number that one has had.
        `INSERT INTO photos (id, folderId, directory, name, sizeBytes, modifiedAtMs, addedAtMs,
                             contentId, problemCode, problemMessage, inode)
         VALUES (coalesce((SELECT orphanedPhotoId FROM contents WHERE id = @contentId
                           AND NOT EXISTS (SELECT 1 FROM photos WHERE id = orphanedPhotoId)),
                          (SELECT max(highestGone, (SELECT coalesce(max(id), 0) FROM photos)) + 1 FROM photoNumbers)),
                 @folderId, @directory, @name, @sizeBytes, @modifiedAtMs, @addedAtMs,
                 @contentId, @problemCode, @problemMessage, @inode)
         ON CONFLICT (folderId, directory, name) DO UPDATE SET
           sizeBytes = excluded.sizeBytes, modifiedAtMs = excluded.modifiedAtMs, contentId = excluded.contentId,
           problemCode = excluded.problemCode, problemMessage = excluded.problemMessage, inode = excluded.inode
         RETURNING id`,
      )
      .get({ ...file, inode, addedAtMs, contentId, problemCode, problemMessage });
    return row?.id ?? 0;
  }

  /** Where a file lies, whether it could be read or not. @throws SemblanceError `not-found` */
  fileOf(photoId: number): { path: string; offline: boolean } {
    const row = this.#database
      .prepare<[number], FileLocation & { folderPath: string }>(
        `SELECT folderId, directory, photos.name, folders.path AS folderPath
         FROM photos JOIN folders ON folders.id = photos.folderId WHERE photos.id = ?`,
      )
      .get(photoId);
    if (!row) throw gone();
    const { folderPath, directory, name, folderId } = row;
    return { path: photoPath(folderPath, directory, name), offline: !this.#places.isHere(folderId) };
  }

  /** Gives a known photo its new place; it keeps its id. */
  move(photoId: number, { folderId, directory, name, sizeBytes, modifiedAtMs, inode }: RecordedFile): void {
    this.#prepared
      .get(
        `UPDATE photos SET folderId = ?, directory = ?, name = ?, sizeBytes = ?, modifiedAtMs = ?, inode = ?
         WHERE id = ?`,
      )
      .run(folderId, directory, name, sizeBytes, modifiedAtMs, inode ?? null, photoId);
  }
}

function gone(): SemblanceError {
  return new SemblanceError('not-found', 'This photo is no longer in the library.');
}
