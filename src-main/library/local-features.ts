/** What is compared place by place, of each picture, by the key of what it was made with. */
import type { Connection } from './database.ts';
import { Prepared } from './prepared.ts';

export class LocalFeaturesStore {
  readonly #prepared: Prepared;
  readonly #database: Connection;

  constructor(database: Connection) {
    this.#database = database;
    this.#prepared = new Prepared(database);
  }

  get(contentId: number, key: string): Uint8Array | undefined {
    return this.#prepared
      .get<{ data: Buffer }>('SELECT data FROM localFeatures WHERE contentId = ? AND key = ?')
      .get(contentId, key)?.data;
  }

  /** Keeps those of a picture, instead of any that were made with something else; a picture that went meanwhile has none. */
  set(contentId: number, key: string, data: Uint8Array): void {
    this.#database.transaction(() => {
      this.#prepared.get('DELETE FROM localFeatures WHERE contentId = ? AND key <> ?').run(contentId, key);
      this.#prepared
        .get(
          `INSERT OR REPLACE INTO localFeatures (contentId, key, data)
           SELECT id, ?, ? FROM contents WHERE id = ?`,
        )
        .run(key, data, contentId);
    })();
  }

  /** Pictures that are in files and have none of a key. */
  missing(key: string): number[] {
    return this.#database
      .prepare<[string], number>(
        `SELECT id FROM contents WHERE orphanedAtMs IS NULL AND NOT EXISTS
           (SELECT 1 FROM localFeatures WHERE contentId = contents.id AND key = ?) ORDER BY id`,
      )
      .pluck()
      .all(key);
  }
}
