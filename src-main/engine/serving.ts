/** The generation in service: its reducer and its search index, kept in step with the catalogue. */
import { messageOf, type Recipe, SemblanceError } from '../contract/index.ts';
import {
  encodeFitted,
  type Extraction,
  extractionOf,
  fittedByPca,
  layoutOf,
  type PowerMeanLayout,
  recipeKey,
  rewhiteningFactors,
  scaleToUnit,
} from '../descriptor/index.ts';
import type { Library, StoredGeneration } from '../library/index.ts';
import { type AllowedIds, ExactIndex, expanded, type Hit, HnswTier } from '../search/index.ts';
import type { InstalledModel } from '../vision/index.ts';
import { Describer, extractionOfGeneration } from './describer.ts';
import { genericFit } from './generic-fit.ts';
import type { QuerySpace } from './query-space.ts';
import { RecentDescriptors } from './recent-descriptors.ts';
import { RewhitenedSpace } from './rewhitened-space.ts';
import { WhiteningRecall } from './whitening-recall.ts';

/** Vectors that take more than this are not taken into memory before it is known whether they will stay there. */
const mostUnmeasuredBytes = 2 ** 28;

/**
 * Of HNSW, which looks by the whitening that it was built for, so many times as many are asked for as are wanted with
 * another, and at least so many.
 */
const overfetch = { factor: 10, least: 400 };

/** Photos above which HNSW answers, for vectors of a length; null while every photo is compared. */
export type Crossover = (dimension: number) => number | null;

export class Serving implements QuerySpace {
  readonly generation: StoredGeneration;
  /** What the network is asked for, of new photos as of queries. */
  readonly extraction: Extraction;
  readonly index = new ExactIndex();
  /** Of pictures that were searched with. */
  readonly recent = new RecentDescriptors();
  readonly #library: Library;
  readonly #describer: Describer;
  readonly #crossover: Crossover;
  /** The HNSW index once it is asked for; null again when it has failed. */
  #hnsw: HnswTier | null = null;
  readonly #whiteningRecall = new WhiteningRecall();
  /** What became of an index that failed. */
  #failure: string | null = null;
  #isClosed = false;

  private constructor(library: Library, generation: StoredGeneration, crossover: Crossover) {
    this.generation = generation;
    this.#library = library;
    this.#crossover = crossover;
    this.extraction = extractionOfGeneration(library, generation);
    this.#describer = new Describer(generation, this.extraction);
  }

  /** Loads the generation in service, or null when the library has none yet. */
  static load(library: Library, crossover: Crossover): Serving | null {
    const generation = library.generations.serving();
    if (!generation) return null;
    const serving = new Serving(library, generation, crossover);
    const count = library.generations.countDescriptors(generation.id);
    for (const { contentId, vector } of library.generations.descriptors(generation.id)) {
      // Known with the first vector: in the HNSW tier there is no copy of all in memory, not for a moment.
      if (serving.index.size === 1) serving.#placeVectors(count);
      serving.index.set(contentId, vector);
    }
    return serving;
  }

  /**
   * Makes the first generation of a library, with the shipped fit where it applies.
   * @param models all that the recipe names, its own first
   */
  static createFirst(
    library: Library,
    recipe: Recipe,
    models: readonly InstalledModel[],
    crossover: Crossover,
  ): Serving {
    const [own, ...others] = models.map(({ info }) => info);
    const extraction = extractionOf(recipe, [own, ...others]);
    const fit = genericFit(recipe, extraction);
    const generation = library.decide(() =>
      library.generations.create(
        {
          recipe,
          recipeKey: recipeKey(recipe, own.sha256, others),
          extractionKey: library.extractions.add(extraction),
          fit: fit ? 'generic' : 'none',
          encodedFit: fit ? encodeFitted(fittedByPca(fit)) : null,
          fittedOn: fit?.fittedOn ?? 0,
          fitted: true,
          note: '',
        },
        'serving',
        Date.now(),
      ),
    );
    return new Serving(library, generation, crossover);
  }

  get layout(): PowerMeanLayout {
    return layoutOf(this.extraction);
  }

  /** @param code a photo's statistics, as `encodeStatistics` makes them for the layout */
  describe(code: Uint8Array): Promise<Float32Array> {
    return this.#describer.describe(code);
  }

