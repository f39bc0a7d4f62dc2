/** What helps those who help: texts that say how a library and its machine are, and whether there is a newer version. */
import * as v from 'valibot';

const versions = v.pipe(
  v.record(v.pipe(v.string(), v.maxLength(50)), v.pipe(v.string(), v.maxLength(500))),
  v.check((all) => Object.keys(all).length <= 20, 'There are too many of them.'),
);

/** Schemas of the commands' arguments. */
export const supportArguments = {
  /** Gathers what can be sent to somebody who helps; nothing personal is in it, and nothing is sent. */
  diagnostics: v.strictObject({
    /** Versions of what shows the interface, by name. */
    interface: versions,
  }),
  /** What is known of newer versions; nothing is asked of anybody. */
  updates: v.strictObject({}),
  /** Asks the release feed, once. */
  checkForUpdates: v.strictObject({}),
} as const;

/** Schemas of the host commands' arguments. */
export const supportHostArguments = {
  /** Opens the page of the newer version that was found, with the system's browser. */
  openReleasePage: v.strictObject({}),
} as const;

/** One file of the diagnostics. */
export interface DiagnosticFile {
  name: string;
  /** What is in it, in a sentence. */
  purpose: string;
  text: string;
}

export interface Diagnostics {
  /** What a person can read before the zip goes anywhere. */
  files: DiagnosticFile[];
  /** The same files, for one name to save them under. */
  zip: Uint8Array;
  /** Of the zip, without folders. */
  name: string;
}

/** What the release feed said last. */
export interface UpdateCheck {
  checkedAtMs: number;
  /** The version that the feed names. */
  version: string;
  isNewer: boolean;
  /** What is new, as plain text. */
  notes: string;
  /** Where it can be had: https, and of the feed's own host; else null. */
  page: string | null;
}

export interface Updates {
  /** What runs. */
  version: string;
  /** Host of the release feed; null where no feed is set, and nothing can be asked. */
  feed: string | null;
  /** null until somebody asked. */
  last: UpdateCheck | null;
}

/** Answer of each command. */
export interface SupportAnswers {
  diagnostics: Diagnostics;
  updates: Updates;
  checkForUpdates: Updates;
}

/** Answer of each host command. */
export interface SupportHostAnswers {
  openReleasePage: { page: string };
}
