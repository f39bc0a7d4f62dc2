/**
 * Why two photos match: their score as a sum over what each tap saw at each scale (design.md §3.7).
 *
 * With the lengths that vectors are divided by taken as they are, a descriptor d = Σ_c x_c·W_c − b is linear in the
 * pooled activations x of its photo, so that for the other photo's unit descriptor q
 *
 *     score = q·d = Σ_c (q·W_c)·x_c − q·b,
 *
 * where W_c holds the tap's weight over its length, the scale's part and its length, selection, standardisation, the
 * column of the reduction with its whitening, and the length of the whole; b is what means that are subtracted come to.
 * Each x_c is then parted over the positions that it was pooled from (`position-shares`). The same is done for the other
 * photo, with the roles exchanged.
 */
import { type Recipe, SemblanceError } from '../contract/index.ts';
import { tapProjections } from './aggregation.ts';
import type { Extraction } from './extraction.ts';
import { type Fitted, learnedPooling } from './fitted.ts';
import type { LinearMap } from './linear-map.ts';
import {
  joinByElement,
  joinEndToEnd,
  passAll,
  type Passed,
  passEach,
  type PassedJoint,
  passEncoder,
  passLinear,
  passSelection,
  passStandardise,
  passUnit,
  type Signal,
  signalOf,
} from './linearisation.ts';
import { signedPowerOf } from './normalisation.ts';
import { RawDescriber } from './raw-descriptor.ts';
import { linearPart } from './transform.ts';

/** One tap at one scale, by their places in the recipe. */
export interface SplitPart {
  scale: number;
  tap: number;
  /** What the tap's map was pooled to. */
  pooled: Float32Array;
  /** What each of these numbers counts for, so that `pooled` · `weights` is the part's share of the score. */
  weights: Float64Array;
}

/** A score in parts: Σ pooled · weights + constant. */
export interface SplitScore {
  score: number;
  constant: number;
  parts: SplitPart[];
}

type Step = (given: Signal) => Passed;

export class Explainer {
  /** Whether a step of the recipe is not linear, so that there are other ways to part its scores. */
  readonly isApproximate: boolean;
  readonly #recipe: Recipe;
  readonly #describer: RawDescriber;
  readonly #projections: LinearMap[] | null;
  readonly #transform: Step[];

  /** @throws SemblanceError `recipe-mismatch` when fit or extraction are of another recipe */
  constructor(recipe: Recipe, extraction: Extraction, fitted: Fitted) {
    this.#recipe = recipe;
    this.#describer = new RawDescriber(recipe, extraction, learnedPooling(fitted));
    const { taps } = recipe.aggregation;
    this.#projections =
      taps.kind === 'concat' ? null : tapProjections(taps.dimension, this.#describer.lengths);
    this.#transform = transformSteps(recipe, fitted);
    const hasPower = recipe.normalisation.some((step) => step.kind === 'power' && step.exponent !== 1);
    this.isApproximate = hasPower || fitted.reduction?.kind === 'encoder';
  }

  /**
   * @param code the photo's statistics, as `encodeStatistics` made them for the extraction
   * @param target descriptor of the other photo, or of a query
   * @throws SemblanceError `library-damaged`, or `recipe-mismatch` when the target is of another recipe
   */
  split(code: Uint8Array, target: ArrayLike<number>): SplitScore {
    const { aggregation } = this.#recipe;
    const pooled = this.#describer.poolTaps(code);
    const scales = pooled.map((taps) => this.#joinTaps(taps, aggregation.normalise === 'each-scale'));
    const joint = joinByElement(
      scales.map(({ signal }) => signal),
      aggregation.scales,
    );
    const final = passAll(joint.signal, [
      (given) => passUnit(given, 1, aggregation.normalise !== 'none'),
      ...this.#transform,
      (given) => passUnit(given),
    ]);
    if (target.length !== final.signal.seen.length) {
      throw new SemblanceError(
        'recipe-mismatch',
        'The two photos are described by different recipes. Search again.',
      );
    }
    const weights = final.back(Float64Array.from(target));
    const parts = pooled.flatMap((taps, scale) => {
      const ofScale = joint.backs[scale](weights);
      return taps.map((values, tap): SplitPart => ({
        scale,
        tap,
        pooled: values,
        weights: scales[scale].backs[tap](ofScale),
      }));
    });
    return { score: dot(final.signal.seen, target), constant: dot(final.signal.blank, target), parts };
  }

  /** Each tap, made unit and weighted, and then all joined. */
  #joinTaps(pooled: Float32Array[], isUnit: boolean): PassedJoint {
    const projections = this.#projections;
    const taps = pooled.map((values, tap) => {
      const { normalise, weight } = this.#recipe.taps[tap];
      const steps: Step[] = [(given) => passUnit(given, weight, normalise)];
      if (projections) steps.push((given) => passLinear(given, projections[tap]));
      return passAll(signalOf(values), steps);
    });
    const signals = taps.map(({ signal }) => signal);
    const { taps: kind } = this.#recipe.aggregation;
    const joint = kind.kind === 'concat' ? joinEndToEnd(signals) : joinByElement(signals, kind);
    const unit = passUnit(joint.signal, 1, isUnit);
    return {
      signal: unit.signal,
      backs: taps.map(
        ({ back }, tap) =>
          (weights) =>
            back(joint.backs[tap](unit.back(weights))),
      ),
    };
  }
}

/** Selection, normalisation and reduction, as `transformOf` does them. */
function transformSteps(recipe: Recipe, { selection, standardisations, reduction }: Fitted): Step[] {
  const steps: Step[] = [];
  if (selection) steps.push((given) => passSelection(given, selection));
  let standardised = 0;
  for (const step of recipe.normalisation) {
    if (step.kind === 'l2') steps.push((given) => passUnit(given));
    else if (step.kind === 'power') {
      steps.push((given) => passEach(given, (value) => signedPowerOf(value, step.exponent)));
    } else {
      const scores = standardisations.at(standardised++);
      if (!scores)
        throw new SemblanceError('recipe-mismatch', 'The fit was made for another recipe. Index again.');
      steps.push((given) => passStandardise(given, scores));
    }
  }
  if (recipe.reduction.kind === 'none' || reduction === null) return steps;
  if (reduction.kind === 'encoder') return [...steps, (given) => passEncoder(given, reduction.fit)];
  const map = linearPart(recipe.reduction, reduction);
  return [...steps, (given) => passLinear(given, map)];
}

function dot(a: Float64Array, b: ArrayLike<number>): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