  /** The part of `describe` before reduction, which takes most of the time. */
  pool(code: Uint8Array): Float32Array {
    return this.#describer.pool(code);
  }

  /**
   * A new photo's descriptor as it is kept: where the recipe augments descriptors, with what its neighbours add to it. Those
   * are augmented already, unlike where all are made together, so the next generation makes it anew.
   */
  augmented(vector: Float32Array): Float32Array {
    const { augmentation } = this.generation.recipe;
    if (!augmentation || this.index.size === 0) return vector;
    const hits = this.index.search(vector, augmentation.neighbours);
    const neighbours = hits.flatMap(({ id, score }) => {
      const other = this.index.vector(id);
      return other ? [{ vector: other, score }] : [];
    });
    return expanded(vector, neighbours, augmentation.alpha);
  }

  /** Adds what has been committed to the catalogue. */
  add(contentId: number, vector: Float32Array): void {
    this.index.set(contentId, vector);
    this.#placeVectors();
    this.#tell((hnsw) => hnsw.add(contentId));
  }

  delete(contentIds: number[]): void {
    for (const id of contentIds) {
      if (this.index.delete(id)) this.#tell((hnsw) => hnsw.delete(id));
    }
  }

  /** Which tier answers, as soon as it is ready. */
  get tier(): 'exact' | 'hnsw' {
    return this.#tierFor(this.index.size);
  }

