/** Statistics of altered copies of pictures, by the name of the alteration. */
import type { Connection } from './database.ts';

export interface CachedVariant {
  contentId: number;
  variant: string;
  data: Uint8Array;
}

export class Variants {
  readonly #database: Connection;

  constructor(database: Connection) {
    this.#database = database;
  }

  add(extractionKey: string, { contentId, variant, data }: CachedVariant): void {
    this.#database
      .prepare(
        'INSERT OR REPLACE INTO variants (contentId, extractionKey, variant, data) VALUES (?, ?, ?, ?)',
      )
      .run(contentId, extractionKey, variant, data);
  }

  /** Names of the copies of a picture that are known. */
  of(contentId: number, extractionKey: string): string[] {
    return this.#database
      .prepare<[number, string], { variant: string }>(
        'SELECT variant FROM variants WHERE contentId = ? AND extractionKey = ?',
      )
      .all(contentId, extractionKey)
      .map(({ variant }) => variant);
  }

  /** Pictures that have copies. */
  count(extractionKey: string): number {
    const row = this.#database
      .prepare<[string], { total: number }>(
        'SELECT count(DISTINCT contentId) AS total FROM variants WHERE extractionKey = ?',
      )
      .get(extractionKey);
    return row?.total ?? 0;
  }

  list(extractionKey: string): CachedVariant[] {
    return this.#database
      .prepare<[string], CachedVariant>(
        'SELECT contentId, variant, data FROM variants WHERE extractionKey = ? ORDER BY contentId, variant',
      )
      .all(extractionKey);
  }
}
