/** Measuring as a job: how good the search is, which of two recipes is better, and how much the search index misses. */
import * as v from 'valibot';
import type { Job } from './jobs.ts';
import { type LabelKind, recipeSchema } from './recipe.ts';
import { idSchema, integerBetween } from './schemas.ts';
import type { ProbeReport, QualityReport, RecipeComparison } from './tuning.ts';
import type { GenerationInfo } from './types.ts';

/** Ground truth that is handed over as a file's content may have this many letters. */
export const mostGroundTruthLetters = 16 * 2 ** 20;

const labels = v.picklist(['folder', 'tag', 'pairs']);
const folds = integerBetween(2, 20);

export const measuredFields = { by: labels, folds: v.optional(folds) };

const questionSchema = v.variant('what', [
  /** The search as it is, or another recipe, on the library itself. */
  v.strictObject({ what: v.literal('quality'), ...measuredFields, recipe: v.optional(recipeSchema) }),
  /** By a list of queries; photos that the library lacks are not asked for. */
  v.strictObject({
    what: v.literal('quality-by-file'),
    /** The file's name, for messages. */
    name: v.pipe(v.string(), v.maxLength(1000)),
    text: v.pipe(v.string(), v.maxLength(mostGroundTruthLetters)),
    /** Of the published lists. */
    difficulty: v.picklist(['easy', 'medium', 'hard']),
  }),
  v.strictObject({ what: v.literal('comparison'), ...measuredFields, a: recipeSchema, b: recipeSchema }),
  v.strictObject({ what: v.literal('probe'), folds }),
  v.strictObject({ what: v.literal('index-health') }),
]);

/** Schemas of the commands' arguments. */
export const measurementArguments = {
  /** What there is to measure by. */
  groundTruths: v.strictObject({}),
  /** Measures in the background; `measurement` tells what came of it. */
  measure: v.strictObject({ question: questionSchema }),
  /** What a job that measures has found; null while it runs, and where it is no longer known. */
  measurement: v.strictObject({ jobId: idSchema }),
} as const;

export type MeasuringQuestion = v.InferOutput<typeof questionSchema>;

/** One source of knowledge which photos belong together. */
export interface GroundTruthSource {
  by: LabelKind;
  /** Pictures that can be searched with, because there is another one of their kind. */
  queries: number;
  /** Folders, tags or photos with altered copies that tell something. */
  groups: number;
  /** Whether it can be measured by. */
  isTelling: boolean;
}

/** What is known of the search index, and what it misses. */
export interface IndexHealth {
  tier: 'exact' | 'hnsw';
  /** Photos above which HNSW answers; null while that has not been measured. */
  crossover: number | null;
  hnswAvailable: boolean;
  /** What there is to know of the index, or ''. */
  note: string;
  photos: number;
  dimension: number;
  /**
   * Of the ten most similar photos, the share that HNSW finds, over so many searches with photos of the library; null
   * where every photo was compared, which misses none.
   */
  recallAt10: { mean: number; queries: number } | null;
  /** Mean time of these searches, and of comparing every photo for the same ones; of the latter alone where HNSW does not answer. */
  milliseconds: { hnsw: number | null; exact: number };
  fit: GenerationInfo['fit'];
  fittedOn: number;
  createdAtMs: number;
  /** Pictures that came after the fit. */
  photosSince: number;
}

export type Measurement =
  | { what: 'quality'; report: QualityReport; missing: string[] }
  | { what: 'comparison'; report: RecipeComparison }
  | { what: 'probe'; report: ProbeReport }
  | { what: 'index-health'; report: IndexHealth };

export interface MeasurementAnswers {
  groundTruths: GroundTruthSource[];
  measure: Job;
  measurement: Measurement | null;
}
