/** From power means to the descriptor before reduction. */
import { type Recipe, SemblanceError } from '../contract/index.ts';
import { l2Normalise } from './normalisation.ts';
import { gem, layoutLength, type PowerMeanLayout, statisticsPerChannel } from './power-means.ts';

/**
 * Pools every tap at every scale with the recipe's p, L2-normalises each tap, concatenates the taps, L2-normalises,
 * averages the scales and L2-normalises the mean.
 * @param values power means in the order of the layout
 * @returns as many numbers as the recipe's taps have channels
 * @throws SemblanceError `recipe-mismatch` when the power means do not belong to the recipe
 */
export function rawDescriptor(recipe: Recipe, layout: PowerMeanLayout, values: Float32Array): Float32Array {
  if (
    values.length !== layoutLength(layout) ||
    layout.scales !== recipe.scales.length ||
    layout.taps.length !== recipe.taps.length
  ) {
    throw new SemblanceError(
      'recipe-mismatch',
      'Stored feature statistics belong to another recipe. Index again.',
    );
  }
  const channels = layout.taps.reduce((sum, tap) => sum + tap.channels, 0);
  const mean = new Float32Array(channels);
  let offset = 0;
  for (let scale = 0; scale < layout.scales; scale++) {
    const parts = new Float32Array(channels);
    let position = 0;
    for (const [i, tap] of layout.taps.entries()) {
      const length = statisticsPerChannel * tap.channels;
      const { p, weight } = recipe.taps[i];
      const statistics = values.subarray(offset, offset + length);
      const pooled = l2Normalise(gem(statistics, tap.channels, p === 'max' ? Infinity : p));
      for (const value of pooled) parts[position++] = value * weight;
      offset += length;
    }
    l2Normalise(parts).forEach((value, i) => (mean[i] += value));
  }
  return l2Normalise(mean);
}
