/** Ground truth and metrics. */
export { compareRecipes } from './compare.ts';
export { foldsOf } from './folds.ts';
export {
  type Difficulty,
  type FileQuery,
  type GroundTruthFile,
  parseGroundTruth,
  readGroundTruthFile,
} from './ground-truth-file.ts';
export { groundTruthRows } from './ground-truth-rows.ts';
export { type GroundTruthQuery, groundTruthOfLabels, groundTruthOfTags } from './ground-truth.ts';
export { evaluateHeldOut, type FitTransform } from './held-out.ts';
export { probe, type ProbeReport } from './probe.ts';
export {
  evaluateRanking,
  type FoundRow,
  type QueryResult,
  type RankingOptions,
  type RankingReport,
} from './ranking.ts';
export { verifyReference } from './reference.ts';
export { resolveNames } from './resolve-names.ts';
