/** The photos laid out in two dimensions, by the descriptors of a generation. */
import type { Connection } from './database.ts';
import { storedFloats, storedIntegers } from './stored-numbers.ts';

export interface StoredMap {
  method: string;
  contentIds: Uint32Array;
  /** x and y of each picture. */
  points: Float32Array;
}

export class Maps {
  readonly #database: Connection;

  constructor(database: Connection) {
    this.#database = database;
  }

  set(generationId: number, { method, contentIds, points }: StoredMap): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO maps (generationId, method, contentIds, points) VALUES (?, ?, ?, ?)')
      .run(generationId, method, bytesOf(contentIds), bytesOf(points));
  }

  get(generationId: number): StoredMap | undefined {
    const row = this.#database
      .prepare<[number], { method: string; contentIds: Buffer; points: Buffer }>(
        'SELECT method, contentIds, points FROM maps WHERE generationId = ?',
      )
      .get(generationId);
    return (
      row && {
        method: row.method,
        contentIds: storedIntegers(row.contentIds),
        points: storedFloats(row.points),
      }
    );
  }
}

function bytesOf(values: Uint32Array | Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
