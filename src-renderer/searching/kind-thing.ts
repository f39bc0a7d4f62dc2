/**
 * Kind ↔ Thing: the place on the slider and the whitening strength ε that it stands for. In the middle is the recipe's own;
 * from there equal ways are equal factors of ε, up to plain PCA on one side and nearly full whitening on the other.
 */
import type { Recipe } from '../../src-main/contract/index.ts';
import { significant } from '../wording.ts';

/** The slider goes from −20, the same kind, to 20, the very same thing. */
export const farthest = 20;

/** From here on, principal components are as good as plain, or as good as fully whitened. */
const kindEpsilon = 10;
const thingEpsilon = 1e-4;
/** The ends lie at least so many times the recipe's own away. */
const leastWay = 10;
const mostEpsilon = 1000;
/** A recipe that whitens fully is as good as this. */
const leastOwn = 1e-6;
/** Stands for recipes whose whitening is of another form; measured to be the best compromise (`defaultRecipe`). */
const usualEpsilon = 0.02;

/** The middle of the scale: the ε of a recipe. */
export function ownEpsilon({ reduction }: Recipe): number {
  const whitening = reduction.kind === 'pca' ? reduction.whitening : null;
  return Math.max(leastOwn, whitening?.kind === 'regularised' ? whitening.epsilon : usualEpsilon);
}

/** Why a recipe's components cannot be weighed anew; null where they can. */
export function obstacleTo(recipe: Recipe | null): string | null {
  if (recipe === null) return 'There is nothing to search yet.';
  if (recipe.reduction.kind === 'pca') return null;
  return 'The recipe in service has no principal components that could be weighed anew. Choose PCA as the reduction in Tune.';
}

function endsFor(own: number): { kind: number; thing: number } {
  return {
    kind: Math.min(mostEpsilon, Math.max(kindEpsilon, leastWay * own)),
    thing: Math.min(thingEpsilon, own / leastWay),
  };
}

/** ε of a place on the slider, to two digits; null for the recipe's own. */
export function epsilonAt(place: number, own: number): number | null {
  if (place === 0) return null;
  const { kind, thing } = endsFor(own);
  const end = place < 0 ? kind : thing;
  return Number((own * (end / own) ** (Math.abs(place) / farthest)).toPrecision(2));
}

/** The place on the slider that is nearest to an ε. */
export function placeOf(epsilon: number | null, own: number): number {
  if (epsilon === null || epsilon === own) return 0;
  const { kind, thing } = endsFor(own);
  const end = epsilon > own ? kind : thing;
  // An own strength at the bound of what there is has no way on that side.
  if (end === own) return 0;
  const way = Math.log(Math.max(epsilon, thing) / own) / Math.log(end / own);
  return Math.sign(own - epsilon) * Math.round(farthest * Math.min(1, way));
}

/** E.g. 'More of the same kind (ε 0.5)'. */
export function placeWords(epsilon: number | null, own: number): string {
  if (epsilon === null) return 'As in the recipe';
  const direction = epsilon > own ? 'More of the same kind' : 'More of the very same thing';
  return `${direction} (ε\u00a0${significant(epsilon, 4)})`;
}
