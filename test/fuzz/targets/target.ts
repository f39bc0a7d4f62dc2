/** What is fuzzed: something of Semblance that takes what comes from outside. */
import type { Dice } from '../dice.ts';

export interface Surroundings {
  /** A folder of the target's own. */
  work: string;
  /** A file that is none of Semblance's business, for what leads out of a library. */
  outside: string;
}

export interface Case {
  dice: Dice;
  /** A folder of the case's own, gone afterwards. */
  folder: string;
  /** Keeps what is tried, so that it can be looked at should it fail; before it is tried, since that may be the end. */
  keep: (name: string, bytes: Uint8Array | string) => void;
}

export interface Session {
  /**
   * Tries one case.
   * @returns 'ok', or the code of the error that it came to; rejects with anything but a SemblanceError with a code of its
   *   own where there is a defect
   */
  attempt: (one: Case) => Promise<string>;
  close: () => Promise<void> | void;
}

export interface Target {
  name: string;
  /** A case may take so long on a machine that does other things as well. */
  limitMs: number;
  open: (surroundings: Surroundings) => Promise<Session>;
}
