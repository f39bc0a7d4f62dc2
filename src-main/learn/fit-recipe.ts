/** Fits everything that a recipe leaves to the photos: exponents, selection, standardisation, reduction. */
import { type Recipe, selectsByLabel, SemblanceError } from '../contract/index.ts';
import {
  anovaF,
  exponentOf,
  featureVariances,
  type Fitted,
  fitPca,
  type FittedReduction,
  fitStandardisation,
  keepAbove,
  keepBest,
  linearMapOfPca,
  type MatrixProduct,
  mutualInformation,
  nothingFitted,
  type PcaFit,
  preparation,
  randomProjection,
  type Rows,
  transformOf,
  unitRows,
} from '../descriptor/index.ts';
import { trainAutoencoder } from './autoencoder.ts';
import { fitLearnedWhitening, pairsOfLabels } from './learned-whitening.ts';
import { trainMask } from './mask.ts';
import { trainPoolingExponents } from './pooling-exponent.ts';
import { trainProjection } from './projection.ts';
import { selectByElimination, selectByLasso } from './selection.ts';
import type { TrainingProgress, TrainingOptions } from './training.ts';
import type { Quality, TrainingPhotos } from './training-photos.ts';

export interface FitContext {
  product: MatrixProduct;
  signal?: AbortSignal | undefined;
  /** Told what is being done, and how far it is. */
  onProgress?: ((step: string, done: number, total: number, training?: TrainingProgress) => void) | undefined;
  /** Learned before, because the network needs it. */
  attention?: Fitted['attention'];
  /** A fit that is nearly right, from which the principal components are found sooner. */
  start?: PcaFit | undefined;
  /** Relative error of variances that is good enough. */
  tolerance?: number;
}

/** Photos that judge while something is learned from others. */
export interface Judge {
  /** Those learned from and those that judge. */
  all: TrainingPhotos;
  groups: Int32Array;
  queries: readonly number[];
  quality: Quality;
}

/** Epochs of what has no number of its own in the recipe. */
const exponentEpochs = 20;
const maskEpochs = 40;
/** Gates below this share of the largest leave their feature out. */
const closedGate = 0.02;
/** Matching pairs that learned whitening looks at. */
const mostPairs = 10_000;

/**
 * @param photos what to learn from, and nothing that is to be judged later
 * @param judge photos by which training keeps its best epoch
 * @throws SemblanceError `not-enough-photos`, `no-ground-truth`, `cancelled`, and what the fits throw
 */
export async function fitRecipe(
  recipe: Recipe,
  photos: TrainingPhotos,
  context: FitContext,
  judge: Judge | null = null,
): Promise<Fitted> {
  if (photos.count === 0) throw new SemblanceError('not-enough-photos', 'There are no photos to fit on.');
  const fitted: Fitted = {
    ...nothingFitted,
    fittedOn: photos.count,
    attention: context.attention ?? new Map(),
  };
  fitted.exponents = await learnExponents(recipe, photos, context, judge);
  const raw = photos.describe(fitted.exponents);
  const fit = new StepFit(recipe, photos, context, judge, fitted);
  fitted.selection = await fit.selection(raw);
  fitted.standardisations = fit.standardisations(raw);
  const prepared = preparation(recipe, fitted)(raw);
  fitted.reduction = await fit.reduction(prepared);
  return fitted;
}

async function learnExponents(
  recipe: Recipe,
  photos: TrainingPhotos,
  context: FitContext,
  judge: Judge | null,
): Promise<Fitted['exponents']> {
  const learned = [...recipe.taps.entries()].filter(
    ([, { pooling }]) => pooling.kind === 'gem' && pooling.learned,
  );
  if (learned.length === 0) return new Map();
  const start = recipe.taps.map(({ pooling }) => Math.min(10, exponentOf(pooling)));
  const chosen = (p: readonly number[]) => new Map(learned.map(([place]) => [place, p[place]]));
  const trained = await trainPoolingExponents(photos.nodeTable(), groupsOf(photos), context.product, {
    ...trainingOptions('Learning p', recipe, context, exponentEpochs),
    start,
    ...(judge && {
      heldOut: {
        evaluate: ({ p }) => judge.quality(judge.all.describe(chosen(p)), judge.groups, judge.queries),
      },
    }),
  });
  return chosen(trained.fitted.p);
}

