/** The arrays of the golden data that score features, for selection: variance, F and mutual information. */
import { anovaF, featureVariances, keepAbove, mutualInformation } from '../descriptor/index.ts';
import { spearman } from './rank-correlation.ts';
import { type ArrayError, compareArrays, type Reference, type ReferenceArray } from './reference-data.ts';

const neighbours = 3;

/**
 * @param features all rows
 * @param arrays the expected scores; those that are missing are passed over
 */
export function* selectionErrors(
  features: ReferenceArray,
  { labels, variance_threshold: selection }: Reference,
  arrays: ReadonlyMap<string, ReferenceArray>,
): Generator<ArrayError> {
  const fisher = arrays.get('f_classif.scores');
  if (fisher && labels) yield compareArrays('f_classif.scores', anovaF(features, labels), fisher.values);

  const variance = arrays.get('variance.values');
  if (variance) {
    const variances = featureVariances(features);
    const error = compareArrays('variance.values', variances, variance.values);
    const kept = selection ? keepAbove(variances, selection.threshold).join() : undefined;
    // Whatever the variances are, to keep other features is to compute something else.
    yield kept === selection?.kept.join()
      ? error
      : { ...error, maxAbsoluteError: Infinity, maxRelativeError: Infinity };
  }

  const information = arrays.get('mutual_info.scores');
  if (information && labels) {
    const scores = mutualInformation(features, labels, { neighbours });
    const informative = [...information.values.keys()].filter((feature) => information.values[feature] > 0);
    // The scores depend on noise, so what counts is the order of the features.
    yield {
      ...compareArrays('mutual_info.scores', scores, information.values),
      spearman: spearman(
        informative.map((feature) => scores[feature]),
        informative.map((feature) => information.values[feature]),
      ),
    };
  }
}
