/** How sharp pictures are, as far as that was looked at. */
import type { Connection } from './database.ts';
import { Prepared } from './prepared.ts';

export class SharpnessStore {
  readonly #prepared: Prepared;

  constructor(database: Connection) {
    this.#prepared = new Prepared(database);
  }

  /** Null where it was not looked at. */
  get(contentId: number): number | null {
    const row = this.#prepared
      .get<{ sharpness: number | null }>('SELECT sharpness FROM contents WHERE id = ?')
      .get(contentId);
    return row?.sharpness ?? null;
  }

  set(contentId: number, sharpness: number): void {
    this.#prepared.get('UPDATE contents SET sharpness = ? WHERE id = ?').run(sharpness, contentId);
  }
}
