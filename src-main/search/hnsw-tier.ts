/**
 * Approximate search for large libraries: an HNSW index in shards, each in a worker thread, so that they are built and
 * searched on all cores at once. It is kept on disk as a cache.
 */
import { availableParallelism } from 'node:os';
import { messageOf, SemblanceError } from '../contract/index.ts';
import type { HnswAnswers, HnswRequest } from './hnsw-messages.ts';
import { HnswShard } from './hnsw-shard.ts';
import { hnswlib } from './hnswlib.ts';
import {
  clearLoadingMark,
  findIndex,
  type IndexIdentity,
  markLoading,
  putInPlace,
  removeRemains,
  type ShardFile,
} from './index-files.ts';
import { compareHits, type Hit, TopHits } from './top-hits.ts';

/** Vectors handed to a worker at a time while building, and how many such batches wait for it. */
const batchSize = 200;
const batchesAhead = 2;
/** More shards than this find nothing sooner, since each costs a search of its own. */
const mostShards = 16;
/** The share of the graph that may be deleted vectors before it is built anew, and how many are never too many. */
const mostDeleted = 0.25;
const fewDeleted = 1000;

export interface HnswOptions extends Pick<IndexIdentity, 'recipeKey' | 'dimension' | 'generation'> {
  /** Where the index files lie. */
  folder: string;
  /** A reader takes the files as they are, and neither builds nor writes. */
  access: 'read' | 'write';
  /** Which state of the descriptors the database holds at the moment. */
  databaseStamp: () => string;
  /** All vectors as they are at any moment. */
  source: { size: number; ids(): Iterable<number>; vector(id: number): Float32Array | undefined };
  /** Shards of an index that has to be built; as many as cores by default. */
  shards?: number;
}

export class HnswTier {
  readonly #options: HnswOptions;
  #shards: HnswShard[] = [];
  /** Names of what is on disk. */
  #files: string[] = [];
  /** What each shard's graph holds, with deleted vectors. */
  #elements: number[] = [];
  #isReady = false;
  #isBuilding = false;
  /** Changed since it was written. */
  #isChanged = false;
  #saving: Promise<void> = Promise.resolve();
  #ready: Promise<void>;
  /** Why the index on disk could not be used, or could not be written, in a few words. */
  #problem: string | null = null;
  #unwritten: string | null = null;
  /** Whether the index came from its files. */
  loaded = false;

  private constructor(options: HnswOptions) {
    this.#options = options;
    this.#ready = this.#open();
    // Whoever wants to know asks `ready()`.
    this.#ready.catch(() => undefined);
  }

  static available(): { available: boolean; reason: string | null } {
    const { library, reason } = hnswlib();
    return { available: library !== null, reason };
  }

  /**
   * Begins to load the index if its files are whole and belong to this state of the database, else to build it. Changes
   * may be told from now on; searches when it is ready.
   */
  static open(options: HnswOptions): HnswTier {
    return new HnswTier(options);
  }

