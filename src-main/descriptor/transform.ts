/** From the raw descriptor to the final one: selection, normalisation, reduction, unit length. */
import { type Recipe, SemblanceError } from '../contract/index.ts';
import { encode } from './encoder.ts';
import type { Fitted } from './fitted.ts';
import { applyLinear, type LinearMap, linearMapOfPca } from './linear-map.ts';
import { type MatrixProduct, rowAt, type Rows } from './matrix.ts';
import { scaleToUnit, signedPower, type Standardisation, standardise } from './normalisation.ts';

/** Raw descriptors, one a row, become final ones, of unit length. */
export type Transform = (raw: Rows) => Promise<Rows>;

/**
 * @param fitted what was fitted for the recipe
 * @throws SemblanceError (from the transform) `recipe-mismatch` when the fit was made for other descriptors
 */
export function transformOf(recipe: Recipe, fitted: Fitted, product: MatrixProduct): Transform {
  const prepare = preparation(recipe, fitted);
  const reduce = reductionOf(recipe, fitted, product);
  return async (raw) => unitRows(await reduce(prepare(raw)));
}

/** Selection and normalisation, which come before reduction. Returns rows of its own. */
export function preparation(recipe: Recipe, { selection, standardisations }: Fitted): (raw: Rows) => Rows {
  return (raw) => {
    const rows = selected(raw, selection);
    let standardised = 0;
    for (const step of recipe.normalisation) {
      const scores = step.kind === 'standardise' ? standardisations.at(standardised++) : undefined;
      for (let row = 0; row < rows.rows; row++) normalise(step, rowAt(rows, row), scores);
    }
    return rows;
  };
}

function selected(raw: Rows, selection: Fitted['selection']): Rows {
  if (selection === null) return { ...raw, values: raw.values.slice() };
  if (raw.columns !== selection.inputs) throw otherRecipe();
  const { features, factors } = selection;
  const values = new Float32Array(raw.rows * features.length);
  for (let row = 0; row < raw.rows; row++) {
    const source = rowAt(raw, row);
    const start = row * features.length;
    for (let i = 0; i < features.length; i++) {
      values[start + i] = source[features[i]] * (factors === null ? 1 : factors[i]);
    }
  }
  return { rows: raw.rows, columns: features.length, values };
}

/** One step on one row, in place. */
function normalise(
  step: Recipe['normalisation'][number],
  row: Float32Array,
  scores: Standardisation | undefined,
): void {
  if (step.kind === 'l2') scaleToUnit(row);
  else if (step.kind === 'standardise') {
    if (!scores || scores.mean.length !== row.length) throw otherRecipe();
    standardise(scores, row);
  } else signedPower(row, step.exponent);
}

function reductionOf({ reduction }: Recipe, fitted: Fitted, product: MatrixProduct): Transform {
  const fit = fitted.reduction;
  if (reduction.kind === 'none' || fit === null) return (rows) => Promise.resolve(rows);
  if (fit.kind === 'encoder') return (rows) => encode(fit.fit, rows, product);
  const map = linearPart(reduction, fit);
  return (rows) => applyLinear(map, rows, product);
}

/** The linear map of a reduction, where it is one. @throws SemblanceError `recipe-mismatch` */
export function linearPart(
  reduction: Recipe['reduction'],
  fit: Exclude<NonNullable<Fitted['reduction']>, { kind: 'encoder' }>,
): LinearMap {
  if (fit.kind === 'linear') return fit.map;
  if (reduction.kind !== 'pca') throw otherRecipe();
  return linearMapOfPca(fit.fit, reduction);
}

/** In place. */
export function unitRows(rows: Rows): Rows {
  for (let row = 0; row < rows.rows; row++) scaleToUnit(rowAt(rows, row));
  return rows;
}

function otherRecipe(): SemblanceError {
  return new SemblanceError('recipe-mismatch', 'The fit was made for another recipe. Index again.');
}
