/** The power-mean cache: what the network said of each picture, so that recipes change without running it again. */
import type { Connection } from './database.ts';

export interface CachedPowerMeans {
  contentId: number;
  data: Uint8Array;
}

export class PowerMeansCache {
  readonly #database: Connection;

  constructor(database: Connection) {
    this.#database = database;
  }

  has(contentId: number, extractionKey: string): boolean {
    return (
      this.#database
        .prepare('SELECT 1 FROM powerMeans WHERE contentId = ? AND extractionKey = ?')
        .get(contentId, extractionKey) !== undefined
    );
  }

  add(contentId: number, extractionKey: string, data: Uint8Array): void {
    this.#database
      .prepare(
        `INSERT INTO powerMeans (contentId, extractionKey, data) VALUES (?, ?, ?)
         ON CONFLICT (contentId, extractionKey) DO UPDATE SET data = excluded.data`,
      )
      .run(contentId, extractionKey, data);
  }

  count(extractionKey: string): number {
    const row = this.#database
      .prepare<[string], { total: number }>(
        'SELECT count(*) AS total FROM powerMeans WHERE extractionKey = ?',
      )
      .get(extractionKey);
    return row?.total ?? 0;
  }

  get(contentId: number, extractionKey: string): Uint8Array | undefined {
    return this.#database
      .prepare<[number, string], { data: Buffer }>(
        'SELECT data FROM powerMeans WHERE contentId = ? AND extractionKey = ?',
      )
      .get(contentId, extractionKey)?.data;
  }

  /**
   * Every picture's cache, or of a large library an even sample of at most `atMost`, taken in the order of the
   * content hashes: independent of the order in which photos came, and the same each time.
   */
  *sample(extractionKey: string, atMost: number): Generator<CachedPowerMeans> {
    const ids = this.#database
      .prepare<[string], { contentId: number }>(
        `SELECT contentId FROM powerMeans JOIN contents ON contents.id = contentId
         WHERE extractionKey = ? ORDER BY hash`,
      )
      .all(extractionKey);
    const step = Math.max(1, ids.length / atMost);
    for (let position = 0; Math.floor(position) < ids.length; position += step) {
      const { contentId } = ids[Math.floor(position)];
      const data = this.get(contentId, extractionKey);
      if (data) yield { contentId, data };
    }
  }

  /** Pictures that have a cache but no descriptor in the generation. */
  *withoutDescriptor(extractionKey: string, generationId: number): Generator<CachedPowerMeans> {
    const ids = this.#database
      .prepare<[string, number], { contentId: number }>(
        `SELECT contentId FROM powerMeans WHERE extractionKey = ? AND NOT EXISTS
           (SELECT 1 FROM descriptors WHERE generationId = ? AND descriptors.contentId = powerMeans.contentId)
         ORDER BY contentId`,
      )
      .all(extractionKey, generationId);
    for (const { contentId } of ids) {
      const data = this.get(contentId, extractionKey);
      if (data) yield { contentId, data };
    }
  }
}
