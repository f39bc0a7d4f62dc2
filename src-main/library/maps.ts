/** The photos laid out in two dimensions, by the descriptors of a generation. */
import type { Connection } from './database.ts';

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
    // Copied, because bytes that come from a database need not be aligned.
    return (
      row && {
        method: row.method,
        contentIds: new Uint32Array(Uint8Array.from(row.contentIds).buffer),
        points: new Float32Array(Uint8Array.from(row.points).buffer),
      }
    );
  }
}

function bytesOf(values: Uint32Array | Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
