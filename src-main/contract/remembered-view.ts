/** What a window shows when it is opened again. It is kept with the library, whose folders and tags its filter names. */
import * as v from 'valibot';
import { photoFilterSchema } from './photo-filter.ts';

export const viewNames = ['library', 'search', 'duplicates', 'map', 'tune', 'quality', 'settings'] as const;
export type ViewName = (typeof viewNames)[number];

export const rememberedViewSchema = v.strictObject({
  view: v.picklist(viewNames),
  order: v.picklist(['path', 'taken', 'name', 'added']),
  direction: v.optional(v.picklist(['ascending', 'descending'])),
  groupBy: v.optional(v.picklist(['folder', 'month'])),
  filter: photoFilterSchema,
});

export type RememberedView = v.InferOutput<typeof rememberedViewSchema>;

/** Schemas of the commands' arguments. */
export const rememberedViewArguments = {
  /** null before anything was remembered. */
  rememberedView: v.strictObject({}),
  rememberView: rememberedViewSchema,
} as const;

/** Answer of each command. */
export interface RememberedViewAnswers {
  rememberedView: RememberedView | null;
  rememberView: RememberedView;
}
