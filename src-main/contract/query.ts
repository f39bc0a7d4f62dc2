/** What a person searches by: example pictures, each wanted or unwanted to a degree, whole or in part. */
import * as v from 'valibot';
import { photoFilterSchema } from './photo-filter.ts';
import { idSchema, numberBetween } from './schemas.ts';

/** A photo handed over as a file's content may have this many bytes. */
export const maxPhotoBytes = 256 * 1024 * 1024;

/** Edges that are computed from pixels may miss the picture's by a rounding. */
const rounding = 1e-6;

/** Part of a picture, in fractions of the picture as seen, that is after EXIF orientation. */
export const rectangleSchema = v.pipe(
  v.strictObject({
    left: numberBetween(0, 1),
    top: numberBetween(0, 1),
    width: numberBetween(0, 1),
    height: numberBetween(0, 1),
  }),
  v.check(({ width, height }) => width > 0 && height > 0, 'a rectangle has a width and a height above 0'),
  v.check(
    ({ left, top, width, height }) => left + width <= 1 + rounding && top + height <= 1 + rounding,
    'the rectangle reaches beyond the picture',
  ),
);

const partsOfExample = {
  /** From −1, as little like this as can be, to 1, which it is when left out. */
  weight: v.optional(numberBetween(-1, 1)),
  /** Only this part, as if it were a picture of its own. */
  crop: v.optional(rectangleSchema),
  /** Parts that do not count. */
  ignored: v.optional(v.pipe(v.array(rectangleSchema), v.maxLength(16))),
};

/** An example to search with: a photo of the library, or the content of any image file. */
export const exampleSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('photo'), photoId: idSchema, ...partsOfExample }),
  v.strictObject({
    kind: v.literal('bytes'),
    name: v.pipe(v.string(), v.maxLength(1000)),
    bytes: v.pipe(
      v.instance(Uint8Array),
      v.check((bytes) => bytes.length >= 1 && bytes.length <= maxPhotoBytes, 'expected 1 byte to 256 MiB'),
    ),
    ...partsOfExample,
  }),
]);

export const queryFields = {
  examples: v.pipe(
    v.array(exampleSchema),
    v.minLength(1),
    v.maxLength(16),
    v.check(
      (examples) => examples.some((example) => weightOf(example) > 0),
      'at least one example needs a weight above 0',
    ),
  ),
  /**
   * The whitening strength ε of this search instead of the recipe's (`whiteningSchema`): 0 asks for the very same thing,
   * much for the same kind of picture.
   */
  whitening: v.optional(numberBetween(0, 1000)),
  /** Only these photos count: as many as are asked for are found among them, however few they are. */
  filter: v.optional(photoFilterSchema),
};

export const querySchema = v.strictObject(queryFields);

export type Rectangle = v.InferOutput<typeof rectangleSchema>;
export type Example = v.InferOutput<typeof exampleSchema>;
export type Query = v.InferOutput<typeof querySchema>;

export function weightOf({ weight }: Pick<Example, 'weight'>): number {
  return weight ?? 1;
}
