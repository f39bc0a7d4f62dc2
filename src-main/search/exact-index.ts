/** Exact search: unit vectors in one matrix, each compared with the query. */
import { SemblanceError } from '../contract/index.ts';
import { FileRows } from './file-rows.ts';
import { MemoryRows, type RowStore } from './row-store.ts';
import { compareHits, type Hit, TopHits } from './top-hits.ts';

/** @throws what the system says where there is no room for a file of vectors */
type MakeRows = (dimension: number) => RowStore;

export class ExactIndex {
  #dimension = 0;
  #store: RowStore | null = null;
  #make: MakeRows = (dimension) => new MemoryRows(dimension);
  #isInFile = false;
  /** False once it turned out that no file can be written. */
  #mayBeInFile = true;
  /** Id of each row, and row of each id. */
  readonly #ids: number[] = [];
  readonly #rows = new Map<number, number>();

  get size(): number {
    return this.#ids.length;
  }

  /** Of the first vector, which all others share; 0 while there is none. */
  get dimension(): number {
    return this.#dimension;
  }

  /**
   * Keeps the vectors in a nameless file of a folder from now on, those that are there and those to come. Where no file
   * can be written they stay in memory.
   * @returns whether they are in a file
   */
  keepInFile(folder: string): boolean {
    if (this.#isInFile || !this.#mayBeInFile) return this.#isInFile;
    this.#isInFile = this.#moveTo((dimension) => new FileRows(dimension, folder));
    this.#mayBeInFile = this.#isInFile;
    return this.#isInFile;
  }

  /**
   * Adds a unit vector, or replaces that of a known id.
   * @throws SemblanceError `recipe-mismatch` when its dimension is not that of the others
   */
  set(id: number, vector: Float32Array): void {
    if (!this.#store) this.#begin(vector.length);
    this.#expectDimension(vector);
    const row = this.#rows.get(id) ?? this.size;
    this.#change((store) => store.set(row, vector));
    if (row < this.size) return;
    this.#ids.push(id);
    this.#rows.set(id, row);
  }

  /** The last row takes the place of the deleted one. */
  delete(id: number): boolean {
    const row = this.#rows.get(id);
    if (row === undefined) return false;
    const last = this.size - 1;
    const lastId = this.#ids[last];
    if (row !== last) this.#change((store) => store.copy(last, row));
    this.#ids[row] = lastId;
    this.#rows.set(lastId, row);
    this.#rows.delete(id);
    this.#ids.pop();
    if (this.size === 0) this.#end();
    return true;
  }

  has(id: number): boolean {
    return this.#rows.has(id);
  }

  /** A copy of all ids. */
  ids(): number[] {
    return [...this.#ids];
  }

  /** A copy of an id's vector. */
  vector(id: number): Float32Array | undefined {
    const row = this.#rows.get(id);
    return row === undefined ? undefined : this.#store?.read(row);
  }

  /** Copies of all vectors. */
  *entries(): Generator<{ id: number; vector: Float32Array }> {
    for (const id of this.ids()) {
      const vector = this.vector(id);
      if (vector) yield { id, vector };
    }
  }

  /**
   * Those of the given ids that are there, with their similarity to the query, best first.
   * @param factors what each component of the vectors is multiplied by first, before they are scaled to unit length
   */
  scored(ids: Iterable<number>, query: Float32Array, factors?: Float32Array): Hit[] {
    if (!this.#store) return [];
    this.#expectDimension(query);
    this.#store.setQuery(query, factors);
    const hits: Hit[] = [];
    for (const id of ids) {
      const row = this.#rows.get(id);
      if (row !== undefined) hits.push({ id, score: this.#store.score(row) });
    }
    return hits.sort(compareHits);
  }

  /**
   * The `top` most similar, best first.
   * @param allowed ids that count; all by default
   * @param factors as for `scored`
   */
  search(query: Float32Array, top: number, allowed?: readonly number[], factors?: Float32Array): Hit[] {
    this.#change((each) => each.flush());
    const store = this.#store;
    if (!store) return [];
    this.#expectDimension(query);
    store.setQuery(query, factors);
    const best = new TopHits(top);
    if (!allowed) {
      store.scan(this.size, (firstRow, scores) => {
        for (let i = 0; i < scores.length; i++) {
          if (scores[i] >= best.threshold) best.add(this.#ids[firstRow + i], scores[i]);
        }
      });
    } else if (allowed.length * store.singleCost < this.size) {
      for (const row of this.#rowsOf(allowed)) {
        const score = store.score(row);
        if (score >= best.threshold) best.add(this.#ids[row], score);
      }
    } else {
      const isAllowed = membership(allowed);
      store.scan(this.size, (firstRow, scores) => {
        for (let i = 0; i < scores.length; i++) {
          if (scores[i] < best.threshold) continue;
          const id = this.#ids[firstRow + i];
          if (isAllowed(id)) best.add(id, scores[i]);
        }
      });
    }
    return best.sorted();
  }

  *#rowsOf(ids: Iterable<number>): Generator<number> {
    for (const id of ids) {
      const row = this.#rows.get(id);
      if (row !== undefined) yield row;
    }
  }

  #begin(dimension: number): void {
    this.#dimension = dimension;
    try {
      this.#store = this.#make(dimension);
    } catch {
      this.#stayInMemory();
      this.#store = this.#make(dimension);
    }
  }

  #end(): void {
    this.#store?.close();
    this.#store = null;
    this.#dimension = 0;
  }

  /** What cannot be written to a full disk is kept in memory. */
  #change(change: (store: RowStore) => void): void {
    if (!this.#store) return;
    try {
      change(this.#store);
    } catch (error) {
      if (!this.#isInFile) throw error;
      this.#stayInMemory();
      if (!this.#moveTo(this.#make)) throw error;
      change(this.#store);
    }
  }

  #stayInMemory(): void {
    this.#isInFile = false;
    this.#mayBeInFile = false;
    this.#make = (dimension) => new MemoryRows(dimension);
  }

  #moveTo(make: MakeRows): boolean {
    const from = this.#store;
    if (from) {
      let made: RowStore | null = null;
      try {
        made = make(this.#dimension);
        for (let row = 0; row < this.size; row++) made.set(row, from.read(row));
      } catch {
        made?.close();
        return false;
      }
      from.close();
      this.#store = made;
    }
    this.#make = make;
    return true;
  }

  #expectDimension(vector: Float32Array): void {
    if (vector.length !== this.#dimension) {
      throw new SemblanceError('recipe-mismatch', 'The query was made by another recipe. Search again.', {
        retryable: true,
      });
    }
  }
}

/** Above this, a table of all ids takes more than it saves. */
const mostMarked = 100_000_000;

/** Marks in a table take a tenth of the time of a set, and it is asked only of what scores high enough. */
function membership(ids: readonly number[]): (id: number) => boolean {
  const highest = ids.reduce((most, id) => Math.max(most, id), 0);
  if (highest > mostMarked) {
    const set = new Set(ids);
    return (id) => set.has(id);
  }
  const marks = new Uint8Array(highest + 1);
  for (const id of ids) marks[id] = 1;
  return (id) => marks[id] === 1;
}
