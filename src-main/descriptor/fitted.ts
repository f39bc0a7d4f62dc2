/** All that was fitted for a recipe, as plain data that is saved with its generation. */
import type { AttentionByTap } from './extraction.ts';
import type { EncoderFit } from './encoder.ts';
import type { LinearMap } from './linear-map.ts';
import type { Standardisation } from './normalisation.ts';
import type { PcaFit } from './pca.ts';
import type { LearnedPooling } from './raw-descriptor.ts';

export interface FeatureSelection {
  /** Length of the vectors that are selected from. */
  inputs: number;
  /** Those kept, ascending. */
  features: Uint32Array;
  /** What each is multiplied by, or null for one. */
  factors: Float32Array | null;
}

export type FittedReduction =
  { kind: 'pca'; fit: PcaFit } | { kind: 'linear'; map: LinearMap } | { kind: 'encoder'; fit: EncoderFit };

export interface Fitted {
  /** Photos that were looked at. */
  fittedOn: number;
  /** Learned exponents, by the tap's place in the recipe. */
  exponents: ReadonlyMap<number, number>;
  /** Learned attention, likewise. */
  attention: AttentionByTap;
  selection: FeatureSelection | null;
  /** One for each step of the recipe's normalisation that standardises, in order. */
  standardisations: Standardisation[];
  reduction: FittedReduction | null;
}

/** Where nothing was fitted: descriptors keep all their dimensions. */
export const nothingFitted: Fitted = {
  fittedOn: 0,
  exponents: new Map(),
  attention: new Map(),
  selection: null,
  standardisations: [],
  reduction: null,
};

/** A fit that consists of nothing but principal components. */
export function fittedByPca(fit: PcaFit): Fitted {
  return { ...nothingFitted, fittedOn: fit.fittedOn, reduction: { kind: 'pca', fit } };
}

export function learnedPooling({ exponents, attention }: Fitted): LearnedPooling {
  return { exponents, attention };
}
