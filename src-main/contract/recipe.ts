/**
 * The recipe: one immutable value that decides a descriptor, from picture size to whitening (design.md §3.3).
 */
import * as v from 'valibot';

const identifier = v.pipe(v.string(), v.regex(/^[\w.-]{1,100}$/));
const finite = v.pipe(v.number(), v.finite());

/** A feature map of the backbone, pooled by GeM with its own p. */
const tapSchema = v.strictObject({
  /** Name of the tap in the model. */
  name: identifier,
  /** Exponent of the generalized mean, 1 (average) … 10, or max pooling. */
  p: v.union([v.pipe(finite, v.minValue(1), v.maxValue(10)), v.literal('max')]),
  /** Factor on the tap's L2-normalised part before the parts are concatenated. */
  weight: v.pipe(finite, v.minValue(0), v.maxValue(10)),
});

export const recipeSchema = v.strictObject({
  version: v.literal(1),
  /** Name of an installed model. */
  model: identifier,
  /** Length in pixels to which the longer side of a photo is resized at scale 1. */
  longerSide: v.pipe(v.number(), v.integer(), v.minValue(64), v.maxValue(2048)),
  /** Factors on `longerSide`; the L2-normalised descriptors of all scales are averaged. */
  scales: v.pipe(v.array(v.pipe(finite, v.minValue(0.1), v.maxValue(4))), v.minLength(1), v.maxLength(8)),
  taps: v.pipe(v.array(tapSchema), v.minLength(1), v.maxLength(16)),
  reduction: v.variant('kind', [
    v.strictObject({ kind: v.literal('none') }),
    v.strictObject({
      kind: v.literal('pca'),
      dimension: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4096)),
      /**
       * ε of the whitening (λ + ε·Σλ)^-1/2, Σλ being the total variance: large is plain PCA, small is full
       * whitening. `null` leaves the principal components unscaled.
       */
      whitening: v.nullable(v.pipe(finite, v.minValue(0), v.maxValue(1000))),
    }),
  ]),
});

export type Recipe = v.InferOutput<typeof recipeSchema>;

/** Measured to be the best compromise between category and instance search (shared/data/README.md). */
export const defaultRecipe: Recipe = {
  version: 1,
  model: 'default',
  longerSide: 512,
  scales: [1, Math.SQRT1_2, 0.5],
  taps: [
    { name: 'b3e_s4', p: 5, weight: 1 },
    { name: 'b6e_s8', p: 5, weight: 1 },
    { name: 'b10e_s16', p: 3, weight: 1 },
    { name: 'b16d_s32', p: 1, weight: 1 },
  ],
  reduction: { kind: 'pca', dimension: 256, whitening: 0.02 },
};
