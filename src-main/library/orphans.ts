/**
 * Pictures that no file contains any more. They are out of the search at once, but what was computed of them stays for
 * a while: files that went often come back, under another name or on another drive.
 */
import type { Connection } from './database.ts';
import { Prepared } from './prepared.ts';

export class Orphans {
  readonly #database: Connection;
  readonly #prepared: Prepared;

  constructor(database: Connection) {
    this.#database = database;
    this.#prepared = new Prepared(database);
  }

  /**
   * Forgets files, and takes the pictures out of the search that no other file contains.
   * @returns those pictures
   */
  forgetFiles(photoIds: readonly number[], nowMs: number): number[] {
    const forget = this.#database
      .prepare<[number], number | null>('DELETE FROM photos WHERE id = ? RETURNING contentId')
      .pluck();
    const orphans: number[] = [];
    for (const id of photoIds) {
      const contentId = forget.get(id) ?? null;
      if (contentId !== null && this.#orphan(contentId, id, nowMs)) orphans.push(contentId);
    }
    return orphans;
  }

  /** A file holds another picture now. Returns whether the one before is in no file any more. */
  left(contentId: number, nowMs: number): boolean {
    return this.#orphan(contentId, null, nowMs);
  }

  /** @param photoId the last file's, which it gets back when it returns */
  #orphan(contentId: number, photoId: number | null, nowMs: number): boolean {
    const { changes } = this.#prepared
      .get(
        `UPDATE contents SET orphanedAtMs = ?, orphanedPhotoId = ? WHERE id = ? AND orphanedAtMs IS NULL
         AND NOT EXISTS (SELECT 1 FROM photos WHERE contentId = contents.id)`,
      )
      .run(nowMs, photoId, contentId);
    return changes > 0;
  }

  isOrphan(contentId: number): boolean {
    return (
      this.#database
        .prepare('SELECT 1 FROM contents WHERE id = ? AND orphanedAtMs IS NOT NULL')
        .get(contentId) !== undefined
    );
  }

  count(): number {
    return (
      this.#database
        .prepare<[], number>('SELECT count(*) FROM contents WHERE orphanedAtMs IS NOT NULL')
        .pluck()
        .get() ?? 0
    );
  }

  /** Forgets pictures, with all that was computed of them, that have been in no file since before a time. */
  forgetBefore(ms: number): { id: number; hash: string }[] {
    return this.#database
      .prepare<[number], { id: number; hash: string }>(
        'DELETE FROM contents WHERE orphanedAtMs < ? RETURNING id, hash',
      )
      .all(ms);
  }

  /** Forgets pictures that are in no file because a person has removed a folder: those are not waited for. */
  forgetUnaccounted(): { id: number; hash: string }[] {
    return this.#database
      .prepare<[], { id: number; hash: string }>(
        `DELETE FROM contents WHERE orphanedAtMs IS NULL
         AND NOT EXISTS (SELECT 1 FROM photos WHERE contentId = contents.id) RETURNING id, hash`,
      )
      .all();
  }

  /** Drops cached statistics of an extraction, of pictures in no file; returns of how many. */
  dropStatistics(extractionKey: string, atMost: number): number {
    const { changes } = this.#database
      .prepare(
        `DELETE FROM powerMeans WHERE id IN
           (SELECT powerMeans.id FROM contents JOIN powerMeans ON powerMeans.contentId = contents.id
            WHERE orphanedAtMs IS NOT NULL AND extractionKey = ? ORDER BY orphanedAtMs LIMIT ?)`,
      )
      .run(extractionKey, atMost);
    return changes;
  }
}
