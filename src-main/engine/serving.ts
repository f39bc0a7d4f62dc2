/** The generation in service: its reducer and its search index, kept in step with the catalogue. */
import type { Recipe } from '../contract/index.ts';
import {
  decodeFit,
  encodeFit,
  extractionKey,
  type PowerMeanLayout,
  rawDescriptor,
  recipeKey,
  type Reducer,
  reducer,
} from '../descriptor/index.ts';
import type { Library, StoredGeneration } from '../library/index.ts';
import { ExactIndex, exactCrossover, type Hit, HnswTier } from '../search/index.ts';
import type { InstalledModel } from '../vision/index.ts';
import { genericFit } from './generic-fit.ts';

/** Candidates that HNSW hands over for exact scoring, as a multiple of the results asked for. */
const overfetch = 4;

export class Serving {
  readonly generation: StoredGeneration;
  readonly index = new ExactIndex();
  readonly #library: Library;
  readonly #reduce: Reducer;
  readonly #crossover: number;
  /** The HNSW index once it is asked for, and once it is ready. */
  #opening: Promise<HnswTier | null> | null = null;
  #ready: HnswTier | null = null;

  private constructor(library: Library, generation: StoredGeneration, crossover: number) {
    this.generation = generation;
    this.#library = library;
    this.#crossover = crossover;
    this.#reduce = reducerOf(generation);
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

  /** Makes the first generation of a library, with the shipped fit where it applies. */
  static createFirst(
    library: Library,
    recipe: Recipe,
    model: InstalledModel,
    crossover = exactCrossover,
  ): Serving {
    const key = extractionKey(recipe, model.info.sha256);
    const fit = recipe.reduction.kind === 'pca' ? genericFit(key) : null;
    const generation = library.change(() =>
      library.generations.create(
        {
          recipe,
          recipeKey: recipeKey(recipe, model.info.sha256),
          extractionKey: key,
          fit: fit ? 'generic' : 'none',
          encodedFit: fit ? encodeFit(fit) : null,
          fittedOn: fit?.fittedOn ?? 0,
        },
        'serving',
        Date.now(),
      ),
    );
    return new Serving(library, generation, crossover);
  }

  describe(layout: PowerMeanLayout, powerMeans: Float32Array): Float32Array {
    return this.#reduce(rawDescriptor(this.generation.recipe, layout, powerMeans));
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

  /** The pictures most similar to a descriptor of this generation's recipe. */
  async search(query: Float32Array, top: number): Promise<{ hits: Hit[]; tier: 'exact' | 'hnsw' }> {
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

export function reducerOf(generation: StoredGeneration): Reducer {
  const { recipe, encodedFit } = generation;
  return reducer(recipe, encodedFit ? decodeFit(encodedFit) : null);
}
