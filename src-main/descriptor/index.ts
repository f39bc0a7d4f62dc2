/** The maths of descriptors: pure functions on typed arrays. */
export { canonical } from './canonical.ts';
export { inverseCholesky } from './cholesky.ts';
export { addToGrid, commonSize, type Grid } from './common-grid.ts';
export { type EncoderFit, encode } from './encoder.ts';
export {
  type AttentionByTap,
  type Extraction,
  extractionKey,
  extractionOf,
  layoutOf,
  modelsOfExtraction,
  placesIn,
} from './extraction.ts';
export { Explainer, type SplitScore } from './explanation.ts';
export { anovaF, featureVariances, keepAbove, keepBest } from './filter-selection.ts';
export { decodeFit, encodeFit } from './fit-file.ts';
export { type Fitted, fittedByPca, type FittedReduction, learnedPooling, nothingFitted } from './fitted.ts';
export { decodeExtraction, decodeFitted, encodeExtraction, encodeFitted } from './fitted-file.ts';
export { groupedBy } from './grouped-by.ts';
export { fromHalf, toHalf } from './half.ts';
export { type FeatureMap, positionsThatCount, statisticWithout } from './ignored-positions.ts';
export {
  cellsWhere,
  decodeLocalFeatures,
  encodeLocalFeatures,
  type LocalFeatures,
  localFeaturesKey,
  localFeaturesOf,
  mostLocalFeatureBytes,
  wordsPerCell,
} from './local-features.ts';
export { applyLinear, type LinearMap, linearMapOfPca } from './linear-map.ts';
export {
  type Matrix,
  type MatrixProduct,
  plainProduct,
  rowProduct,
  rowAt,
  type Rows,
  rowsOf,
  takeRows,
  type Values,
} from './matrix.ts';
export { mutualInformation } from './mutual-information.ts';
export {
  fitStandardisation,
  l2Normalise,
  scaleToUnit,
  signedPower,
  type Standardisation,
  standardise,
} from './normalisation.ts';
export { fitPca, type PcaFit } from './pca.ts';
export { positionPoolingOf, sharesOfPositions } from './position-shares.ts';
export { PowerMeanPooling } from './pooled-power-means.ts';
export { attentionOfMap, attentionOfPositions, averageOfMap, gemOfMap, pyramidOfMap } from './pooling.ts';
export {
  activationFloor,
  gem,
  type PowerMeanLayout,
  powerMeanNodes,
  statisticsPerChannel,
} from './power-means.ts';
export { gaussianFrom, randomFrom, shuffled } from './random.ts';
export { randomProjection } from './random-projection.ts';
export { exponentOf, type LearnedPooling, RawDescriber } from './raw-descriptor.ts';
export { recipeKey } from './recipe-key.ts';
export { laplacianVariance } from './sharpness.ts';
export { codeLength, decodeFirstCode, decodeStatistics, encodeStatistics } from './statistics-code.ts';
export {
  type AttentionWeights,
  checkedAttention,
  checkedLevels,
  statisticLength,
  type TapStatistic,
} from './tap-statistics.ts';
export { rewhiteningFactors } from './rewhitening.ts';
export { rowsByLabel } from './rows-by-label.ts';
export { meanRow } from './scatter.ts';
export { preparation, type Transform, transformOf, unitRows } from './transform.ts';
export * as wasm from './wasm.ts';
