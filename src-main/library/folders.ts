/** The folders that a person added. */
import { existsSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { type Folder, SemblanceError } from '../contract/index.ts';
import type { Connection } from './database.ts';

interface FolderRow {
  id: number;
  path: string;
  addedAtMs: number;
  photos: number;
  problems: number;
}

export class Folders {
  readonly #database: Connection;

  constructor(database: Connection) {
    this.#database = database;
  }

  list(): Folder[] {
    const rows = this.#database
      .prepare<[], FolderRow>(
        `SELECT folders.id, folders.path, folders.addedAtMs,
                count(photos.contentId) AS photos, count(photos.problemCode) AS problems
         FROM folders LEFT JOIN photos ON photos.folderId = folders.id
         GROUP BY folders.id ORDER BY folders.path`,
      )
      .all();
    return rows.map((row) => ({ ...row, available: existsSync(row.path) }));
  }

  /** Folders that are not there at the moment. */
  offlineIds(): number[] {
    return this.list()
      .filter(({ available }) => !available)
      .map(({ id }) => id);
  }

  /** @throws SemblanceError `not-found` */
  get(folderId: number): Folder {
    const folder = this.list().find(({ id }) => id === folderId);
    if (!folder) throw new SemblanceError('not-found', 'This folder is no longer in the library.');
    return folder;
  }

  /** The folder that is, or contains, the given path. */
  covering(path: string): Folder | undefined {
    return this.list().find((folder) => isInside(path, folder.path));
  }

  /**
   * Adds an absolute, real path. Folders inside it become part of it, and their photos keep what is known of them.
   * @throws SemblanceError `folder-overlaps` when the path lies inside a folder of the library
   */
  add(path: string, nowMs: number): Folder {
    const covering = this.covering(path);
    if (covering?.path === path) return covering;
    if (covering) {
      throw new SemblanceError(
        'folder-overlaps',
        `${path} is already part of ${covering.path}, which is in the library.`,
      );
    }
    const id = this.#database.transaction(() => {
      const inner = this.list().filter((folder) => isInside(folder.path, path));
      const { lastInsertRowid } = this.#database
        .prepare('INSERT INTO folders (path, addedAtMs) VALUES (?, ?)')
        .run(path, nowMs);
      for (const folder of inner) this.#absorb(folder, Number(lastInsertRowid), path);
      return Number(lastInsertRowid);
    })();
    return this.get(id);
  }

  #absorb(inner: Folder, folderId: number, path: string): void {
    const prefix = relative(path, inner.path).split(sep).join('/');
    this.#database
      .prepare(
        `UPDATE photos SET folderId = ?, directory = CASE directory WHEN '' THEN ? ELSE ? || '/' || directory END
         WHERE folderId = ?`,
      )
      .run(folderId, prefix, prefix, inner.id);
    this.#database.prepare('DELETE FROM folders WHERE id = ?').run(inner.id);
  }

  /** Forgets the folder and its photos; returns how many searchable photos that were. */
  remove(folderId: number): number {
    const { photos } = this.get(folderId);
    this.#database.prepare('DELETE FROM folders WHERE id = ?').run(folderId);
    return photos;
  }
}

/** Whether a path is the folder itself or lies anywhere below it. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
