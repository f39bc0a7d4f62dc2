/**
 * The recipe: one immutable value that decides a descriptor, from picture size to whitening (design.md §3.3). Its
 * parts are listed in the order in which they are computed; a last L2 normalisation always follows.
 */
import * as v from 'valibot';
import { integerBetween, numberBetween } from './schemas.ts';

const identifier = v.pipe(v.string(), v.regex(/^[\w.-]{1,100}$/));

const exponent = numberBetween(1, 10);
const dimension = integerBetween(1, 4096);

export const mostTaps = 16;

/** How a feature map becomes one vector. All but `pyramid` and `attention` follow from the power-mean cache. */
const poolingSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('average') }),
  v.strictObject({ kind: v.literal('max') }),
  v.strictObject({
    kind: v.literal('gem'),
    /** 1 is the average; the larger, the nearer to the maximum. */
    p: exponent,
    /** Whether p is learned, starting from the given one. */
    learned: v.optional(v.boolean(), false),
  }),
  v.strictObject({
    kind: v.literal('pyramid'),
    /** Averages over 1 × 1, 2 × 2, … cells. */
    levels: v.pipe(v.array(integerBetween(1, 8)), v.minLength(1), v.maxLength(4)),
  }),
  v.strictObject({
    kind: v.literal('attention'),
    /** Channels between its two convolutions. */
    hidden: integerBetween(1, 256),
  }),
]);

/** A feature map of the backbone. */
const tapSchema = v.strictObject({
  name: identifier,
  /** The installed model that it is taken from, where that is another than the recipe's. */
  model: v.optional(identifier),
  pooling: poolingSchema,
  /** Whether the pooled tap is L2-normalised before it is weighted. */
  normalise: v.boolean(),
  /** Factor on the tap before the taps are joined. */
  weight: numberBetween(0, 10),
});

const aggregationSchema = v.strictObject({
  /** How taps are joined. For mean and max, each is projected at random to the common dimension first. */
  taps: v.variant('kind', [
    v.strictObject({ kind: v.literal('concat') }),
    v.strictObject({ kind: v.literal('mean'), dimension }),
    v.strictObject({ kind: v.literal('max'), dimension }),
  ]),
  /** How scales are joined. */
  scales: v.variant('kind', [
    v.strictObject({ kind: v.literal('mean') }),
    v.strictObject({ kind: v.literal('max') }),
    v.strictObject({ kind: v.literal('gem'), p: exponent }),
  ]),
  /** What is L2-normalised: each scale and then their joint vector, only that, or neither. */
  normalise: v.picklist(['each-scale', 'joint', 'none']),
});

/** Which features are kept. */
const selectionSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('none') }),
  v.strictObject({ kind: v.literal('variance'), threshold: numberBetween(0, 1) }),
  v.strictObject({ kind: v.literal('anova'), keep: dimension }),
  v.strictObject({ kind: v.literal('mutual-information'), keep: dimension }),
  v.strictObject({ kind: v.literal('elimination'), keep: dimension }),
  /** With features standardised, nothing is kept from a strength of 0.5 on. */
  v.strictObject({ kind: v.literal('lasso'), strength: numberBetween(1e-6, 0.5) }),
  v.strictObject({
    kind: v.literal('mask'),
    /** Divisor of the gates' logits: small gates are nearly on or off. */
    temperature: numberBetween(0.05, 10),
    /** Weight of the mean gate in the loss. */
    sparsity: numberBetween(0, 10),
  }),
]);

const normalisationSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('l2') }),
  v.strictObject({ kind: v.literal('standardise') }),
  v.strictObject({ kind: v.literal('power'), exponent: numberBetween(0.05, 2) }),
]);

const whiteningSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('none') }),
  /**
   * (λ + ε·Σλ)^-1/2, Σλ being the total variance: a large ε is plain PCA, a small one full whitening. It is what the
   * interface calls Kind ↔ Thing.
   */
  v.strictObject({ kind: v.literal('regularised'), epsilon: numberBetween(0, 1000) }),
  /** λ^-a. */
  v.strictObject({ kind: v.literal('power'), exponent: numberBetween(0, 1) }),
]);

const reductionSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('none') }),
  v.strictObject({
    kind: v.literal('pca'),
    dimension,
    whitening: whiteningSchema,
    /** Pulls the variances towards their mean, for fits on few photos; `auto` chooses by the data. */
    shrinkage: v.union([numberBetween(0, 1), v.literal('auto')]),
  }),
  v.strictObject({ kind: v.literal('random'), dimension, seed: integerBetween(0, 2 ** 31) }),
  v.strictObject({
    kind: v.literal('autoencoder'),
    dimension,
    hidden: dimension,
    epochs: integerBetween(1, 500),
  }),
  v.strictObject({
    kind: v.literal('projection'),
    dimension,
    start: v.picklist(['orthogonal', 'xavier', 'pca']),
    epochs: integerBetween(1, 500),
  }),
  v.strictObject({
    kind: v.literal('learned-whitening'),
    dimension,
    /** Share of the mean variance that is added to the matching pairs' covariance. */
    regularisation: numberBetween(1e-6, 100),
  }),
]);

const learningSchema = v.strictObject({
  /** What tells that photos match: the same folder, a tag, or pairs made from each photo by cropping and the like. */
  from: v.picklist(['folders', 'tags', 'pairs']),
  /** Share of the groups, or of each group's photos, on which the result is judged. */
  heldOut: numberBetween(0.05, 0.5),
  seed: integerBetween(0, 2 ** 31),
});

const augmentationSchema = v.strictObject({
  /** How many photos are mixed in. */
  neighbours: integerBetween(1, 50),
  /** Each is weighted by its similarity to this power; 0 weights all alike. */
  alpha: numberBetween(0, 10),
});

