/** From cached statistics to the descriptor before selection and reduction. */
import { type Pooling, type Recipe, SemblanceError } from '../contract/index.ts';
import { joinScales, joinTaps } from './aggregation.ts';
import { type AttentionByTap, type Extraction, layoutOf, type Places, placesIn } from './extraction.ts';
import { scaleToUnit } from './normalisation.ts';
import { PowerMeanPooling } from './pooled-power-means.ts';
import type { PowerMeanLayout } from './power-means.ts';
import { alignedCode, codeOffsets, plainStatistics, powerMeanCode } from './statistics-code.ts';
import { statisticLength } from './tap-statistics.ts';

/** What a recipe has learned of its pooling, by the tap's place in the recipe. */
export interface LearnedPooling {
  exponents: ReadonlyMap<number, number>;
  attention: AttentionByTap;
}

export const nothingLearned: LearnedPooling = { exponents: new Map(), attention: new Map() };

/** Pools the photos of one extraction by one recipe. */
export class RawDescriber {
  /** Length of the descriptors. */
  readonly dimension: number;
  /** How many numbers each tap is pooled to. */
  readonly lengths: number[];
  readonly #recipe: Recipe;
  readonly #extraction: Extraction;
  readonly #layout: PowerMeanLayout;
  readonly #places: Places;
  readonly #offsets: number[][];
  /** By the tap's place in the recipe; used where the tap's statistic is power means. */
  readonly #poolings: PowerMeanPooling[];
  readonly #join: (taps: Float32Array[]) => Float32Array;

  /** @throws SemblanceError `recipe-mismatch` when the extraction lacks something that the recipe needs */
  constructor(recipe: Recipe, extraction: Extraction, learned: LearnedPooling = nothingLearned) {
    const places = placesIn(extraction, recipe, learned.attention);
    if (places === null) {
      throw new SemblanceError(
        'recipe-mismatch',
        'The stored feature statistics lack what this recipe needs. Index again.',
      );
    }
    this.#recipe = recipe;
    this.#extraction = extraction;
    this.#layout = layoutOf(extraction);
    this.#places = places;
    this.#offsets = codeOffsets(this.#layout);
    this.#poolings = recipe.taps.map(
      ({ pooling }, tap) => new PowerMeanPooling(learned.exponents.get(tap) ?? exponentOf(pooling)),
    );
    this.lengths = recipe.taps.map((tap, i) =>
      lengthOf(tap.pooling, extraction.taps[places.taps[i]].channels),
    );
    const { dimension, join } = joinTaps(recipe.aggregation.taps, this.lengths);
    this.dimension = dimension;
    this.#join = join;
  }

  /**
   * @param bytes a photo's statistics, as `encodeStatistics` made them for the extraction
   * @throws SemblanceError `library-damaged`
   */
  describe(bytes: Uint8Array): Float32Array {
    const { aggregation } = this.#recipe;
    const scales = this.poolTaps(bytes).map((taps) => {
      const joined = this.#join(
        taps.map((pooled, tap) => {
          const { normalise, weight } = this.#recipe.taps[tap];
          return scaleToUnit(pooled, weight, normalise);
        }),
      );
      return aggregation.normalise === 'each-scale' ? scaleToUnit(joined) : joined;
    });
    return scaleToUnit(joinScales(aggregation.scales, scales), 1, aggregation.normalise !== 'none');
  }

  /**
   * What each tap of each scale of the recipe is pooled to, of whatever length.
   * @throws SemblanceError `library-damaged`
   */
  poolTaps(bytes: Uint8Array): Float32Array[][] {
    const code = alignedCode(this.#layout, bytes);
    return this.#places.scales.map((scale) =>
      this.#recipe.taps.map((_, tap) => this.#pooled(code, scale, tap)),
    );
  }

  #pooled(code: Uint8Array, scale: number, tap: number): Float32Array {
    const place = this.#places.taps[tap];
    const { channels, statistic } = this.#extraction.taps[place];
    const at = this.#offsets[scale][place];
    return statistic.kind === 'power-means'
      ? this.#poolings[tap].pool(powerMeanCode(code, at, channels), channels)
      : plainStatistics(code, at, statisticLength(statistic, channels));
  }
}

function lengthOf(pooling: Pooling, channels: number): number {
  return pooling.kind === 'pyramid' ? statisticLength(pooling, channels) : channels;
}

/** The exponent of GeM that a pooling is: 1 for the average, Infinity for the maximum. */
export function exponentOf(pooling: Pooling): number {
  if (pooling.kind === 'gem') return pooling.p;
  return pooling.kind === 'max' ? Infinity : 1;
}
