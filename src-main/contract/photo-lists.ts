/** Lists of the library's photos, in an order and grouped, and what photos can be chosen by. */
import * as v from 'valibot';
import { photoFilterSchema } from './photo-filter.ts';
import { idSchema, pageFields } from './schemas.ts';
import type { PhotoDetails, PhotoSummary } from './types.ts';

const orderFields = {
  /** By folder, directory and name; by when they were taken, those of unknown date last; by name; or by when they came. */
  order: v.picklist(['path', 'taken', 'name', 'added']),
  /** By default from A to Z, and the latest first. */
  direction: v.optional(v.picklist(['ascending', 'descending'])),
  filter: v.optional(photoFilterSchema),
};

const arrangementSchema = v.strictObject({
  ...orderFields,
  /** What stands together: photos of a directory, or of a month. */
  groupBy: v.optional(v.picklist(['folder', 'month'])),
});

/** Schemas of the commands' arguments. */
export const photoListArguments = {
  photos: v.strictObject({ ...pageFields, ...orderFields }),
  /** All photos in their order by their ids and shapes alone, so that a page knows where each of them lies. */
  photoLayout: arrangementSchema,
  /** Photos by their ids, those that are there, in the order of the ids. */
  photosById: v.strictObject({ photoIds: v.pipe(v.array(idSchema), v.maxLength(1000)) }),
  /** Formats of the library's photos, the most frequent first. */
  formats: v.strictObject({}),
  /** Directories that hold photos themselves, in these folders or in all of them, in the order of their names. */
  directories: v.strictObject({
    folderIds: v.optional(v.pipe(v.array(idSchema), v.minLength(1), v.maxLength(1000))),
  }),
} as const;

export type PhotoArrangement = v.InferOutput<typeof arrangementSchema>;

/** Photos that stand together in a layout. */
export type PhotoGroup = { photos: number } & (
  | { kind: 'folder'; folderId: number; directory: string }
  /** E.g. '2024-05', by the camera's clock; null where it is not known. */
  | { kind: 'month'; month: string | null }
);

export interface PhotoLayout {
  /** 32-bit numbers, in this machine's order of bytes. */
  ids: Uint8Array;
  /** Width by height in thousandths, from `leastShape` to `mostShape`; 16-bit numbers. */
  shapes: Uint8Array;
  /** In their order; none where nothing is asked to stand together. */
  groups: PhotoGroup[];
}

export const leastShape = 100;
export const mostShape = 10_000;

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
  photos: { total: number; photos: PhotoSummary[] };
  photoLayout: PhotoLayout;
  photosById: PhotoDetails[];
  formats: FormatCount[];
  directories: DirectoryCount[];
}
