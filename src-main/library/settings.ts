/** The person's settings, kept with the library. */
import * as v from 'valibot';
import type { Settings } from '../contract/index.ts';
import type { Connection } from './database.ts';

const storedSchema = v.object({ lowPriority: v.fallback(v.boolean(), false) });

export class SettingsStore {
  readonly #database: Connection;

  constructor(database: Connection) {
    this.#database = database;
  }

  get(): Settings {
    const row = this.#database
      .prepare<[], { value: string }>("SELECT value FROM settings WHERE name = 'settings'")
      .get();
    return v.parse(storedSchema, row ? JSON.parse(row.value) : {});
  }

  change(changes: { [Name in keyof Settings]?: Settings[Name] | undefined }): Settings {
    const settings = v.parse(storedSchema, { ...this.get(), ...changes });
    this.#database
      .prepare("INSERT OR REPLACE INTO settings (name, value) VALUES ('settings', ?)")
      .run(JSON.stringify(settings));
    return settings;
  }
}
