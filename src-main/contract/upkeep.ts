/** What keeps a library in good order: the room that it takes, and files that could not be read; and what tells about Semblance itself. */
import * as v from 'valibot';
import { photoProblemCodes } from './errors.ts';
import type { Job } from './jobs.ts';
import { idSchema } from './schemas.ts';

/** Schemas of the commands' arguments. */
export const upkeepArguments = {
  /** What takes how much room, and what is free. */
  storage: v.strictObject({}),
  /** Reads files again that were set aside, for one reason or for any. */
  retryProblems: v.strictObject({ code: v.optional(v.picklist(photoProblemCodes)) }),
  /** Where a file of the library lies, whether it could be read or not. */
  fileOf: v.strictObject({ photoId: idSchema }),
  /** Under which terms Semblance and what it is made of may be used. */
  licences: v.strictObject({}),
  /** What each version brought. */
  changes: v.strictObject({}),
} as const;

/**
 * `statistics` are what the network told of the photos, which makes tuning quick; `catalogue` is all that is known of
 * them, with their descriptors; `search-index` can be built anew, and `thumbnails` with the photos.
 */
export type StorageKind = 'statistics' | 'catalogue' | 'thumbnails' | 'search-index' | 'decisions' | 'models';

export interface StorageReport {
  /** The largest first; models lie in a folder of their own. */
  parts: { kind: StorageKind; bytes: number }[];
  /** The library's folder. */
  path: string;
  /** On the disk that holds the library. */
  freeBytes: number;
}

export interface Release {
  version: string;
  /** One sentence or a few each, in English. */
  changes: string[];
}

/** Answer of each command. */
export interface UpkeepAnswers {
  storage: StorageReport;
  retryProblems: Job;
  fileOf: { path: string; offline: boolean };
  /** Plain texts. */
  licences: { own: string; parts: string };
  /** The newest first. */
  changes: { releases: Release[] };
}
