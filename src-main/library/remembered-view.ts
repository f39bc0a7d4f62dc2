/** What the window showed last, kept with the library. */
import * as v from 'valibot';
import { type RememberedView, rememberedViewSchema } from '../contract/index.ts';
import type { Connection } from './database.ts';
import { storedJson } from './stored-json.ts';

export class RememberedViewStore {
  readonly #database: Connection;

  constructor(database: Connection) {
    this.#database = database;
  }

  /** null before anything was remembered, and where another version wrote something else. */
  get(): RememberedView | null {
    const text = this.#database
      .prepare<[], string>("SELECT value FROM settings WHERE name = 'view'")
      .pluck()
      .get();
    if (text === undefined) return null;
    const stored = v.safeParse(rememberedViewSchema, storedJson(text));
    return stored.success ? stored.output : null;
  }

  set(view: RememberedView): RememberedView {
    this.#database
      .prepare("INSERT OR REPLACE INTO settings (name, value) VALUES ('view', ?)")
      .run(JSON.stringify(view));
    return view;
  }
}
