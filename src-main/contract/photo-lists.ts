/** What photos of the library can be chosen by. */
import * as v from 'valibot';
import { idSchema } from './schemas.ts';

/** Schemas of the commands' arguments. */
export const photoListArguments = {
  /** Formats of the library's photos, the most frequent first. */
  formats: v.strictObject({}),
  /** Directories that hold photos themselves, in these folders or in all of them, in the order of their names. */
  directories: v.strictObject({
    folderIds: v.optional(v.pipe(v.array(idSchema), v.minLength(1), v.maxLength(1000))),
  }),
} as const;

export interface FormatCount {
  format: string;
  photos: number;
}

export interface DirectoryCount {
  /** Relative to its folder, '/' between names; '' for the folder itself. */
  directory: string;
  photos: number;
}

/** Answer of each command. */
export interface PhotoListAnswers {
  formats: FormatCount[];
  directories: DirectoryCount[];
}
