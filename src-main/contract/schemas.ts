/** Schemas that arguments of many commands have in common. */
import * as v from 'valibot';

/** Number of a row in the catalogue. */
export const idSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

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
