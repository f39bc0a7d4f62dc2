/** Which photos are meant: all conditions hold at once, and one that is left out asks for nothing. */
import * as v from 'valibot';
import { idSchema } from './schemas.ts';

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(1000));
const some = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.pipe(v.array(schema), v.minLength(1), v.maxLength(1000));

export const photoFilterSchema = v.strictObject({
  /** In any of these folders. */
  folderIds: v.optional(some(idSchema)),
  /** In this directory of its folder, or anywhere below it; '/' between names. */
  directory: v.optional(v.pipe(v.string(), v.maxLength(32_767))),
  /** Taken at this time or later, and before that one, in the sense of `PhotoMetadata.takenAtMs`. */
  takenFromMs: v.optional(v.number()),
  takenBeforeMs: v.optional(v.number()),
  /** Of any of these formats, e.g. jpeg. */
  formats: v.optional(some(name)),
  /** With all of these tags, each of which is a condition of its own. */
  tags: v.optional(v.pipe(some(name), v.maxLength(50))),
  /** Rated so high or higher. */
  leastRating: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5))),
  /** On a drive that is there, or on one that is not. */
  offline: v.optional(v.boolean()),
});

export type PhotoFilter = v.InferOutput<typeof photoFilterSchema>;
