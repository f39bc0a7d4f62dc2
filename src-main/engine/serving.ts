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
  #hnsw: Promise<HnswTier | null> | null = null;

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
    void this.#hnsw?.then((tier) => tier?.add(contentId, vector));
  }

  delete(contentIds: number[]): void {
    for (const id of contentIds) {
      this.index.delete(id);
      void this.#hnsw?.then((tier) => tier?.delete(id));
    }
  }

  get tier(): 'exact' | 'hnsw' {
    return this.index.size > this.#crossover && HnswTier.available().available ? 'hnsw' : 'exact';
  }

  /** The pictures most similar to a descriptor of this generation's recipe. */
  async search(query: Float32Array, top: number): Promise<{ hits: Hit[]; tier: 'exact' | 'hnsw' }> {
    const tier = this.tier === 'hnsw' ? await this.#openHnsw() : null;
    if (!tier) return { hits: this.index.search(query, top), tier: 'exact' };
    const candidates = await tier.search(query, top * overfetch);
    const hits = candidates
      .filter(({ id }) => this.index.has(id))
      .map(({ id }) => ({ id, score: this.index.score(id, query) }))
      .sort((a, b) => b.score - a.score || a.id - b.id);
    return { hits: hits.slice(0, top), tier: 'hnsw' };
  }

  /** Opens the index in the background; a tier that cannot be had leaves the exact scan in service. */
  #openHnsw(): Promise<HnswTier | null> {
    this.#hnsw ??= HnswTier.open({
      folder: this.#library.path,
      recipeKey: this.generation.recipeKey,
      dimension: this.index.dimension,
      generation: this.generation.id,
      databaseStamp: this.#stamp(),
      vectors: () => this.index.entries(),
      count: this.index.size,
    }).catch(() => null);
    return this.#hnsw;
  }

  /** Writes the HNSW index, if it is open, so that the next start can load it. */
  async save(): Promise<void> {
    await (await this.#hnsw)?.save(this.#stamp());
  }

  async close(): Promise<void> {
    await (await this.#hnsw)?.close();
    this.#hnsw = null;
  }

  #stamp(): string {
    return this.#library.generations.stamp(this.generation.id);
  }
}

export function reducerOf(generation: StoredGeneration): Reducer {
  const { recipe, encodedFit } = generation;
  return reducer(recipe, encodedFit ? decodeFit(encodedFit) : null);
}
