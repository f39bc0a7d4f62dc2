/** The different pictures that the files of a library contain. */
import type { PhotoFilter } from '../contract/index.ts';
import { CatalogueCache } from './catalogue-cache.ts';
import type { Connection } from './database.ts';
import { conditionOf, type FilterContext } from './photo-filter.ts';
import { Prepared } from './prepared.ts';

export class Contents {
  readonly #database: Connection;
  readonly #prepared: Prepared;
  readonly #context: FilterContext;
  readonly #matching: CatalogueCache<Uint32Array>;

  constructor(database: Connection, context: FilterContext) {
    this.#database = database;
    this.#prepared = new Prepared(database);
    this.#context = context;
    this.#matching = new CatalogueCache(database);
  }

  /** Pictures of which a file meets the filter, in ascending order; the same array until something changes. */
  matching(filter: PhotoFilter): Readonly<Uint32Array> {
    const { sql, parameters, joined } = this.#condition(filter);
    return this.#matching.get(JSON.stringify([sql, parameters]), () => {
      // As one text: handing 100,000 rows over one by one takes three times as long.
      const ids = this.#prepared
        .get<{ ids: string }>(
          `SELECT json_group_array(contentId) AS ids
           FROM (SELECT DISTINCT contentId FROM ${joined} WHERE ${sql} ORDER BY contentId)`,
        )
        .get(...parameters);
      return Uint32Array.from(JSON.parse(ids?.ids ?? '[]') as number[]);
    });
  }

  /** Pictures that two or more files contain, of those that meet a filter, with how many these are. */
  inSeveralFiles(filter: PhotoFilter = {}): Map<number, number> {
    const { sql, parameters, joined } = this.#condition(filter);
    const rows = this.#database
      .prepare<unknown[], [contentId: number, files: number]>(
        `SELECT contentId, count(*) FROM ${joined} WHERE ${sql} GROUP BY contentId HAVING count(*) > 1 ORDER BY contentId`,
      )
      .raw()
      .all(...parameters);
    return new Map(rows);
  }

  /** With the tables that it is about. */
  #condition(filter: PhotoFilter) {
    const { sql, parameters } = conditionOf(filter, this.#context);
    const joined = `photos${sql.includes('contents.') ? ' JOIN contents ON contents.id = photos.contentId' : ''}`;
    return { sql, parameters, joined };
  }

  /** Pictures whose first file was added after a time. */
  addedAfter(ms: number): number {
    return (
      this.#database
        .prepare<[number], number>(
          `SELECT count(*) FROM (SELECT contentId FROM photos WHERE contentId IS NOT NULL
           GROUP BY contentId HAVING min(addedAtMs) > ?)`,
        )
        .pluck()
        .get(ms) ?? 0
    );
  }

  /** Different pictures that are in files. */
  count(): number {
    return (
      this.#database
        .prepare<[], number>('SELECT count(*) FROM contents WHERE orphanedAtMs IS NULL')
        .pluck()
        .get() ?? 0
    );
  }

  /** Ids of all pictures that are in files, in the order of their hashes: a random one, but the same each time. */
  ids(): number[] {
    return this.#database
      .prepare<[], { id: number }>('SELECT id FROM contents WHERE orphanedAtMs IS NULL ORDER BY hash')
      .all()
      .map(({ id }) => id);
  }

  /** The picture with a hash, in a file or not. */
  withHash(hash: string): number | undefined {
    return this.#prepared.get<{ id: number }>('SELECT id FROM contents WHERE hash = ?').get(hash)?.id;
  }

  add(content: { hash: string; width: number; height: number; format: string }): number {
    const { lastInsertRowid } = this.#prepared
      .get('INSERT INTO contents (hash, width, height, format) VALUES (?, ?, ?, ?)')
      .run(content.hash, content.width, content.height, content.format);
    return Number(lastInsertRowid);
  }

  /** @param placeholder a ThumbHash */
  setPlaceholder(contentId: number, placeholder: Uint8Array): void {
    this.#prepared.get('UPDATE contents SET placeholder = ? WHERE id = ?').run(placeholder, contentId);
  }
}
