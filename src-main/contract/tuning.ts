/** What interfaces are told about recipes: presets, previews, costs, measured quality. */
import type { LabelKind, Recipe } from './recipe.ts';
import type { PhotoSummary } from './types.ts';

export interface RecipePreset {
  name: string;
  title: string;
  /** One sentence: what it is for. */
  purpose: string;
  recipe: Recipe;
}

/** How much of the photos' variance the principal components in service explain. */
export interface ExplainedVariance {
  /** Share of each component, descending. */
  components: number[];
  /** Share of those kept together. */
  total: number;
}

export interface Recipes {
  current: Recipe;
  /** The recipe that is being built, if any. */
  building: Recipe | null;
  /** Recipes that were in service before, the latest first. */
  past: { recipe: Recipe; endedAtMs: number }[];
  presets: RecipePreset[];
  /** null where the recipe in service has no principal components. */
  explained: ExplainedVariance | null;
}

/** What applying a recipe costs. */
export interface RetunePlan {
  /** Photos in the library. */
  photos: number;
  /** Photos that must go through the network again, because the cache lacks what the recipe needs of them. */
  photosToRead: number;
  /** Those of them that a preview of all photos needs; none where the rest only tells what is learned from pixels. */
  photosToPreview: number;
  /** Measured on some of them just now; 0 when none must be read. */
  secondsToRead: number;
  /** Computing all descriptors anew, measured likewise. */
  secondsToBuild: number;
  /** Bytes that the cache grows by. */
  cacheBytes: number;
  /** Whether it is learned from matching photos, which takes a further minute or more. */
  learns: boolean;
}

/** Where the knowledge comes from which photos belong together. */
export type GroundTruthKind = LabelKind | 'file';

export interface QualityNumbers {
  queries: number;
  /** Mean average precision by the trapezoidal rule of the revisited Oxford/Paris protocol. */
  mAP: number;
  /** Mean share of matches among the first one, five and ten. */
  precisionAt1: number;
  precisionAt5: number;
  precisionAt10: number;
  /** Share of queries with a match among the first one, five and ten. */
  recallAt1: number;
  recallAt5: number;
  recallAt10: number;
}

export interface QualityReport extends QualityNumbers {
  by: GroundTruthKind;
  recipe: Recipe;
  /** `held-out`: everything was fitted on other photos than the queries. */
  fit: 'generic' | 'library' | 'none' | 'held-out';
  /** Mean precision at recall 0, 0.01 … 1. */
  precisionRecall: number[];
  /** Queries that were left out because they have no match. */
  withoutMatch: number;
  /** Some of the queries that went worst, the worst first. */
  worst: MeasuredQuery[];
}

/** A photo that a query found while it was measured. */
export interface MeasuredResult {
  photo: PhotoSummary;
  /** Whether it belongs to the query. */
  isMatch: boolean;
}

/** One query of a measurement. Altered copies are shown as the photo that they were made from. */
export interface MeasuredQuery {
  photo: PhotoSummary;
  averagePrecision: number;
  /** Photos that should be found. */
  matches: number;
  /** 1 for the best result; null when none was found. */
  firstMatchRank: number | null;
  /** The first of its results. */
  results: MeasuredResult[];
}

/** A query whose results two recipes differ on. */
export interface ComparedQuery {
  photo: PhotoSummary;
  a: Pick<MeasuredQuery, 'averagePrecision' | 'results'>;
  b: Pick<MeasuredQuery, 'averagePrecision' | 'results'>;
}

export interface RecipeComparison {
  by: GroundTruthKind;
  a: QualityReport;
  b: QualityReport;
  /** mAP of b less that of a, with the bounds of its 95 % paired bootstrap interval. */
  difference: { mean: number; low: number; high: number };
  better: number;
  worse: number;
  same: number;
  /** Queries by how much b is better than a, the most first. */
  queries: { photoId: number; a: number; b: number }[];
  /** Some of those that b does better, and worse; what differs most comes first. */
  mostBetter: ComparedQuery[];
  mostWorse: ComparedQuery[];
}

/** Accuracy of simple classifiers on the frozen descriptors, k-fold. */
export interface ProbeReport {
  by: 'folder';
  folds: number;
  classes: number;
  photos: number;
  /** Share of photos whose label the five nearest neighbours tell. */
  nearestNeighbours: number;
  /** Share of photos whose label a logistic regression tells. */
  linear: number;
}

export interface PreviewResult {
  photo: PhotoSummary;
  score: number;
}

export interface TunePreview {
  milliseconds: number;
  /** Photos that were compared. */
  sampled: number;
  queries: { photo: PhotoSummary; now: PreviewResult[]; draft: PreviewResult[] }[];
  /** null where neither folders nor self-made pairs tell which photos match; then see `makePairs`. */
  quality: { by: 'folder' | 'pairs'; now: QualityNumbers; draft: QualityNumbers } | null;
  /** Share of variance of each principal component of the draft; empty where it has none. */
  explained: number[];
  /** What of the draft cannot be shown before it is applied, in words, or ''. */
  limits: string;
}

export interface TuneSearchFinding {
  recipe: Recipe;
  /** Recipes that were tried. */
  tried: number;
  /** Held-out mean average precision of the recipe in service and of the one found, in photos that chose neither. */
  before: number;
  after: number;
  /** Bounds of the 95 % paired bootstrap interval of the difference. */
  low: number;
  high: number;
}

/** The photos laid out in two dimensions, so that similar ones lie near each other. */
export interface PhotoMap {
  method: 'umap' | 'tsne';
  /** Whether photos have come or gone since. */
  isStale: boolean;
  /** Pictures that can be searched and have no place on it. */
  missing: number;
  /** Within −1 … 1. */
  points: { photoId: number; x: number; y: number }[];
}

/** What the feature statistics of the library take. */
export interface CacheInfo {
  bytes: number;
  budgetBytes: number;
  /** Photos whose statistics are kept, of those in the library. */
  photos: number;
  ofPhotos: number;
  /** Of one photo by the recipe in service. */
  bytesPerPhoto: number;
}
