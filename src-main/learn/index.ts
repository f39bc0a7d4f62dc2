/** Training and fitting on arrays: no files, no database. */
export { trainAttention } from './attention.ts';
export { type FitContext, fitRecipe } from './fit-recipe.ts';
export { fitGuarded, withoutLearning } from './guarded-fit.ts';
export { fitLogistic, predictLabels } from './logistic-regression.ts';
export type { NodeTable } from './pooling-exponent.ts';
export { isHeldOut, type Quality, type TrainingPhotos } from './training-photos.ts';
