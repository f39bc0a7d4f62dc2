/** What was moved to the system's bin, so that it can be told and brought back. */
import type { BinnedFile } from '../contract/index.ts';
import type { Connection } from './database.ts';

interface BinnedRow extends Omit<BinnedFile, 'canRestore'> {
  hash: string;
  /** Where in the bin the file lies; null where the system does not tell. */
  place: string | null;
}

/** A file on its way. */
export type NewBinnedFile = Pick<BinnedRow, 'path' | 'hash' | 'sizeBytes' | 'place'>;

export class BinnedFiles {
  readonly #database: Connection;

  constructor(database: Connection) {
    this.#database = database;
  }

  add({ path, hash, sizeBytes, place }: NewBinnedFile, nowMs: number): BinnedFile {
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO binnedFiles (path, hash, sizeBytes, binnedAtMs, place) VALUES (?, ?, ?, ?, ?)')
      .run(path, hash, sizeBytes, nowMs, place);
    return toFile({
      id: Number(lastInsertRowid),
      path,
      hash,
      sizeBytes,
      binnedAtMs: nowMs,
      place,
      restoredAtMs: null,
    });
  }

  /** The latest first. */
  page({ offset, limit }: { offset: number; limit: number }): { total: number; files: BinnedFile[] } {
    const total = this.#database.prepare<[], number>('SELECT count(*) FROM binnedFiles').pluck().get() ?? 0;
    const files = this.#database
      .prepare<[number, number], BinnedRow>('SELECT * FROM binnedFiles ORDER BY id DESC LIMIT ? OFFSET ?')
      .all(limit, offset)
      .map(toFile);
    return { total, files };
  }

  /** A file with its content's hash and its place in the bin; undefined where none has this number. */
  get(id: number): { file: BinnedFile; hash: string; place: string | null } | undefined {
    const row = this.#database.prepare<[number], BinnedRow>('SELECT * FROM binnedFiles WHERE id = ?').get(id);
    return row && { file: toFile(row), hash: row.hash, place: row.place };
  }

  setRestored(id: number, nowMs: number): void {
    this.#database.prepare('UPDATE binnedFiles SET restoredAtMs = ? WHERE id = ?').run(nowMs, id);
  }

  /** Pictures of which a file went to the bin and is still there, the latest first. */
  binnedContents(atMost: number): number[] {
    return this.#database
      .prepare<[number], number>(
        `SELECT contents.id FROM binnedFiles JOIN contents ON contents.hash = binnedFiles.hash
         WHERE restoredAtMs IS NULL GROUP BY contents.id ORDER BY max(binnedFiles.id) DESC LIMIT ?`,
      )
      .pluck()
      .all(atMost);
  }
}

function toFile({ id, path, sizeBytes, binnedAtMs, place, restoredAtMs }: BinnedRow): BinnedFile {
  return {
    id,
    path,
    sizeBytes,
    binnedAtMs,
    canRestore: place !== null && restoredAtMs === null,
    restoredAtMs,
  };
}
