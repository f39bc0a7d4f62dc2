/** The generation in service: its reducer and its search index, kept in step with the catalogue. */
import { modelNames, type Recipe, SemblanceError } from '../contract/index.ts';
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
import { ExactIndex, exactCrossover, type Hit, HnswTier } from '../search/index.ts';
import { type InstalledModel, installedModels } from '../vision/index.ts';
import { genericFit } from './generic-fit.ts';

/** Candidates that HNSW hands over for exact scoring, as a multiple of the results asked for. */
const overfetch = 4;

export class Serving {
  readonly generation: StoredGeneration;
  /** What the network is asked for, of new photos as of queries. */
  readonly extraction: Extraction;
  readonly index = new ExactIndex();
  readonly #library: Library;
  readonly #describer: Describer;
  readonly #crossover: number;
  /** The HNSW index once it is asked for, and once it is ready. */
  #opening: Promise<HnswTier | null> | null = null;
  #ready: HnswTier | null = null;

  private constructor(library: Library, generation: StoredGeneration, crossover: number) {
    this.generation = generation;
    this.#library = library;
    this.#crossover = crossover;
    this.extraction = extractionOfGeneration(library, generation);
    this.#describer = new Describer(generation, this.extraction);
  }

  /** Loads the generation in service, or null when the library has none yet. */
  static load(library: Library, crossover = exactCrossover): Serving | null {
    const generation = library.generations.serving();
    if (!generation) return null;
    const serving = new Serving(library, generation, crossover);
    for (const { contentId, vector } of library.generations.descriptors(generation.id)) {
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
    crossover = exactCrossover,
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
    this.#tell((tier) => tier.add(contentId, vector));
  }

  delete(contentIds: number[]): void {
    for (const id of contentIds) {
      this.index.delete(id);
      this.#tell((tier) => tier.delete(id));
    }
  }

  get tier(): 'exact' | 'hnsw' {
    return this.index.size > this.#crossover && HnswTier.available().available ? 'hnsw' : 'exact';
  }

  /**
   * The pictures most similar to a descriptor of this generation's recipe.
   * @param allowed pictures that count; all by default
   */
  async search(
    query: Float32Array,
    top: number,
    allowed?: readonly number[],
  ): Promise<{ hits: Hit[]; tier: 'exact' | 'hnsw' }> {
    if (allowed) return { hits: this.index.search(query, top, allowed), tier: 'exact' };
    if (this.tier === 'hnsw') this.#openHnsw();
    const candidates = await this.#ready?.search(query, top * overfetch).catch(() => this.#dropHnsw());
    if (!candidates) return { hits: this.index.search(query, top), tier: 'exact' };
    const hits = candidates
      .filter(({ id }) => this.index.has(id))
      .map(({ id }) => ({ id, score: this.index.score(id, query) }))
      .sort((a, b) => b.score - a.score || a.id - b.id);
    return { hits: hits.slice(0, top), tier: 'hnsw' };
  }

  /** Opens the index in the background, which may take minutes; the exact scan serves until it is ready. */
  #openHnsw(): void {
    this.#opening ??= HnswTier.open({
      folder: this.#library.path,
      recipeKey: this.generation.recipeKey,
      dimension: this.index.dimension,
      generation: this.generation.id,
      databaseStamp: this.#stamp(),
      vectors: () => this.index.entries(),
      count: this.index.size,
    }).then(
      (tier) => (this.#ready = tier),
      () => null,
    );
  }

  /** Passes a change on to the index, before any later search; one that still opens hears of it afterwards. */
  #tell(change: (tier: HnswTier) => Promise<unknown>): void {
    const told = this.#ready ? change(this.#ready) : this.#opening?.then((tier) => tier && change(tier));
    told?.catch(() => this.#dropHnsw());
  }

  /** An index that failed is not asked again; the exact scan, which has everything, serves from now on. */
  #dropHnsw(): null {
    void this.#ready?.close();
    this.#ready = null;
    this.#opening = Promise.resolve(null);
    return null;
  }

  /** Writes the HNSW index, if it is open, so that the next start can load it. */
  async save(): Promise<void> {
    await this.#ready?.save(this.#stamp()).catch(() => this.#dropHnsw());
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = Promise.resolve(null);
    await (await opening)?.close();
    this.#ready = null;
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
