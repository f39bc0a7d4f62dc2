/**
 * What the person gave the host to open: photos to search with, and folders to add. The page is told that something waits, and
 * asks for one after another; it never names a path, so it reads no file that nobody chose.
 */
import * as v from 'valibot';
import type { ErrorReport } from './errors.ts';

/** One hand-over may hold this many; it is what a query takes. */
export const mostOpened = 16;

/** Schemas of the host's commands. */
export const openedHostArguments = {
  /** The next of what was opened. */
  takeOpened: v.strictObject({}),
  /** Asks the person for photos with the system's dialog; what they choose is opened. */
  choosePhotos: v.strictObject({}),
} as const;

export type Opened =
  /** `isFirst` of a hand-over begins a query; the others are further examples of it. */
  | { kind: 'photo'; name: string; bytes: Uint8Array; isFirst: boolean }
  /** To be added only when the person says so. */
  | { kind: 'folder'; path: string }
  | { kind: 'refused'; error: ErrorReport };

/** Answers of the host's commands. */
export interface OpenedHostAnswers {
  /** null when nothing waits. */
  takeOpened: { opened: Opened | null };
  choosePhotos: { chosen: number };
}
