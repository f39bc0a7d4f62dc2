/** Schemas that arguments of many commands have in common. */
import * as v from 'valibot';

/** Number of a row in the catalogue. */
export const idSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

const pathText = v.pipe(v.string(), v.minLength(1), v.maxLength(32_767));

/** What a path has to lead to, for a host that lets pages name only some. */
export type PathKind = 'folder' | 'file';

export const folderPathSchema = v.pipe(pathText, v.metadata({ path: 'folder' satisfies PathKind }));
export const filePathSchema = v.pipe(pathText, v.metadata({ path: 'file' satisfies PathKind }));

/** What a schema says of the path that it takes; null where it takes none. */
export function pathKindOf(schema: v.GenericSchema): PathKind | null {
  const inner = 'wrapped' in schema ? (schema.wrapped as v.GenericSchema) : schema;
  const { path } = v.getMetadata(inner);
  return path === 'folder' || path === 'file' ? path : null;
}

export const offsetSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Part of a long list. */
export const pageFields = {
  offset: offsetSchema,
  limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
};

export const numberBetween = (least: number, most: number) =>
  v.pipe(v.number(), v.finite(), v.minValue(least), v.maxValue(most));

export const integerBetween = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