export const recipeSchema = v.strictObject({
  version: v.literal(2),
  /** Name of an installed model. */
  model: identifier,
  /** Length in pixels to which the longer side of a photo is resized at scale 1. */
  longerSide: integerBetween(64, 2048),
  /** Factors on `longerSide`. */
  scales: v.pipe(v.array(numberBetween(0.1, 4)), v.minLength(1), v.maxLength(8)),
  taps: v.pipe(v.array(tapSchema), v.minLength(1), v.maxLength(mostTaps)),
  aggregation: aggregationSchema,
  selection: selectionSchema,
  /** In this order. */
  normalisation: v.pipe(v.array(normalisationSchema), v.maxLength(8)),
  reduction: reductionSchema,
  /** Used by whatever is learned or selected by labels. */
  learning: learningSchema,
  /** Mixes what the most similar photos of the library say into each photo's descriptor; left out, nothing is mixed in. */
  augmentation: v.optional(augmentationSchema),
});

export type Recipe = v.InferOutput<typeof recipeSchema>;
export type Tap = Recipe['taps'][number];
export type Pooling = Tap['pooling'];
export type Selection = Recipe['selection'];
export type Normalisation = Recipe['normalisation'][number];
export type Reduction = Recipe['reduction'];
export type Augmentation = v.InferOutput<typeof augmentationSchema>;
export type Whitening = v.InferOutput<typeof whiteningSchema>;

/** What augmentation starts with where a person chooses it. */
export const usualAugmentation: Augmentation = { neighbours: 5, alpha: 3 };

const gem = (name: string, p: number): Tap => ({
  name,
  pooling: { kind: 'gem', p, learned: false },
  normalise: true,
  weight: 1,
});

/** Measured to be the best compromise between category and instance search (shared/data/README.md). */
export const defaultRecipe: Recipe = {
  version: 2,
  model: 'default',
  longerSide: 512,
  scales: [1, Math.SQRT1_2, 0.5],
  taps: [gem('b3e_s4', 5), gem('b6e_s8', 5), gem('b10e_s16', 3), gem('b16d_s32', 1)],
  aggregation: { taps: { kind: 'concat' }, scales: { kind: 'mean' }, normalise: 'each-scale' },
  selection: { kind: 'none' },
  normalisation: [],
  reduction: {
    kind: 'pca',
    dimension: 256,
    whitening: { kind: 'regularised', epsilon: 0.02 },
    shrinkage: 0,
  },
  learning: { from: 'folders', heldOut: 0.2, seed: 1 },
};

/** Whether something of the recipe is learned from matching photos, and so must beat what it starts from. */
export function learns({ taps, selection, reduction }: Recipe): boolean {
  return (
    taps.some(({ pooling }) => pooling.kind === 'attention' || (pooling.kind === 'gem' && pooling.learned)) ||
    selection.kind === 'mask' ||
    reduction.kind === 'projection' ||
    reduction.kind === 'autoencoder' ||
    reduction.kind === 'learned-whitening'
  );
}

/** Whether a selection looks at labels. */
export function selectsByLabel({ selection }: Recipe): boolean {
  return ['anova', 'mutual-information', 'elimination', 'lasso'].includes(selection.kind);
}

/** What tells which photos of a library belong together. */
export type LabelKind = 'folder' | 'tag' | 'pairs';

const labelsNamed = { folders: 'folder', tags: 'tag', pairs: 'pairs' } as const;

/**
 * The labels that fitting a recipe looks at, or null. By these it can be measured only on photos that it was not fitted
 * on: with folds.
 */
export function labelsLookedAt(recipe: Recipe): LabelKind | null {
  const { reduction, learning } = recipe;
  // An autoencoder learns from photos alone.
  const byMatches = learns({
    ...recipe,
    reduction: reduction.kind === 'autoencoder' ? { kind: 'none' } : reduction,
  });
  if (byMatches) return labelsNamed[learning.from];
  if (!selectsByLabel(recipe)) return null;
  return learning.from === 'tags' ? 'tag' : 'folder';
}

const firstSchema = v.object({
  version: v.literal(1),
  model: identifier,
  longerSide: v.number(),
  scales: v.array(v.number()),
  taps: v.array(v.object({ name: identifier, p: v.union([exponent, v.literal('max')]), weight: v.number() })),
  reduction: v.variant('kind', [
    v.object({ kind: v.literal('none') }),
    v.object({ kind: v.literal('pca'), dimension, whitening: v.nullable(v.number()) }),
  ]),
});

/** Turns a recipe of the first version, as older libraries hold it, into the present form. */
function fromFirstVersion({
  model,
  longerSide,
  scales,
  taps,
  reduction,
}: v.InferOutput<typeof firstSchema>): Recipe {
  const whitening = (epsilon: number | null): Whitening =>
    epsilon === null ? { kind: 'none' } : { kind: 'regularised', epsilon };
  return {
    ...defaultRecipe,
    model,
    longerSide,
    scales,
    taps: taps.map(({ name, p, weight }) => ({
      name,
      pooling: p === 'max' ? { kind: 'max' } : { kind: 'gem', p, learned: false },
      normalise: true,
      weight,
    })),
    reduction:
      reduction.kind === 'none'
        ? reduction
        : {
            kind: 'pca',
            dimension: reduction.dimension,
            whitening: whitening(reduction.whitening),
            shrinkage: 0,
          },
  };
}

/** A recipe of any version, from a library or from a file. */
export const anyRecipeSchema = v.union([recipeSchema, v.pipe(firstSchema, v.transform(fromFirstVersion))]);
