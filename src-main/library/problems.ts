/** Files that were set aside, with the reasons. */
import type { PhotoProblem, PhotoProblemCode } from '../contract/index.ts';
import type { Connection } from './database.ts';
import { photoPath } from './photo-path.ts';
import type { FileLocation } from './photos.ts';

interface ProblemRow extends FileLocation {
  id: number;
  folderPath: string;
  problemCode: PhotoProblemCode;
  problemMessage: string | null;
}

export class Problems {
  readonly #database: Connection;

  constructor(database: Connection) {
    this.#database = database;
  }

  /** How many files could not be read, by the reason. */
  counts(): { code: PhotoProblemCode; photos: number }[] {
    return this.#database
      .prepare<[], { code: PhotoProblemCode; photos: number }>(
        `SELECT problemCode AS code, count(*) AS photos FROM photos
         WHERE problemCode IS NOT NULL GROUP BY problemCode ORDER BY problemCode`,
      )
      .all();
  }

  /** A page of all, those with the same reason together. */
  page(query: { offset: number; limit: number }): { total: number; problems: PhotoProblem[] } {
    const rows = this.#database
      .prepare<[number, number], ProblemRow>(
        `SELECT photos.id, folderId, directory, name, problemCode, problemMessage, folders.path AS folderPath
         FROM photos JOIN folders ON folders.id = photos.folderId WHERE problemCode IS NOT NULL
         ORDER BY problemCode, folderPath, directory, name LIMIT ? OFFSET ?`,
      )
      .all(query.limit, query.offset);
    const problems = rows.map((row) => ({
      photoId: row.id,
      path: photoPath(row.folderPath, row.directory, row.name),
      code: row.problemCode,
      message: row.problemMessage ?? '',
    }));
    return { total: this.counts().reduce((sum, { photos }) => sum + photos, 0), problems };
  }

  /** Lets files that were set aside, for a reason or for any, count as changed, so that the next indexing reads them. */
  tryAgain(code: PhotoProblemCode | null): void {
    this.#database
      .prepare(
        'UPDATE photos SET modifiedAtMs = -1 WHERE problemCode IS NOT NULL AND problemCode = coalesce(?, problemCode)',
      )
      .run(code);
  }
}
