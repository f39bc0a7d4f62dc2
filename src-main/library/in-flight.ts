/** Which files are being read, so that one that kills the engine is found at the next start (design.md §5). */
import type { Connection } from './database.ts';
import type { FileLocation } from './photos.ts';
import { Prepared } from './prepared.ts';

export interface Suspect extends FileLocation {
  /** How often the engine died while this file was being read. */
  attempts: number;
}

export class InFlight {
  readonly #database: Connection;
  readonly #prepared: Prepared;

  constructor(database: Connection) {
    this.#database = database;
    this.#prepared = new Prepared(database);
  }

  begin(file: FileLocation): void {
    this.#prepared
      .get(
        `INSERT INTO inFlight (folderId, directory, name, attempts) VALUES (?, ?, ?, 1)
         ON CONFLICT DO UPDATE SET attempts = attempts + 1`,
      )
      .run(file.folderId, file.directory, file.name);
  }

  end(file: FileLocation): void {
    this.#prepared
      .get('DELETE FROM inFlight WHERE folderId = ? AND directory = ? AND name = ?')
      .run(file.folderId, file.directory, file.name);
  }

  /** Files that were being read when the engine last died. */
  suspects(): Suspect[] {
    return this.#database
      .prepare<[], Suspect>('SELECT folderId, directory, name, attempts FROM inFlight')
      .all();
  }
}
