/** The maths of descriptors: pure functions on typed arrays. */
export { decodeFit, encodeFit } from './fit-file.ts';
export { extractionKey, recipeKey } from './recipe-key.ts';
export {
  activationFloor,
  decodePowerMeans,
  encodePowerMeans,
  gem,
  type PowerMeanLayout,
  powerMeanNodes,
  statisticsPerChannel,
} from './power-means.ts';
export { fitPca, type PcaFit } from './pca.ts';
export { fitStandardisation, l2Normalise, signedPower, standardise } from './normalisation.ts';
export { fromHalf, toHalf } from './half.ts';
export { gemOfMap } from './pooling.ts';
export { type Matrix, type MatrixProduct, plainProduct } from './matrix.ts';
export { rawDescriptor } from './raw-descriptor.ts';
export { componentScales, type Reducer, reducer } from './reduction.ts';