  #tierFor(photos: number): 'exact' | 'hnsw' {
    const crossover = this.#crossover(this.index.dimension);
    return crossover !== null && photos > crossover && HnswTier.available().available ? 'hnsw' : 'exact';
  }

  /** Photos above which HNSW answers; null while that has not been measured. */
  get crossover(): number | null {
    return this.#crossover(this.index.dimension);
  }

  /** What a person should know of the search index, in a line; null when all is well. */
  get note(): string | null {
    return this.#failure ?? this.#hnsw?.note ?? null;
  }

  /** Above the crossover the vectors are read from a file, because HNSW holds them in memory already. */
  #placeVectors(photos = this.index.size): void {
    const isUnknown = this.crossover === null && 4 * photos * this.index.dimension > mostUnmeasuredBytes;
    if (isUnknown || this.#tierFor(photos) === 'hnsw') this.index.keepInFile(this.#library.path);
  }

  /**
   * The pictures most similar to a descriptor of this generation's recipe. With a filter every allowed picture is
   * compared, so that nothing is missed however few or many they are.
   * @param allowed pictures that count; all by default
   * @param factors what each component of the vectors is multiplied by first, with `query` a unit vector of that space
   */
  async search(
    query: Float32Array,
    top: number,
    allowed?: AllowedIds,
    factors?: Float32Array,
  ): Promise<{ hits: Hit[]; tier: 'exact' | 'hnsw' }> {
    if (allowed) return { hits: this.index.search(query, top, allowed, factors), tier: 'exact' };
    if (this.tier === 'hnsw') {
      // A reader has its answer from comparing every photo before an index of that size is loaded.
      if (this.#library.access === 'write') this.openHnsw();
      const found = this.#hnsw?.isReady
        ? await this.#nearby(this.#hnsw, query, top, factors).catch((error: unknown) => this.#dropHnsw(error))
        : null;
      // Scored again from the vectors themselves; what is no longer there drops out.
      const ids = found?.map(({ id }) => id) ?? [];
      const hits = this.index.scored(ids, query, factors).slice(0, top);
      if (found && hits.length >= Math.min(top, this.index.size)) return { hits, tier: 'hnsw' };
    }
    return { hits: this.index.search(query, top, undefined, factors), tier: 'exact' };
  }

  /**
   * Candidates of HNSW. With factors, a score is (D·y)·q / |D·y|; what the graph can be asked for is y·(D·q), which is the
   * same but for the length.
   */
  #nearby(hnsw: HnswTier, query: Float32Array, top: number, factors?: Float32Array): Promise<Hit[]> {
    if (!factors) return hnsw.search(query, top);
    const asked = scaleToUnit(query.map((value, i) => value * factors[i]));
    const candidates = Math.max(overfetch.least, overfetch.factor * top);
    return hnsw.search(asked, Math.min(this.index.size, candidates));
  }

  /**
   * This generation as another whitening strength would have it (Kind ↔ Thing).
   * @throws SemblanceError `not-available` where the recipe has no principal components, `not-enough-photos` while none
   *   are fitted
   */
  rewhitened(epsilon: number): QuerySpace {
    return new RewhitenedSpace(this, this.#factorsFor(epsilon));
  }

  /** Whether it can be seen with another whitening strength. */
  get canBeRewhitened(): boolean {
    return this.generation.recipe.reduction.kind === 'pca' && this.#describer.principalComponents !== null;
  }

  /** How much HNSW finds in that space of what comparing every photo finds, 0 … 1; null while that is not known. */
  whiteningRecall(epsilon: number): number | null {
    const factors = this.#factorsFor(epsilon);
    return this.#whiteningRecall.of(
      epsilon,
      this.index.ids(),
      new RewhitenedSpace(this, factors),
      (query, top) => this.index.search(query, top, undefined, factors),
    );
  }

  #factorsFor(epsilon: number): Float32Array {
    const { reduction } = this.generation.recipe;
    if (reduction.kind !== 'pca') {
      throw new SemblanceError(
        'not-available',
        'Kind ↔ Thing weighs principal components, which this recipe has not. Search without it, or take a recipe with PCA in Tune.',
      );
    }
    const fit = this.#describer.principalComponents;
    if (!fit) {
      throw new SemblanceError(
        'not-enough-photos',
        'Kind ↔ Thing needs components that are fitted on photos. Search without it until more photos are indexed.',
      );
    }
    const wanted = { kind: 'regularised', epsilon } as const;
    return rewhiteningFactors(fit, reduction, wanted, this.index.dimension);
  }

  get size(): number {
    return this.index.size;
  }

  get dimension(): number {
    return this.index.dimension;
  }

  place(descriptor: Float32Array): Float32Array {
    return descriptor;
  }

  scored(ids: Iterable<number>, query: Float32Array): Hit[] {
    return this.index.scored(ids, query);
  }

  vector(id: number): Float32Array | undefined {
    return this.index.vector(id);
  }

  /** Opens the index in the background, which may take minutes; every photo is compared until it is ready. */
  openHnsw(): void {
    if (this.tier !== 'hnsw' || this.#hnsw || this.#failure !== null || this.#isClosed) return;
    this.#placeVectors();
    const { path: folder, access } = this.#library;
    const hnsw = HnswTier.open({
      folder,
      access,
      recipeKey: this.generation.recipeKey,
      dimension: this.index.dimension,
      generation: this.generation.id,
      databaseStamp: () => this.#stamp(),
      source: this.index,
    });
    this.#hnsw = hnsw;
    // A reader that finds no index has none, which its note says if there is a reason.
    if (access === 'write') hnsw.ready().catch((error: unknown) => this.#dropHnsw(error));
  }

  /** The HNSW index as soon as it is ready, from disk or built; null where every photo is compared. */
  async hnswReady(): Promise<HnswTier | null> {
    this.openHnsw();
    await this.#hnsw?.ready().catch(() => undefined);
    return this.#hnsw?.isReady ? this.#hnsw : null;
  }

  /** Passes a change on to the index, before any later search. */
  #tell(change: (hnsw: HnswTier) => Promise<unknown>): void {
    if (this.#hnsw) change(this.#hnsw).catch((error: unknown) => this.#dropHnsw(error));
  }

  /** An index that failed is not asked again; the exact scan, which has everything, serves from now on. */
  #dropHnsw(error: unknown): null {
    if (this.#hnsw) {
      this.#failure = `${messageOf(error)}. Every photo is compared instead.`;
      void this.#hnsw.close();
    }
    this.#hnsw = null;
    return null;
  }

  /** Writes the HNSW index, if it is open, so that the next start can load it. */
  async save(): Promise<void> {
    await this.#hnsw?.save();
  }

  /** Ends the HNSW index; whoever is still searching compares every photo. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const hnsw = this.#hnsw;
    this.#hnsw = null;
    // What has been replaced is of no use to the next start.
    if (this.#library.generations.serving()?.id === this.generation.id) await hnsw?.save();
    await hnsw?.close();
  }

  #stamp(): string {
    return this.#library.generations.stamp(this.generation.id);
  }
}
