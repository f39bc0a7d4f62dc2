/** Evaluation of what is fitted, on photos that the fit has not seen. */
import { SemblanceError } from '../contract/index.ts';
import { type MatrixProduct, type Rows, takeRows } from '../descriptor/index.ts';
import { splits } from './folds.ts';
import { type GroundTruthQuery, groundTruthOfLabels } from './ground-truth.ts';
import {
  gatherReport,
  type RankedQuery,
  type RankingOptions,
  rankQueries,
  type RankingReport,
} from './ranking.ts';

/** The photos of all folds but one. */
export interface TrainingSet {
  rows: Rows;
  labels: number[];
}

/** Fits on training photos, and gives what turns any photos' raw descriptors into final ones. */
export type FitTransform = (train: TrainingSet) => Promise<(rows: Rows) => Promise<Rows>>;

export interface HeldOutTask {
  /** Raw descriptors, one a row. */
  rows: Rows;
  /** One a row; photos of a label belong together. */
  labels: ArrayLike<number>;
  /** What should be found, where labels are not all that there is. */
  groundTruth?: GroundTruthQuery[];
  /** The fold of each row, as `foldsOf` gives it. */
  folds: ArrayLike<number>;
  /** Its results must be unit vectors. */
  fitTransform: FitTransform;
}

/**
 * For each fold, fits on the others only, and lets the fold's photos search among all photos. So every photo is a
 * query once, of a fit that has not seen it, while the library that it searches is whole.
 * @returns all folds' queries pooled, by row
 * @throws SemblanceError `invalid-arguments` when there are not as many labels and folds as rows,
 * `not-enough-photos` when there is only one fold
 */
export async function evaluateHeldOut(
  { rows, labels, groundTruth = groundTruthOfLabels(labels), folds, fitTransform }: HeldOutTask,
  product: MatrixProduct,
  { onProgress, best }: RankingOptions = {},
): Promise<RankingReport> {
  checkLengths(rows, labels, folds);
  async function* rankings(): AsyncGenerator<RankedQuery> {
    for (const { train, held } of splits(folds)) {
      const asking = new Set(held);
      const queries = groundTruth.filter(({ query }) => asking.has(query));
      if (queries.length === 0) continue;
      const transform = await fitTransform(trainingSet(rows, labels, train));
      yield* rankQueries({ database: await transform(rows) }, queries, product, best);
    }
  }
  const report = await gatherReport(rankings(), (done) => onProgress?.(done, groundTruth.length));
  report.perQuery.sort((a, b) => a.query - b.query);
  return report;
}

/** Copies, so that a fit has no way to the photos held out. */
export function trainingSet(rows: Rows, labels: ArrayLike<number>, train: number[]): TrainingSet {
  return { rows: takeRows(rows, train), labels: train.map((row) => labels[row]) };
}

export function checkLengths(rows: Rows, labels: ArrayLike<number>, folds: ArrayLike<number>): void {
  if (labels.length !== rows.rows || folds.length !== rows.rows) {
    throw new SemblanceError(
      'invalid-arguments',
      `There are ${rows.rows} photos, but ${labels.length} labels and ${folds.length} folds.`,
    );
  }
}
