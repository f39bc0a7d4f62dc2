/** What files tell of their pictures: dates, cameras, places, keywords and ratings. */
import { tagKey } from '../contract/index.ts';
import { groupedBy } from '../descriptor/index.ts';
import { type FileMetadata, metadataVersion } from '../vision/index.ts';
import type { Connection } from './database.ts';
import { photoPath } from './photo-path.ts';
import type { FileStamp } from './photos.ts';
import { Prepared } from './prepared.ts';

/** A picture of which it is not known yet what its file tells, and one of its files. */
export interface PendingMetadata extends FileStamp {
  contentId: number;
  path: string;
}

export class FileMetadataStore {
  readonly #database: Connection;
  readonly #prepared: Prepared;

  constructor(database: Connection) {
    this.#database = database;
    this.#prepared = new Prepared(database);
  }

  /** Replaces what is known of a picture; what a person has decided stays. */
  set(contentId: number, metadata: FileMetadata): void {
    const { takenAtMs, camera, lens, latitude, longitude, rating, tags } = metadata;
    this.#prepared
      .get(
        `UPDATE contents SET takenAtMs = ?, camera = ?, lens = ?, latitude = ?, longitude = ?, fileRating = ?,
           metadataVersion = ? WHERE id = ?`,
      )
      .run(takenAtMs, camera, lens, latitude, longitude, rating, metadataVersion, contentId);
    this.#prepared.get('DELETE FROM fileTags WHERE contentId = ?').run(contentId);
    const add = this.#prepared.get('INSERT INTO fileTags (contentId, tag) VALUES (?, ?)');
    // Two that differ in the case of letters only are one, as the first is spelled.
    for (const [tag] of groupedBy(tags, tagKey).values()) add.run(contentId, tag);
  }

  /** How many pictures wait for it. */
  pending(): number {
    return (
      this.#database
        .prepare<[number], number>(
          'SELECT count(*) FROM contents WHERE metadataVersion < ? AND orphanedAtMs IS NULL',
        )
        .pluck()
        .get(metadataVersion) ?? 0
    );
  }

  /** The next pictures that wait, in the order of their ids. */
  next(afterContentId: number, count: number): PendingMetadata[] {
    return this.#database
      .prepare<
        [number, number, number],
        PendingMetadata & { folderPath: string; directory: string; name: string }
      >(
        `SELECT contents.id AS contentId, folders.path AS folderPath, directory, name, sizeBytes, modifiedAtMs
         FROM contents
         JOIN photos ON photos.id = (SELECT min(id) FROM photos WHERE contentId = contents.id)
         JOIN folders ON folders.id = photos.folderId
         WHERE metadataVersion < ? AND contents.id > ? ORDER BY contents.id LIMIT ?`,
      )
      .all(metadataVersion, afterContentId, count)
      .map(({ contentId, folderPath, directory, name, sizeBytes, modifiedAtMs }) => ({
        contentId,
        path: photoPath(folderPath, directory, name),
        sizeBytes,
        modifiedAtMs,
      }));
  }
}
