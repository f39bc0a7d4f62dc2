/** The pictures most similar to each, by the descriptors of a generation. A list takes eight bytes a neighbour. */
import type { Connection } from './database.ts';
import { Prepared } from './prepared.ts';
import { storedFloats, storedIntegers } from './stored-numbers.ts';

/** Best first. */
export interface NeighbourList {
  ids: Uint32Array;
  /** Cosine similarities. */
  similarities: Float32Array;
}

export interface StoredNeighbours extends NeighbourList {
  contentId: number;
}

/** Lists that are read at a time, so that the catalogue can be written to between. */
const listsAtOnce = 1000;

const orphaned = 'generationId = ? AND contentId IN (SELECT id FROM contents WHERE orphanedAtMs IS NOT NULL)';

export class Neighbours {
  readonly #database: Connection;
  readonly #prepared: Prepared;

  constructor(database: Connection) {
    this.#database = database;
    this.#prepared = new Prepared(database);
  }

  set(generationId: number, { contentId, ids, similarities }: StoredNeighbours): void {
    const data = Buffer.concat([bytesOf(ids), bytesOf(similarities)]);
    this.#prepared
      .get('INSERT OR REPLACE INTO neighbours (generationId, contentId, data) VALUES (?, ?, ?)')
      .run(generationId, contentId, data);
  }

  /** Undefined while they have not been looked for. */
  get(generationId: number, contentId: number): NeighbourList | undefined {
    const row = this.#prepared
      .get('SELECT data FROM neighbours WHERE generationId = ? AND contentId = ?')
      .get(generationId, contentId) as { data: Buffer } | undefined;
    return row && listOf(row.data);
  }

  /** All lists, in the order of the pictures' ids; the catalogue may change meanwhile. */
  *lists(generationId: number): Generator<StoredNeighbours> {
    const page = this.#database.prepare<[number, number, number], { contentId: number; data: Buffer }>(
      `SELECT contentId, data FROM neighbours WHERE generationId = ? AND contentId > ?
       ORDER BY contentId LIMIT ?`,
    );
    for (let after = 0; ;) {
      const rows = page.all(generationId, after, listsAtOnce);
      for (const { contentId, data } of rows) yield { contentId, ...listOf(data) };
      if (rows.length < listsAtOnce) return;
      after = rows[rows.length - 1].contentId;
    }
  }

  delete(generationId: number, contentId: number): void {
    this.#prepared
      .get('DELETE FROM neighbours WHERE generationId = ? AND contentId = ?')
      .run(generationId, contentId);
  }

  /**
   * How many searchable pictures of a generation have no list yet. Each list is of a picture with a descriptor, so that
   * two counts along an index do, where looking for each descriptor's list takes ten times as long.
   */
  missing(generationId: number): number {
    const row = this.#prepared
      .get<{ total: number }>(
        `SELECT (SELECT count(*) FROM descriptors WHERE generationId = :generationId)
           - (SELECT count(*) FROM neighbours WHERE generationId = :generationId)
           - (SELECT count(*) FROM contents JOIN descriptors ON contentId = contents.id AND generationId = :generationId
              WHERE orphanedAtMs IS NOT NULL AND NOT EXISTS
                (SELECT 1 FROM neighbours WHERE neighbours.generationId = :generationId AND neighbours.contentId = contents.id)
           ) AS total`,
      )
      .get({ generationId });
    return row?.total ?? 0;
  }

  /** The first searchable pictures above an id that have no list yet, in ascending order. */
  missingAfter(generationId: number, contentId: number, limit: number): number[] {
    return this.#prepared
      .get<{ id: number }>(
        `SELECT contents.id FROM descriptors JOIN contents ON contents.id = descriptors.contentId
         WHERE descriptors.generationId = ? AND descriptors.contentId > ? AND orphanedAtMs IS NULL AND NOT EXISTS
           (SELECT 1 FROM neighbours WHERE neighbours.generationId = descriptors.generationId
            AND neighbours.contentId = descriptors.contentId)
         ORDER BY descriptors.contentId LIMIT ?`,
      )
      .all(generationId, contentId, limit)
      .map(({ id }) => id);
  }

  /** Whether there are lists of pictures that are in no file. */
  hasOrphaned(generationId: number): boolean {
    return (
      this.#database.prepare(`SELECT 1 FROM neighbours WHERE ${orphaned} LIMIT 1`).get(generationId) !==
      undefined
    );
  }

  /** Drops those; they are looked for anew when the picture comes back. */
  deleteOrphaned(generationId: number): void {
    this.#database.prepare(`DELETE FROM neighbours WHERE ${orphaned}`).run(generationId);
  }
}

function bytesOf(values: Uint32Array | Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** @throws SemblanceError `library-damaged` */
function listOf(data: Buffer): NeighbourList {
  const middle = data.length / 2;
  return {
    ids: storedIntegers(data.subarray(0, middle)),
    similarities: storedFloats(data.subarray(middle)),
  };
}
