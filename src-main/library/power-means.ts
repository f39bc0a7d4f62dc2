/** The power-mean cache: what the network said of each picture, so that recipes change without running it again. */
import { decodeFirstCode, encodeStatistics, type PowerMeanLayout } from '../descriptor/index.ts';
import type { Connection, Statement } from './database.ts';

export interface CachedPowerMeans {
  contentId: number;
  /** As `encodeStatistics` makes it. */
  data: Uint8Array;
}

interface CacheRow {
  data: Buffer;
  encoding: number;
}

/** Rows of the first schema, sixteen bits a number. */
const firstEncoding = 1;
const presentEncoding = 2;

export class PowerMeansCache {
  readonly #database: Connection;
  readonly #layoutOf: (extractionKey: string) => PowerMeanLayout;
  /** Kept prepared: re-tuning asks it once a photo. */
  #select: Statement<[number, string], CacheRow> | undefined;

  /** @param layoutOf tells the layout of an extraction, for rows that are still encoded as by the first schema */
  constructor(database: Connection, layoutOf: (extractionKey: string) => PowerMeanLayout) {
    this.#database = database;
    this.#layoutOf = layoutOf;
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
        `INSERT INTO powerMeans (contentId, extractionKey, data, encoding) VALUES (?, ?, ?, ?)
         ON CONFLICT (contentId, extractionKey) DO UPDATE SET data = excluded.data, encoding = excluded.encoding`,
      )
      .run(contentId, extractionKey, data, presentEncoding);
  }

  /** Cached pictures that are in files. */
  count(extractionKey: string): number {
    const all = this.#number(
      'SELECT count(*) AS number FROM powerMeans WHERE extractionKey = ?',
      extractionKey,
    );
    const orphaned = this.#number(
      `SELECT count(*) AS number FROM contents JOIN powerMeans ON powerMeans.contentId = contents.id
       WHERE orphanedAtMs IS NOT NULL AND extractionKey = ?`,
      extractionKey,
    );
    return all - orphaned;
  }

  #number(query: string, ...parameters: string[]): number {
    return this.#database.prepare<string[], { number: number }>(query).get(...parameters)?.number ?? 0;
  }

  get(contentId: number, extractionKey: string): Uint8Array | undefined {
    this.#select ??= this.#database.prepare(
      'SELECT data, encoding FROM powerMeans WHERE contentId = ? AND extractionKey = ?',
    );
    const row = this.#select.get(contentId, extractionKey);
    return row && this.#present(row, extractionKey);
  }

  #present({ data, encoding }: CacheRow, extractionKey: string): Uint8Array {
    if (encoding !== firstEncoding) return data;
    return encodeStatistics(this.#layoutOf(extractionKey), decodeFirstCode(data));
  }

  /** Rows that are still encoded as by the first schema. */
  outdated(): number {
    return this.#number('SELECT count(*) AS number FROM powerMeans WHERE encoding = 1');
  }

  /** Re-encodes at most `atMost` rows; returns how many there were. */
  renew(atMost: number): number {
    const rows = this.#database
      .prepare<[number], CacheRow & { id: number; extractionKey: string }>(
        'SELECT id, data, encoding, extractionKey FROM powerMeans WHERE encoding = 1 LIMIT ?',
      )
      .all(atMost);
    const update = this.#database.prepare('UPDATE powerMeans SET data = ?, encoding = ? WHERE id = ?');
    for (const row of rows) update.run(this.#present(row, row.extractionKey), presentEncoding, row.id);
    return rows.length;
  }

  /**
   * Ids of all cached pictures that are in files, or of a large library an even sample of at most `atMost`, taken in the order of the
   * content hashes: independent of the order in which photos came, and the same each time.
   * @param alsoIn an extraction of which they must be cached as well
   */
  sample(extractionKey: string, atMost: number, alsoIn = extractionKey): number[] {
    const ids = this.#database
      .prepare<[string, string], { contentId: number }>(
        `SELECT contentId FROM powerMeans JOIN contents ON contents.id = contentId
         WHERE extractionKey = ? AND orphanedAtMs IS NULL AND EXISTS
           (SELECT 1 FROM powerMeans AS other
            WHERE other.contentId = powerMeans.contentId AND other.extractionKey = ?)
         ORDER BY hash`,
      )
      .all(extractionKey, alsoIn)
      .map(({ contentId }) => contentId);
    if (ids.length <= atMost) return ids;
    return Array.from({ length: atMost }, (_, i) => ids[Math.floor((i * ids.length) / atMost)]);
  }

  /**
   * Pictures that have a cache but no descriptor in the generation.
   * @param share only every `of`-th picture, so that several readers share the work
   */
  *withoutDescriptor(
    extractionKey: string,
    generationId: number,
    { part, of }: { part: number; of: number } = { part: 0, of: 1 },
  ): Generator<CachedPowerMeans> {
    const ids = this.#database
      .prepare<[string, number, number, number], { contentId: number }>(
        `SELECT contentId FROM powerMeans JOIN contents ON contents.id = contentId
         WHERE extractionKey = ? AND contentId % ? = ? AND orphanedAtMs IS NULL AND NOT EXISTS
           (SELECT 1 FROM descriptors WHERE generationId = ? AND descriptors.contentId = powerMeans.contentId)
         ORDER BY contentId`,
      )
      .all(extractionKey, of, part, generationId);
    for (const { contentId } of ids) {
      const data = this.get(contentId, extractionKey);
      if (data) yield { contentId, data };
    }
  }

  /** Searchable pictures that have no cache of the extraction. */
  missing(extractionKey: string): number[] {
    return this.#database
      .prepare<[string], { id: number }>(
        `SELECT id FROM contents WHERE orphanedAtMs IS NULL AND NOT EXISTS
           (SELECT 1 FROM powerMeans WHERE extractionKey = ? AND contentId = contents.id) ORDER BY id`,
      )
      .all(extractionKey)
      .map(({ id }) => id);
  }

  /**
   * Forgets all pictures of an extraction but so many, in the order of their hashes: what is left is a random sample, to
   * which a fit can be made. Returns how many went.
   */
  keepSample(extractionKey: string, pictures: number): number {
    const { changes } = this.#database
      .prepare(
        `DELETE FROM powerMeans WHERE id IN
           (SELECT powerMeans.id FROM powerMeans JOIN contents ON contents.id = contentId
            WHERE extractionKey = ? ORDER BY hash LIMIT -1 OFFSET ?)`,
      )
      .run(extractionKey, pictures);
    return changes;
  }
}
