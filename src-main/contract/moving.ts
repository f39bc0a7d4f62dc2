/** Moving a library: into one file, and out of it, into a library that may hold photos already. */
import * as v from 'valibot';
import type { Job } from './jobs.ts';

const path = v.pipe(v.string(), v.minLength(1), v.maxLength(32_767));
/** Folders of the exported library under `from` are under `to` here; null leaves them out. All others keep their paths. */
const roots = v.pipe(v.array(v.strictObject({ from: path, to: v.nullable(path) })), v.maxLength(10_000));

/** Schemas of the commands' arguments. */
export const movingArguments = {
  /** Writes the library into a zip file; it can be used meanwhile. */
  exportLibrary: v.strictObject({
    path,
    thumbnails: v.boolean(),
    /** Whether a file of that name may be replaced. */
    replace: v.boolean(),
  }),
  /** What an exported library says of itself, and whether its folders are where they would be. */
  inspectExport: v.strictObject({ path, roots }),
  /** Takes an exported library in. What both have is one, and no photo's number changes. */
  importLibrary: v.strictObject({
    path,
    roots,
    /** Only tells what would come. */
    dryRun: v.boolean(),
  }),
} as const;

/** A folder of an exported library. */
export interface ExportedFolder {
  /** As it was there. */
  path: string;
  photos: number;
  /** Where it would be here; null where it is left out. */
  to: string | null;
  /** Whether a folder is there now. */
  isThere: boolean;
  /** How many of some of its files are there, by name and size. */
  found: number;
  sampled: number;
}

export interface ExportedLibrary {
  path: string;
  sizeBytes: number;
  exportedAtMs: number;
  /** Of the Semblance that wrote it. */
  appVersion: string;
  photos: number;
  tags: number;
  ratings: number;
  kept: number;
  savedSearches: number;
  thumbnails: number;
  folders: ExportedFolder[];
  /** What its photos were read with. */
  models: { name: string; sha256: string; isInstalled: boolean }[];
}

/** Answer of each command. */
export interface MovingAnswers {
  exportLibrary: Job;
  inspectExport: ExportedLibrary;
  importLibrary: Job;
}