function trainingOptions(
  step: string,
  { learning }: Recipe,
  { onProgress, signal }: FitContext,
  epochs: number,
): Omit<TrainingOptions<never>, 'heldOut'> {
  return {
    seed: learning.seed,
    epochs,
    onProgress: (progress) => onProgress?.(step, progress.done, progress.total, progress),
    ...(signal && { signal }),
  };
}

/** @throws SemblanceError `no-ground-truth` */
function groupsOf({ groups }: TrainingPhotos): Int32Array {
  if (groups) return groups;
  throw new SemblanceError(
    'no-ground-truth',
    'Nothing tells which photos match. Learn from folders, or from self-made pairs.',
  );
}

/** The fits after pooling; each sees the training photos only. */
class StepFit {
  readonly #recipe: Recipe;
  readonly #photos: TrainingPhotos;
  readonly #context: FitContext;
  readonly #judge: Judge | null;
  readonly #fitted: Fitted;

  constructor(
    recipe: Recipe,
    photos: TrainingPhotos,
    context: FitContext,
    judge: Judge | null,
    fitted: Fitted,
  ) {
    this.#recipe = recipe;
    this.#photos = photos;
    this.#context = context;
    this.#judge = judge;
    this.#fitted = fitted;
  }

  async selection(raw: Rows): Promise<Fitted['selection']> {
    const { selection } = this.#recipe;
    if (selection.kind === 'none') return null;
    const inputs = raw.columns;
    if (selection.kind === 'mask') return this.#mask(raw);
    const features = await this.#kept(raw);
    return { inputs, features, factors: null };
  }

  async #kept(raw: Rows): Promise<Uint32Array> {
    const { selection } = this.#recipe;
    const { product, onProgress } = this.#context;
    const labels = selectsByLabel(this.#recipe) ? groupsOf(this.#photos) : new Int32Array();
    onProgress?.('Selecting features', 0, 1);
    switch (selection.kind) {
      case 'variance':
        return keepAbove(featureVariances(raw), selection.threshold);
      case 'anova':
        return keepBest(anovaF(raw, labels), selection.keep);
      case 'mutual-information':
        return keepBest(informationOf(raw, labels), selection.keep);
      case 'elimination':
        return selectByElimination(raw, labels, selection.keep, product, {
          onProgress: (done, total) => onProgress?.('Selecting features', done, total),
        });
      case 'lasso':
        return selectByLasso(raw, labels, selection.strength, product);
      default:
        return Uint32Array.from({ length: raw.columns }, (_, i) => i);
    }
  }

  async #mask(raw: Rows): Promise<NonNullable<Fitted['selection']>> {
    const { selection } = this.#recipe;
    if (selection.kind !== 'mask') throw new SemblanceError('internal', 'There is no mask to learn.');
    const chosen = (gates: Float32Array): NonNullable<Fitted['selection']> => {
      const features = Uint32Array.from(gates.keys()).filter((i) => gates[i] >= closedGate);
      return { inputs: gates.length, features, factors: Float32Array.from(features, (i) => gates[i]) };
    };
    const { fitted } = await trainMask(raw, groupsOf(this.#photos), this.#context.product, {
      ...trainingOptions('Learning a mask', this.#recipe, this.#context, maskEpochs),
      gateTemperature: selection.temperature,
      sparsity: selection.sparsity,
      ...this.#heldOut(({ gates }: { gates: Float32Array }) => {
        const masked = preparation(
          { ...this.#recipe, normalisation: [] },
          { ...this.#fitted, selection: chosen(gates) },
        );
        return (rows) => Promise.resolve(unitRows(masked(rows)));
      }),
    });
    return chosen(fitted.gates);
  }

