/** What the network was asked for, by the key under which its answers are cached. */
import {
  codeLength,
  decodeExtraction,
  encodeExtraction,
  type Extraction,
  extractionKey,
  layoutOf,
} from '../descriptor/index.ts';
import type { Connection } from './database.ts';

export class Extractions {
  readonly #database: Connection;

  constructor(database: Connection) {
    this.#database = database;
  }

  /** Remembers an extraction; returns its key. */
  add(extraction: Extraction): string {
    const key = extractionKey(extraction);
    this.#database
      .prepare('INSERT OR IGNORE INTO extractions (key, description) VALUES (?, ?)')
      .run(key, encodeExtraction(extraction));
    return key;
  }

  get(key: string): Extraction | undefined {
    const row = this.#database
      .prepare<[string], { description: Buffer }>('SELECT description FROM extractions WHERE key = ?')
      .get(key);
    return row && decodeExtraction(row.description);
  }

  /** All that are known, those with the most cached pictures first. */
  list(): CachedExtraction[] {
    return this.#database
      .prepare<[], { key: string; description: Buffer; pictures: number }>(
        `SELECT key, description,
                (SELECT count(*) FROM powerMeans WHERE extractionKey = key) AS pictures
         FROM extractions ORDER BY pictures DESC, key`,
      )
      .all()
      .map(({ key, description, pictures }) => {
        const extraction = decodeExtraction(description);
        const bytesPerPicture = codeLength(layoutOf(extraction));
        return { key, extraction, pictures, bytesPerPicture };
      });
  }
}

export interface CachedExtraction {
  key: string;
  extraction: Extraction;
  /** Pictures whose statistics are cached. */
  pictures: number;
  bytesPerPicture: number;
}
