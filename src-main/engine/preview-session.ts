/** Answers what a draft recipe would find, on a sample of the library that stays in memory between changes. */
import { labelsLookedAt, learns, type QualityNumbers, type Recipe } from '../contract/index.ts';
import {
  canonical,
  decodeFitted,
  type Fitted,
  type MatrixProduct,
  nothingFitted,
  type PcaFit,
  rowAt,
  type Rows,
  transformOf,
} from '../descriptor/index.ts';
import { evaluateRanking, groundTruthOfLabels } from '../evaluate/index.ts';
import { fitRecipe, isHeldOut, withoutLearning } from '../learn/index.ts';
import type { StoredGeneration } from '../library/index.ts';
import { augmentedRows, TopHits } from '../search/index.ts';
import type { CachedSet } from './analysis.ts';
import type { CachedPhotos } from './cached-photos.ts';
import { loadCachedSet, type LoadedSet, photosOf } from './cached-set.ts';

export interface PreviewRequest {
  /** Photos with what the recipe in service needs, and with what the draft needs; often the same. */
  now: SampledSet;
  draft: SampledSet;
  generation: StoredGeneration;
  recipe: Recipe;
  /** Pictures that ask; those without cached statistics are left out. */
  queries: number[];
  top: number;
  /** What quality is measured by; null when nothing tells which photos match. */
  qualityBy: 'folder' | 'pairs' | null;
}

export interface SampledSet extends CachedSet {
  /** Changes when the photos or their groups may have changed. */
  stamp: string;
}

export interface PreviewHit {
  contentId: number;
  score: number;
}

export interface PreviewReply {
  sampled: number;
  queries: { contentId: number; now: PreviewHit[]; draft: PreviewHit[] }[];
  quality: { now: QualityNumbers; draft: QualityNumbers } | null;
  explained: number[];
  limits: string;
}

/** Photos that are compared. */
export const previewSample = 2000;
/** Relative error of variances that nobody sees in a preview. */
const previewTolerance = 1e-3;

interface Described {
  sample: Sample;
  rows: Rows;
  quality: QualityNumbers | null;
  fit: PcaFit | null;
}

/** Photos in memory, and the first row of each picture: altered copies come after all photos. */
interface Sample {
  stamp: string;
  set: LoadedSet;
  rowOf: ReadonlyMap<number, number>;
  /** Queries that were looked for; those without cached statistics are not looked for twice. */
  sought: ReadonlySet<number>;
}

export class PreviewSession {
  readonly #product: MatrixProduct;
  /** By extraction: one for what is in service, another where the draft needs it. */
  readonly #samples = new Map<string, Sample>();
  /** Final descriptors of what is in service. */
  #now: { key: string; described: Described } | null = null;
  /** Raw descriptors of the latest draft. */
  #raw: { key: string; photos: CachedPhotos } | null = null;
  /** The latest principal components, and of what: reused as they are, or as a start for others. */
  #fit: { key: string; fitted: Fitted; pca: PcaFit } | null = null;

  constructor(product: MatrixProduct) {
    this.#product = product;
  }

  async answer(request: PreviewRequest): Promise<PreviewReply> {
    const now = await this.#inService(request);
    const same = canonical(request.recipe) === canonical(request.generation.recipe);
    const draft = same ? now : await this.#drafted(request);
    const queries = request.queries.flatMap((contentId) => {
      const [found, drafted] = [now, draft].map((described) => best(described, contentId, request.top));
      return found && drafted ? [{ contentId, now: found, draft: drafted }] : [];
    });
    return {
      sampled: draft.sample.rowOf.size,
      queries,
      quality: now.quality && draft.quality && { now: now.quality, draft: draft.quality },
      explained: draft.fit ? explainedBy(draft.fit) : [],
      limits: limitsOf(request),
    };
  }

  #sample(wanted: SampledSet, queries: readonly number[]): Sample {
    const { extractionKey, stamp } = wanted;
    const known = this.#samples.get(extractionKey);
    const lacks = (id: number): boolean => !known?.rowOf.has(id) && !known?.sought.has(id);
    if (known?.stamp === stamp && !queries.some(lacks)) return known;
    const set = loadCachedSet(wanted, previewSample, queries);
    const rowOf = new Map<number, number>();
    set.photos.forEach(({ contentId }, row) => {
      if (!rowOf.has(contentId)) rowOf.set(contentId, row);
    });
    const sample = { stamp, set, rowOf, sought: new Set(queries) };
    // What is in service and one draft are enough: a sample takes a hundred megabytes.
    if (this.#samples.size > 1 && !this.#samples.has(extractionKey)) this.#samples.clear();
    this.#samples.set(extractionKey, sample);
    return sample;
  }

  async #inService(request: PreviewRequest): Promise<Described> {
    const { generation, now, queries, qualityBy } = request;
    const sample = this.#sample(now, queries);
    const key = `${generation.id} ${qualityBy ?? ''}`;
    if (this.#now?.key === key && this.#now.described.sample === sample) return this.#now.described;
    const fitted = generation.encodedFit ? decodeFitted(generation.encodedFit) : nothingFitted;
    const photos = photosOf(sample.set, generation.recipe, fitted.attention);
    const described = await this.#describe(generation.recipe, fitted, sample, photos, request);
    this.#now = { key, described };
    return described;
  }

