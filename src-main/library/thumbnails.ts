/** Thumbnails by content hash, in a file of their own: it may be deleted at any time, and is made again. */
import { join } from 'node:path';
import { type Connection, openSqlite, refuseOtherSchema } from './sqlite-file.ts';

const tables = 'CREATE TABLE IF NOT EXISTS thumbnails (hash TEXT PRIMARY KEY, data BLOB NOT NULL) STRICT';

export class Thumbnails {
  readonly #database: Connection;

  constructor(folder: string) {
    const file = join(folder, 'thumbnails.sqlite');
    this.#database = openSqlite(file, { timeout: 5000 });
    try {
      this.#database.pragma('journal_mode = WAL');
      this.#database.pragma('synchronous = NORMAL');
      // Runs nothing of a file that has tables already.
      this.#database.exec(tables);
      refuseOtherSchema(this.#database, [tables], file);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  get(hash: string): Uint8Array | undefined {
    return this.#database
      .prepare<[string], { data: Buffer }>('SELECT data FROM thumbnails WHERE hash = ?')
      .get(hash)?.data;
  }

  has(hash: string): boolean {
    return this.#database.prepare('SELECT 1 FROM thumbnails WHERE hash = ?').get(hash) !== undefined;
  }

  /** Runs changes that belong together. */
  change<Result>(changes: () => Result): Result {
    return this.#database.transaction(changes)();
  }

  set(hash: string, data: Uint8Array): void {
    this.#database.prepare('INSERT OR REPLACE INTO thumbnails (hash, data) VALUES (?, ?)').run(hash, data);
  }

  delete(hashes: string[]): void {
    const statement = this.#database.prepare('DELETE FROM thumbnails WHERE hash = ?');
    this.#database.transaction(() => {
      for (const hash of hashes) statement.run(hash);
    })();
  }

  close(): void {
    this.#database.close();
  }
}
