/** Looks for a better recipe among those that the cache can answer, within a time, and says honestly how good it is. */
import { type Recipe, SemblanceError, type Tap, type TuneSearchFinding } from '../contract/index.ts';
import { type Fitted, type MatrixProduct, type PcaFit, randomFrom } from '../descriptor/index.ts';
import { compareRecipes, evaluateRanking, type QueryResult } from '../evaluate/index.ts';
import { fitRecipe, isHeldOut, withoutLearning } from '../learn/index.ts';
import type { CachedPhotos } from './cached-photos.ts';
import { describePhotos } from './measure-cached.ts';

export interface SearchLimits {
  recipe: Recipe;
  seconds: number;
}

export interface SearchListener {
  onProgress: (seconds: number, ofSeconds: number) => void;
  /** Told of the best so far, the last time at the end. */
  onFinding: (finding: TuneSearchFinding) => void;
}

/** Share of the photos that choose no recipe and tell how good the chosen one is. */
const judgingShare = 0.4;
/** Relative error of variances that is good enough to choose by. */
const searchTolerance = 1e-3;
/** A recipe must be better by this much, or luck would choose. */
const leastGain = 5e-4;

const exponents = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
const weights = [0, 0.25, 0.5, 0.7, 1, 1.4, 2];
const dimensions = [64, 96, 128, 192, 256, 384, 512];
const epsilons = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3];
const powers = [0.1, 0.2, 0.25, 0.3, 0.4, 0.5];

interface Candidate {
  recipe: Recipe;
  fitted: Fitted;
  quality: number;
}

/**
 * Changes one thing at a time and keeps what is better on the choosing photos; each result is then measured on the
 * photos that chose nothing. Deterministic but for where the time ends.
 * @throws SemblanceError `no-ground-truth` when too few photos match
 */
export async function searchRecipe(
  { recipe, seconds }: SearchLimits,
  photos: CachedPhotos,
  product: MatrixProduct,
  { onProgress, onFinding }: SearchListener,
): Promise<void> {
  const startedMs = performance.now();
  const elapsed = (): number => (performance.now() - startedMs) / 1000;
  const { seed } = recipe.learning;
  const truth = photos.groundTruth();
  const judging = truth.filter(({ query }) => isHeldOut(photos.ids[query], judgingShare, seed));
  const choosing = truth.filter(({ query }) => !isHeldOut(photos.ids[query], judgingShare, seed));
  if (judging.length < 2 || choosing.length < 2) {
    throw new SemblanceError(
      'no-ground-truth',
      'Too few photos belong together to choose by. Label more of them, or make pairs first.',
    );
  }
  const results = async (
    { recipe: tried, fitted }: Pick<Candidate, 'recipe' | 'fitted'>,
    queries: typeof truth,
  ) => {
    const database = await describePhotos({ recipe: tried, fitted }, photos, product);
    return evaluateRanking({ database }, queries, product);
  };
  const judge = async (candidate: Candidate): Promise<QueryResult[]> =>
    (await results(candidate, judging)).perQuery;
  const attempt = async (tried: Recipe, start: PcaFit | undefined): Promise<Candidate> => {
    const fitted = await fitRecipe(tried, photos.with(tried), { product, start, tolerance: searchTolerance });
    return { recipe: tried, fitted, quality: (await results({ recipe: tried, fitted }, choosing)).mAP };
  };

  const random = randomFrom(seed);
  let best = await attempt(withoutLearning(recipe), undefined);
  const baseline = await judge(best);
  let tried = 1;
  let found = baseline;
  while (elapsed() < seconds) {
    const changed = neighbourOf(best.recipe, random);
    const candidate = await attempt(changed, warmStart(best, changed));
    tried += 1;
    onProgress(Math.min(seconds, elapsed()), seconds);
    if (candidate.quality > best.quality + leastGain) {
      best = candidate;
      found = await judge(best);
      onFinding(findingOf(best.recipe, tried, baseline, found));
    }
  }
  onFinding(findingOf(best.recipe, tried, baseline, found));
}

function findingOf(
  recipe: Recipe,
  tried: number,
  baseline: QueryResult[],
  found: QueryResult[],
): TuneSearchFinding {
  const { interval } = compareRecipes(baseline, found);
  return { recipe, tried, before: meanPrecision(baseline), after: meanPrecision(found), ...interval };
}

function meanPrecision(queries: QueryResult[]): number {
  return queries.reduce((sum, { averagePrecision }) => sum + averagePrecision, 0) / queries.length;
}

/** The best fit so far, where the principal components of the changed recipe cannot lie far from its. */
function warmStart({ recipe, fitted }: Candidate, changed: Recipe): PcaFit | undefined {
  const fit = fitted.reduction;
  if (fit?.kind !== 'pca' || changed.reduction.kind !== 'pca') return undefined;
  const sameLength = recipe.taps.length === changed.taps.length;
  return sameLength && fit.fit.dimension >= changed.reduction.dimension ? fit.fit : undefined;
}

/** A recipe that differs in one thing. */
function neighbourOf(recipe: Recipe, random: () => number): Recipe {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)];
  const place = Math.floor(random() * recipe.taps.length);
  const withTap = (change: (tap: Tap) => Tap): Recipe => ({
    ...recipe,
    taps: recipe.taps.map((tap, i) => (i === place ? change(tap) : tap)),
  });
  const { reduction } = recipe;
  const changes: (() => Recipe)[] = [
    () => withTap((tap) => ({ ...tap, pooling: { kind: 'gem', p: pick(exponents), learned: false } })),
    () => withTap((tap) => ({ ...tap, weight: pick(weights) })),
    () => withAnotherScale(recipe, pick),
    () => ({
      ...recipe,
      normalisation: pick([[], [{ kind: 'power', exponent: 0.5 }], [{ kind: 'power', exponent: 0.7 }]]),
    }),
  ];
  if (reduction.kind === 'pca') {
    changes.push(
      () => ({ ...recipe, reduction: { ...reduction, dimension: pick(dimensions) } }),
      () => ({
        ...recipe,
        reduction: { ...reduction, whitening: { kind: 'regularised', epsilon: pick(epsilons) } },
      }),
      () => ({
        ...recipe,
        reduction: { ...reduction, whitening: { kind: 'power', exponent: pick(powers) } },
      }),
    );
  }
  const changed = pick(changes)();
  // Without any tap that counts there is nothing to describe.
  return changed.taps.some(({ weight }) => weight > 0) ? changed : recipe;
}

function withAnotherScale(recipe: Recipe, pick: <Item>(items: readonly Item[]) => Item): Recipe {
  const { scales } = recipe;
  if (scales.length < 2) return recipe;
  const dropped = pick(scales);
  return { ...recipe, scales: scales.filter((scale) => scale !== dropped) };
}
