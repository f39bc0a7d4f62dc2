/** What there is to choose photos by. */
import type { DirectoryCount, FormatCount } from '../contract/index.ts';
import { conditionOf } from './photo-filter.ts';
import type { Connection } from './database.ts';

export class PhotoLists {
  readonly #database: Connection;

  constructor(database: Connection) {
    this.#database = database;
  }

  /** The most frequent first. */
  formats(): FormatCount[] {
    return this.#database
      .prepare<[], FormatCount>(
        `SELECT format, count(*) AS photos FROM photos JOIN contents ON contents.id = photos.contentId
         GROUP BY format ORDER BY photos DESC, format`,
      )
      .all();
  }

  /** Directories that hold photos themselves. */
  directories(folderIds?: number[]): DirectoryCount[] {
    const { sql, parameters } = conditionOf(
      { folderIds },
      { offlineFolderIds: () => [], spellingsOf: (tag) => [tag] },
    );
    return this.#database
      .prepare<unknown[], DirectoryCount>(
        `SELECT directory, count(*) AS photos FROM photos WHERE ${sql} GROUP BY directory ORDER BY directory`,
      )
      .all(...parameters);
  }
}