  /** Judges what is being trained by the descriptors of the judging photos, from their raw ones. */
  #heldOut<State>(transform: (state: State) => (raw: Rows) => Promise<Rows>): {
    heldOut?: { evaluate: (state: State) => Promise<number> };
  } {
    const judge = this.#judge;
    if (!judge) return {};
    const raw = judge.all.describe(this.#fitted.exponents);
    return {
      heldOut: {
        evaluate: async (state) => judge.quality(await transform(state)(raw), judge.groups, judge.queries),
      },
    };
  }

  standardisations(raw: Rows): Fitted['standardisations'] {
    const { normalisation } = this.#recipe;
    const fits: Fitted['standardisations'] = [];
    for (const [place, step] of normalisation.entries()) {
      if (step.kind !== 'standardise') continue;
      const before = { ...this.#recipe, normalisation: normalisation.slice(0, place) };
      fits.push(fitStandardisation(preparation(before, { ...this.#fitted, standardisations: fits })(raw)));
    }
    return fits;
  }

  async reduction(prepared: Rows): Promise<FittedReduction | null> {
    const { reduction } = this.#recipe;
    const { product } = this.#context;
    switch (reduction.kind) {
      case 'none':
        return null;
      case 'pca':
        return { kind: 'pca', fit: await this.#pca(prepared, reduction.dimension) };
      case 'random':
        return {
          kind: 'linear',
          map: randomProjection(prepared.columns, reduction.dimension, reduction.seed),
        };
      case 'learned-whitening': {
        const pairs = pairsOfLabels(groupsOf(this.#photos), mostPairs, this.#recipe.learning.seed);
        this.#context.onProgress?.('Learning a whitening', 0, 1);
        return { kind: 'linear', map: await fitLearnedWhitening(prepared, pairs, reduction, product) };
      }
      case 'projection':
        return { kind: 'linear', map: await this.#projection(prepared, reduction) };
      case 'autoencoder': {
        const { fitted } = await trainAutoencoder(prepared, product, {
          ...trainingOptions('Learning an autoencoder', this.#recipe, this.#context, reduction.epochs),
          hidden: reduction.hidden,
          dimension: reduction.dimension,
        });
        return { kind: 'encoder', fit: fitted };
      }
    }
  }

  #pca(prepared: Rows, dimension: number): Promise<PcaFit> {
    const { product, signal, start, tolerance, onProgress } = this.#context;
    return fitPca(prepared, dimension, product, {
      onProgress: (done, total) => onProgress?.('Finding principal components', done, total),
      ...(signal && { signal }),
      ...(start && { start: componentsOf(start) }),
      ...(tolerance !== undefined && { tolerance }),
    });
  }

  async #projection(
    prepared: Rows,
    reduction: Extract<Recipe['reduction'], { kind: 'projection' }>,
  ): Promise<Extract<FittedReduction, { kind: 'linear' }>['map']> {
    const { dimension, start, epochs } = reduction;
    const from =
      start === 'pca'
        ? linearMapOfPca(await this.#pca(prepared, dimension), {
            dimension,
            whitening: { kind: 'regularised', epsilon: projectionStartWhitening },
            shrinkage: 0,
          })
        : null;
    const { fitted } = await trainProjection(prepared, groupsOf(this.#photos), this.#context.product, {
      ...trainingOptions('Learning a projection', this.#recipe, this.#context, epochs),
      dimension,
      start: from
        ? { rows: from.dimension, columns: from.inputs, values: from.matrix }
        : (start as 'orthogonal'),
      ...(from && { mean: from.mean }),
      ...this.#heldOut(
        ({
          mean,
          components,
          dimension: outputs,
          inputs,
        }: {
          mean: Float32Array;
          components: Float32Array;
          dimension: number;
          inputs: number;
        }) =>
          transformOf(
            this.#recipe,
            {
              ...this.#fitted,
              reduction: { kind: 'linear', map: { mean, matrix: components, dimension: outputs, inputs } },
            },
            this.#context.product,
          ),
      ),
    });
    return {
      mean: fitted.mean,
      matrix: fitted.components,
      dimension: fitted.dimension,
      inputs: fitted.inputs,
    };
  }
}

/** Of features that do not vary it is not asked: the estimator would find some in its own noise. */
function informationOf(raw: Rows, labels: ArrayLike<number>): Float64Array {
  const variances = featureVariances(raw);
  return mutualInformation(raw, labels).map((score, i) => (variances[i] > 0 ? score : NaN));
}

/** ε of the whitened principal components that a projection may start from, the default recipe's. */
const projectionStartWhitening = 0.02;

function componentsOf({ components, dimension, inputs }: PcaFit) {
  return { rows: dimension, columns: inputs, values: Float64Array.from(components) };
}
