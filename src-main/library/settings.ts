/** The person's settings, kept with the library. */
import * as v from 'valibot';
import { mostMaxMegapixels, type Settings, usualMaxMegapixels } from '../contract/index.ts';
import type { Connection } from './database.ts';
import { storedJson } from './stored-json.ts';

/** Enough for half a million photos of the default recipe. */
const defaultCacheBudgetBytes = 20e9;

const storedSchema = v.object({
  lowPriority: v.fallback(v.boolean(), false),
  cacheBudgetBytes: v.fallback(v.pipe(v.number(), v.minValue(0)), defaultCacheBudgetBytes),
  watch: v.fallback(v.boolean(), true),
  maxMegapixels: v.fallback(
    v.pipe(v.number(), v.minValue(1), v.maxValue(mostMaxMegapixels)),
    usualMaxMegapixels,
  ),
  profileAnswered: v.fallback(v.boolean(), false),
});

export class SettingsStore {
  readonly #database: Connection;

  constructor(database: Connection) {
    this.#database = database;
  }

  get(): Settings {
    const row = this.#database
      .prepare<[], { value: string }>("SELECT value FROM settings WHERE name = 'settings'")
      .get();
    const stored = v.safeParse(storedSchema, row ? storedJson(row.value) : {});
    return stored.success ? stored.output : v.parse(storedSchema, {});
  }

  change(changes: { [Name in keyof Settings]?: Settings[Name] | undefined }): Settings {
    const settings = v.parse(storedSchema, { ...this.get(), ...changes });
    this.#database
      .prepare("INSERT OR REPLACE INTO settings (name, value) VALUES ('settings', ?)")
      .run(JSON.stringify(settings));
    return settings;
  }
}
