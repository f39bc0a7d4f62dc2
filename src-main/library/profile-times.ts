/** How long reading a photo takes by each profile, kept with the library. */
import * as v from 'valibot';
import { profileNames } from '../contract/index.ts';
import type { Connection } from './database.ts';
import { storedJson } from './stored-json.ts';

const timesSchema = v.object({
  /** What the times hold for: model and machine. */
  stamp: v.string(),
  secondsPerPhoto: v.record(v.picklist(profileNames), v.nullable(v.number())),
});
export type ProfileTimes = v.InferOutput<typeof timesSchema>;

export class ProfileTimesStore {
  readonly #database: Connection;

  constructor(database: Connection) {
    this.#database = database;
  }

  /** null where none were measured, or for other circumstances. */
  get(stamp: string): ProfileTimes['secondsPerPhoto'] | null {
    const row = this.#database
      .prepare<[], { value: string }>("SELECT value FROM settings WHERE name = 'profileTimes'")
      .get();
    const stored = row ? v.safeParse(timesSchema, storedJson(row.value)) : null;
    return stored?.success && stored.output.stamp === stamp ? stored.output.secondsPerPhoto : null;
  }

  set(times: ProfileTimes): void {
    this.#database
      .prepare("INSERT OR REPLACE INTO settings (name, value) VALUES ('profileTimes', ?)")
      .run(JSON.stringify(times));
  }
}