  async #drafted(request: PreviewRequest): Promise<Described> {
    const { recipe: draft, draft: set, queries } = request;
    const recipe = withoutLearning(draft);
    const sample = this.#sample(set, queries);
    const key = `${set.extractionKey} ${sample.stamp} ${sample.rowOf.size} ${beforeReduction(recipe)}`;
    if (this.#raw?.key !== key) this.#raw = { key, photos: photosOf(sample.set, recipe, new Map()) };
    const { photos } = this.#raw;
    const fitted = await this.#fitted(recipe, key, photos);
    return this.#describe(recipe, fitted, sample, photos, request);
  }

  /** Principal components serve for every whitening, and for fewer dimensions than they were found for. */
  async #fitted(recipe: Recipe, key: string, photos: CachedPhotos): Promise<Fitted> {
    const { reduction } = recipe;
    const last = this.#fit;
    const serves =
      last?.key === key &&
      reduction.kind === 'pca' &&
      last.pca.dimension >= Math.min(reduction.dimension, last.pca.inputs);
    if (serves) return last.fitted;
    const fitted = await fitRecipe(recipe, photos, {
      product: this.#product,
      start: last?.pca,
      tolerance: previewTolerance,
    });
    if (fitted.reduction?.kind === 'pca') this.#fit = { key, fitted, pca: fitted.reduction.fit };
    return fitted;
  }

  async #describe(
    recipe: Recipe,
    fitted: Fitted,
    sample: Sample,
    photos: CachedPhotos,
    request: PreviewRequest,
  ): Promise<Described> {
    const plain = await transformOf(recipe, fitted, this.#product)(photos.describe(fitted.exponents));
    const rows = await augmentedRows(plain, recipe.augmentation, this.#product);
    const quality = request.qualityBy === null ? null : await this.#quality(rows, photos, request);
    return { sample, rows, quality, fit: fitted.reduction?.kind === 'pca' ? fitted.reduction.fit : null };
  }

  async #quality(
    rows: Rows,
    { ids, groups }: CachedPhotos,
    { generation, qualityBy }: PreviewRequest,
  ): Promise<QualityNumbers> {
    const { recipe } = generation;
    const { heldOut, seed } = recipe.learning;
    const onlyHeldOut = asksOnlyHeldOut(recipe, qualityBy);
    const truth = groundTruthOfLabels(groups).filter(
      ({ query }) => !onlyHeldOut || isHeldOut(ids[query], heldOut, seed),
    );
    const { queries, mAP, precisionAt1, precisionAt5, precisionAt10, recallAt1, recallAt5, recallAt10 } =
      await evaluateRanking({ database: rows }, truth, this.#product);
    return { queries, mAP, precisionAt1, precisionAt5, precisionAt10, recallAt1, recallAt5, recallAt10 };
  }
}

/** The photos most similar to one of them, itself left out; undefined when it is not among them. */
function best({ sample, rows }: Described, contentId: number, top: number): PreviewHit[] | undefined {
  const query = sample.rowOf.get(contentId);
  if (query === undefined) return undefined;
  const asking = rowAt(rows, query);
  const hits = new TopHits(top);
  for (const [id, row] of sample.rowOf) {
    if (row === query) continue;
    const other = rowAt(rows, row);
    let score = 0;
    for (let i = 0; i < other.length; i++) score += other[i] * asking[i];
    hits.add(id, score);
  }
  return hits.sorted().map(({ id, score }) => ({ contentId: id, score }));
}

/** What a person should know about the numbers and pictures of a preview. */
function limitsOf({ recipe, qualityBy }: PreviewRequest): string {
  const limits: string[] = [];
  if (learns(recipe)) {
    limits.push(
      'What is learned is shown only once it is applied; the preview shows what learning starts from.',
    );
  }
  const draft = withoutLearning(recipe);
  if (qualityBy !== null && labelsLookedAt(draft) === qualityBy) {
    limits.push(
      'The selection looks at the folders that quality is measured by, so it seems better than it is. Honest: semblance evaluate --folds 5',
    );
  }
  return limits.join(' ');
}

/** What has learned from the labels that it is measured by knows the answers of the photos that it learned from. */
function asksOnlyHeldOut(inService: Recipe, qualityBy: PreviewRequest['qualityBy']): boolean {
  return qualityBy !== null && learns(inService) && labelsLookedAt(inService) === qualityBy;
}

function explainedBy({ eigenvalues, totalVariance }: PcaFit): number[] {
  return Array.from(eigenvalues, (variance) => variance / totalVariance);
}

function beforeReduction({
  model,
  longerSide,
  scales,
  taps,
  aggregation,
  selection,
  normalisation,
}: Recipe): string {
  return canonical({ model, longerSide, scales, taps, aggregation, selection, normalisation });
}
