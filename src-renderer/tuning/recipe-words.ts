/** A recipe in a few words, stage by stage and as a whole. */
import {
  type ModelInfo,
  modelNames,
  type Normalisation,
  type Pooling,
  type Recipe,
  type Reduction,
  type Selection,
  type Whitening,
} from '../../src-main/contract/index.ts';
import { plural } from '../plural.ts';
import { significant } from '../wording.ts';
import type { StageName } from './stages.ts';

export const poolingTitles: Record<Pooling['kind'], string> = {
  average: 'Average',
  max: 'Maximum',
  gem: 'GeM',
  pyramid: 'Pyramid',
  attention: 'Attention',
};

export const selectionTitles: Record<Selection['kind'], string> = {
  none: 'None',
  variance: 'Variance threshold',
  anova: 'ANOVA F',
  'mutual-information': 'Mutual information',
  elimination: 'Recursive elimination',
  lasso: 'L1 logistic regression',
  mask: 'Learned mask',
};

export const normalisationTitles: Record<Normalisation['kind'], string> = {
  l2: 'L2',
  standardise: 'Standardise',
  power: 'Signed power',
};

export const reductionTitles: Record<Reduction['kind'], string> = {
  none: 'None',
  pca: 'PCA',
  random: 'Random projection',
  autoencoder: 'Autoencoder',
  projection: 'Learned projection',
  'learned-whitening': 'Learned whitening',
};

export const whiteningTitles: Record<Whitening['kind'], string> = {
  none: 'None',
  regularised: 'Regularised',
  power: 'Power',
};

/** What fits under the title of a stage. */
// @wc-include
const terms = {
  attention: 'attention',
  avg: 'avg',
  concat: 'concat',
  gem: 'gem',
  lasso: 'lasso',
  mask: 'mask',
  max: 'max',
  mean: 'mean',
  none: 'none',
  pyramid: 'pyramid',
  variance: 'variance',
};

/** At most three digits that say something, e.g. 0.707. */
export function short(number: number): string {
  return significant(number, 3);
}

function poolingWords(pooling: Pooling): string {
  switch (pooling.kind) {
    case 'gem':
      return pooling.learned ? `${short(pooling.p)}*` : short(pooling.p);
    case 'average':
      return terms.avg;
    case 'max':
      return terms.max;
    case 'pyramid':
      return terms.pyramid;
    case 'attention':
      return terms.attention;
  }
}

function reductionWords(reduction: Reduction): string {
  if (reduction.kind === 'none') return terms.none;
  const { dimension } = reduction;
  switch (reduction.kind) {
    case 'pca': {
      const { whitening } = reduction;
      if (whitening.kind === 'none') return `PCA ${dimension}`;
      return whitening.kind === 'regularised'
        ? `PCA ${dimension}, ε ${short(whitening.epsilon)}`
        : `PCA ${dimension}, λ^−${short(whitening.exponent)}`;
    }
    case 'random':
      return `random ${dimension}`;
    case 'autoencoder':
      return `autoencoder ${dimension}`;
    case 'projection':
      return `learned ${dimension}`;
    case 'learned-whitening':
      return `whitened ${dimension}`;
  }
}

/** What a tap is called: where there are two models, with its model. */
export function tapWords(recipe: Recipe, model: string, name: string): string {
  return modelNames(recipe).length > 1 ? `${name} of ${model}` : name;
}

/** What a stage does in a recipe, in as few words as fit under its title. */
export function stageWords(stage: StageName, recipe: Recipe, models: readonly ModelInfo[]): string {
  const { longerSide, scales, taps, aggregation, selection, normalisation, reduction } = recipe;
  switch (stage) {
    case 'model':
      return modelNames(recipe)
        .map((model) =>
          models.some(({ name }) => name === model) || models.length === 0 ? model : `${model}?`,
        )
        .join(' + ');
    case 'size':
      return `${longerSide} px × ${scales.length}`;
    case 'taps':
      return `${taps.length} on`;
    case 'pooling':
      return taps.map(({ pooling }) => poolingWords(pooling)).join(' · ');
    case 'joining':
      return `${terms[aggregation.taps.kind]}, ${terms[aggregation.scales.kind]}`;
    case 'selection':
      return 'keep' in selection ? `best ${selection.keep}` : terms[selection.kind];
    case 'normalisation':
      return normalisation.length === 0
        ? terms.none
        : normalisation
            .map((step) =>
              step.kind === 'power' ? `x^${short(step.exponent)}` : normalisationTitles[step.kind],
            )
            .join(', ');
    case 'reduction':
      return reductionWords(reduction);
    case 'length':
      return recipe.augmentation ? `L2, ${recipe.augmentation.neighbours} mixed in` : 'L2';
  }
}

/** E.g. '512 px × 3, pooling 5 · 5 · 3 · 1, PCA 256, ε 0.02'; where there are two models, they come first. */
export function recipeWords(recipe: Recipe): string {
  const { augmentation, reduction } = recipe;
  const mixed = augmentation?.neighbours ?? 0;
  return [
    ...(modelNames(recipe).length > 1 ? [stageWords('model', recipe, [])] : []),
    stageWords('size', recipe, []),
    `pooling ${stageWords('pooling', recipe, [])}`,
    reductionWords(reduction),
    ...(augmentation ? [plural(mixed, ['# similar photo mixed in', '# similar photos mixed in'])] : []),
  ].join(', ');
}
