/** The generation in service: its reducer and its search index, kept in step with the catalogue. */
import { messageOf, modelNames, type Recipe, SemblanceError } from '../contract/index.ts';
import {
  decodeFitted,
  encodeFitted,
  type Extraction,
  extractionKey,
  extractionOf,
  fittedByPca,
  layoutOf,
  learnedPooling,
  nothingFitted,
  type PowerMeanLayout,
  RawDescriber,
  recipeKey,
  rowProduct,
  type Transform,
  transformOf,
} from '../descriptor/index.ts';
import type { Library, StoredGeneration } from '../library/index.ts';
import { ExactIndex, type Hit, HnswTier } from '../search/index.ts';
import { type InstalledModel, installedModels } from '../vision/index.ts';
import { genericFit } from './generic-fit.ts';
import type { QuerySpace } from './query-space.ts';

/** Vectors that take more than this are not taken into memory before it is known whether they will stay there. */
const mostUnmeasuredBytes = 2 ** 28;

/** Photos above which HNSW answers, for vectors of a length; null while every photo is compared. */
export type Crossover = (dimension: number) => number | null;

export class Serving implements QuerySpace {
  readonly generation: StoredGeneration;
  /** What the network is asked for, of new photos as of queries. */
  readonly extraction: Extraction;
  readonly index = new ExactIndex();
  readonly #library: Library;
  readonly #describer: Describer;
  readonly #crossover: Crossover;
  /** The HNSW index once it is asked for; null again when it has failed. */
  #hnsw: HnswTier | null = null;
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
   */
  async search(
    query: Float32Array,
    top: number,
    allowed?: readonly number[],
  ): Promise<{ hits: Hit[]; tier: 'exact' | 'hnsw' }> {
    if (allowed) return { hits: this.index.search(query, top, allowed), tier: 'exact' };
    if (this.tier === 'hnsw') {
      // A reader has its answer from comparing every photo before an index of that size is loaded.
      if (this.#library.access === 'write') this.openHnsw();
      const found = this.#hnsw?.isReady
        ? await this.#hnsw.search(query, top).catch((error: unknown) => this.#dropHnsw(error))
        : null;
      // Scored again from the vectors themselves; what is no longer there drops out.
      const ids = found?.map(({ id }) => id) ?? [];
      const hits = this.index.scored(ids, query);
      if (found && hits.length >= Math.min(top, this.index.size)) return { hits, tier: 'hnsw' };
    }
    return { hits: this.index.search(query, top), tier: 'exact' };
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

  /** Waits until it is known whether there is an index on disk that fits. */
  async lookAtIndex(): Promise<void> {
    this.openHnsw();
    await this.#hnsw?.ready().catch(() => undefined);
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

/**
 * What a generation's cached statistics are. Libraries of the first schema do not say; there it follows from the recipe.
 * @throws SemblanceError `library-damaged` when it is not known
 */
export function extractionOfGeneration(
  library: Library,
  { recipe, extractionKey: key }: StoredGeneration,
): Extraction {
  const known = library.extractions.get(key);
  if (known) return known;
  const installed = installedModels().map(({ info }) => info);
  const hasAll = modelNames(recipe).every((name) => installed.some((model) => model.name === name));
  const derived = hasAll ? extractionOf(recipe, installed) : null;
  if (derived && extractionKey(derived) === key) return derived;
  throw new SemblanceError(
    'library-damaged',
    'It is not known what the stored feature statistics are. Index the folders again.',
  );
}

/** Describes photos, one at a time, by a generation's recipe and fit. */
export class Describer {
  readonly #raw: RawDescriber;
  readonly #transform: Transform;

  constructor({ recipe, encodedFit }: StoredGeneration, extraction: Extraction) {
    const fitted = encodedFit ? decodeFitted(encodedFit) : nothingFitted;
    this.#raw = new RawDescriber(recipe, extraction, learnedPooling(fitted));
    this.#transform = transformOf(recipe, fitted, rowProduct);
  }

  pool(code: Uint8Array): Float32Array {
    return this.#raw.describe(code);
  }

  /** @throws SemblanceError `library-damaged`, `recipe-mismatch` */
  async describe(code: Uint8Array): Promise<Float32Array> {
    const values = this.pool(code);
    return (await this.#transform({ rows: 1, columns: values.length, values })).values;
  }
}