  /** @throws SemblanceError `not-available` where hnswlib cannot be had, or nothing could be loaded by a reader */
  ready(): Promise<void> {
    return this.#ready;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** What a person should know of the index, in a line; null when all is well. */
  get note(): string | null {
    const why = this.#problem && `The search index on disk was set aside, because ${this.#problem}.`;
    if (this.#options.access === 'read') return why && `${why} Every photo is compared instead.`;
    if (this.#isBuilding) {
      const building = 'is being built; until it is ready every photo is compared.';
      return why ? `${why} A new one ${building}` : `The search index ${building}`;
    }
    if (this.#unwritten)
      return `The search index could not be written (${this.#unwritten}), and will be built again after the next start.`;
    return why && `${why} A new one was built.`;
  }

  async #open(): Promise<void> {
    const { folder, access } = this.#options;
    const stored = findIndex(folder, this.#identity(), access);
    const files = 'shards' in stored ? stored.shards : [];
    this.#problem = 'shards' in stored ? await this.#load(files) : stored.problem;
    this.loaded = files.length > 0 && this.#problem === null;
    if (this.loaded) this.#files = files.map(({ name }) => name);
    if (access === 'write') {
      clearLoadingMark(folder);
      removeRemains(folder, this.#files);
    }
    if (this.loaded) this.#isReady = true;
    else if (access === 'write') await this.#build();
    else throw new SemblanceError('not-available', 'There is no HNSW index that could be loaded.');
  }

  #identity(): IndexIdentity {
    const { recipeKey, dimension, generation, databaseStamp, source } = this.#options;
    return { recipeKey, dimension, generation, databaseStamp: databaseStamp(), count: source.size };
  }

  /** @returns why it could not be loaded, or null */
  async #load(files: ShardFile[]): Promise<string | null> {
    const { folder, access } = this.#options;
    this.#start(files.length);
    if (access === 'write') markLoading(folder);
    try {
      const problems = await Promise.all(files.map((file, i) => this.#shards[i].ask({ kind: 'load', file })));
      this.#elements = files.map(({ elements }) => elements);
      return problems.find((problem) => problem !== null) ?? null;
    } finally {
      if (access === 'write') clearLoadingMark(folder);
    }
  }

  #start(shards: number): void {
    const { folder, dimension } = this.#options;
    this.#shards = Array.from({ length: shards }, () => new HnswShard({ folder, dimension }));
    this.#elements = this.#shards.map(() => 0);
  }

  /** From what is there now; later changes reach the workers behind it. */
  async #build(): Promise<void> {
    const { source } = this.#options;
    this.#isBuilding = true;
    const wanted = this.#options.shards ?? Math.min(mostShards, availableParallelism());
    if (this.#shards.length !== wanted) {
      // The new ones are there at once, because changes may come at any moment.
      for (const shard of this.#shards) void shard.close();
      this.#start(wanted);
    }
    const idsOfShards: number[][] = this.#shards.map(() => []);
    for (const id of source.ids()) idsOfShards[this.#shardOf(id)].push(id);
    await Promise.all(
      idsOfShards.map(async (ids, shard) => {
        await this.#shards[shard].ask({ kind: 'begin', capacity: ids.length });
        await this.#fill(shard, ids);
      }),
    );
    this.#isBuilding = false;
    this.#isReady = true;
    void this.save();
  }

  async #fill(shard: number, ids: number[]): Promise<void> {
    const running: Promise<void>[] = [];
    for (let at = 0; at < ids.length; at += batchSize) {
      if (running.length === batchesAhead) await running.shift();
      const adding = this.#addTo(shard, ids.slice(at, at + batchSize));
      // It is waited for later, when another may have failed first.
      adding.catch(() => undefined);
      running.push(adding);
    }
    await Promise.all(running);
  }

  /** Those that are gone meanwhile are left out. */
  async #addTo(shard: number, ids: number[]): Promise<void> {
    const { source, dimension } = this.#options;
    const there: number[] = [];
    const vectors = new Float32Array(ids.length * dimension);
    for (const id of ids) {
      const vector = source.vector(id);
      if (!vector) continue;
      vectors.set(vector, there.length * dimension);
      there.push(id);
    }
    const elements = await this.#change(shard, { kind: 'add', ids: there, vectors });
    if (elements !== undefined) this.#elements[shard] = elements;
  }

  /** Shards that were replaced meanwhile need not hear of it: the new ones are built from what was there afterwards. */
  async #change<Request extends HnswRequest>(
    place: number,
    request: Request,
  ): Promise<HnswAnswers[Request['kind']] | undefined> {
    const shard = this.#shards[place];
    this.#isChanged = true;
    try {
      return await shard.ask(request);
    } catch (error) {
      if (this.#shards[place] === shard) throw error;
      return undefined;
    }
  }

  #shardOf(id: number): number {
    return id % this.#shards.length;
  }

  /** The most similar ones, best first, as far as the graphs lead to them. */
  async search(query: Float32Array, top: number): Promise<Hit[]> {
    const found = await Promise.all(this.#shards.map((shard) => shard.ask({ kind: 'search', query, top })));
    return found.flat().sort(compareHits).slice(0, top);
  }

  /** The same for several vectors in one go, the hits of each. */
  async searchAll(queries: readonly Float32Array[], top: number): Promise<Hit[][]> {
    const { dimension } = this.#options;
    const packed = new Float32Array(queries.length * dimension);
    queries.forEach((query, row) => packed.set(query, row * dimension));
    const found = await Promise.all(
      this.#shards.map((shard) => shard.ask({ kind: 'search-all', queries: packed, top })),
    );
    return queries.map((_, row) => {
      const best = new TopHits(top);
      for (const { ids, scores } of found) {
        for (let place = row * top; place < (row + 1) * top && scores[place] >= best.threshold; place++) {
          if (scores[place] > -Infinity) best.add(ids[place], scores[place]);
        }
      }
      return best.sorted();
    });
  }

  /** Adds a vector that the source has now, or puts it in the place of the one before. */
  async add(id: number): Promise<void> {
    if (this.#shards.length > 0) await this.#addTo(this.#shardOf(id), [id]);
  }

  /** It stays in the graph as a way to others, until there are too many of its kind. */
  async delete(id: number): Promise<void> {
    if (this.#shards.length === 0) return;
    await this.#change(this.#shardOf(id), { kind: 'delete', id });
    const elements = this.#elements.reduce((sum, each) => sum + each, 0);
    const deleted = elements - this.#options.source.size;
    if (!this.#isReady || deleted <= Math.max(fewDeleted, mostDeleted * elements)) return;
    this.#isReady = false;
    this.#ready = this.#build();
    await this.#ready;
  }

  /** Writes the index for a later start, if it is ready and not written yet. A full disk is no reason to stop. */
  save(): Promise<void> {
    this.#saving = this.#saving.then(async () => {
      if (!this.#isReady || !this.#isChanged || this.#options.access === 'read') return;
      try {
        await this.#write();
        this.#unwritten = null;
      } catch (error) {
        this.#isChanged = true;
        this.#unwritten = messageOf(error);
        removeRemains(this.#options.folder, this.#files);
      }
    });
    return this.#saving;
  }

  async #write(): Promise<void> {
    const { folder } = this.#options;
    this.#isChanged = false;
    // Taken in the same moment as the workers' order to write, which they follow in turn.
    const identity = this.#identity();
    const token = `${Date.now().toString(36)}${Math.floor(1e6 * Math.random()).toString(36)}`;
    const shards = await Promise.all(
      this.#shards.map((shard, i) => shard.ask({ kind: 'save', name: `index-${token}-${i}.hnsw` })),
    );
    putInPlace(folder, identity, shards);
    this.#files = shards.map(({ name }) => name);
  }

  async close(): Promise<void> {
    this.#isReady = false;
    await Promise.all(this.#shards.map((shard) => shard.close()));
  }
}
