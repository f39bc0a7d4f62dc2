/** The files of folders as scans compare them with the disk. */
import type { Connection, Statement } from './database.ts';
import type { FileLocation, FileStamp, KnownFile } from './photos.ts';
import type { KnownFiles } from './reconcile.ts';
import { Prepared } from './prepared.ts';

type Located = [folderId: number, directory: string];

/** By so many known files a folder is known again, taken from both ends of the catalogue. */
const sampledFiles = 24;

export class Files implements KnownFiles {
  readonly #database: Connection;
  readonly #prepared: Prepared;
  /** Kept prepared: a scan asks them once a directory. */
  #filesIn: Statement<Located, KnownFile> | undefined;
  #othersIn: Statement<Located, FileStamp & { name: string }> | undefined;

  constructor(database: Connection) {
    this.#database = database;
    this.#prepared = new Prepared(database);
  }

  filesIn(folderId: number, directory: string): KnownFile[] {
    this.#filesIn ??= this.#database.prepare(
      `SELECT id, folderId, directory, name, sizeBytes, modifiedAtMs, contentId, problemCode, problemMessage, inode
       FROM photos WHERE folderId = ? AND directory = ?`,
    );
    return this.#filesIn.all(folderId, directory);
  }

  othersIn(folderId: number, directory: string): (FileStamp & { name: string })[] {
    this.#othersIn ??= this.#database.prepare(
      'SELECT name, sizeBytes, modifiedAtMs FROM otherFiles WHERE folderId = ? AND directory = ?',
    );
    return this.#othersIn.all(folderId, directory);
  }

  directoriesOf(folderId: number, below = ''): string[] {
    // Everything below 'a' lies between 'a/' and 'a0', since '0' follows '/'.
    const place = below === '' ? '' : 'AND (directory = ? OR (directory >= ? AND directory < ?))';
    const range = below === '' ? [] : [below, `${below}/`, `${below}0`];
    return this.#database
      .prepare<unknown[], string>(
        `SELECT DISTINCT directory FROM photos WHERE folderId = ? ${place}
         UNION SELECT DISTINCT directory FROM otherFiles WHERE folderId = ? ${place}`,
      )
      .pluck()
      .all(folderId, ...range, folderId, ...range);
  }

  /** Whether a file is known, one that could not be read too. */
  has({ folderId, directory, name }: FileLocation): boolean {
    return (
      this.#prepared
        .get('SELECT 1 FROM photos WHERE folderId = ? AND directory = ? AND name = ?')
        .get(folderId, directory, name) !== undefined
    );
  }

  /** Files of a picture, with the folders that hold them; the first hundred. */
  withContent(contentId: number): (FileLocation & { id: number; folderPath: string })[] {
    return this.#prepared
      .get<FileLocation & { id: number; folderPath: string }>(
        `SELECT photos.id, folderId, directory, name, folders.path AS folderPath
         FROM photos JOIN folders ON folders.id = folderId WHERE contentId = ? ORDER BY photos.id LIMIT 100`,
      )
      .all(contentId);
  }

  /** Files whose pictures a generation does not describe. */
  withoutDescriptor(folderId: number, generationId: number): KnownFile[] {
    return this.#database
      .prepare<[number, number], KnownFile>(
        `SELECT id, folderId, directory, name, sizeBytes, modifiedAtMs, contentId, problemCode, problemMessage, inode
         FROM photos WHERE folderId = ? AND contentId IS NOT NULL AND NOT EXISTS
           (SELECT 1 FROM descriptors WHERE generationId = ? AND descriptors.contentId = photos.contentId)`,
      )
      .all(folderId, generationId);
  }

  /** Some files of a folder that hold pictures. */
  sample(folderId: number): (FileLocation & FileStamp)[] {
    const half = (order: 'ASC' | 'DESC'): (FileLocation & FileStamp & { id: number })[] =>
      this.#database
        .prepare<[number, number], FileLocation & FileStamp & { id: number }>(
          `SELECT id, folderId, directory, name, sizeBytes, modifiedAtMs FROM photos
           WHERE folderId = ? AND contentId IS NOT NULL ORDER BY directory ${order}, name ${order} LIMIT ?`,
        )
        .all(folderId, sampledFiles / 2);
    return [...new Map([...half('ASC'), ...half('DESC')].map((file) => [file.id, file])).values()];
  }

  /** Remembers that a file is no photo, so that it is read again only when it changes. */
  recordOther(file: FileLocation & FileStamp): void {
    this.#prepared
      .get(
        `INSERT OR REPLACE INTO otherFiles (folderId, directory, name, sizeBytes, modifiedAtMs) VALUES (?, ?, ?, ?, ?)`,
      )
      .run(file.folderId, file.directory, file.name, file.sizeBytes, file.modifiedAtMs);
  }

  forgetOthers(files: readonly FileLocation[]): void {
    const statement = this.#prepared.get(
      'DELETE FROM otherFiles WHERE folderId = ? AND directory = ? AND name = ?',
    );
    for (const { folderId, directory, name } of files) statement.run(folderId, directory, name);
  }

  renumber(files: readonly { id: number; inode: number | null }[]): void {
    const statement = this.#database.prepare('UPDATE photos SET inode = ? WHERE id = ?');
    for (const { id, inode } of files) statement.run(inode, id);
  }
}
