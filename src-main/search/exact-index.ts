/** Exact search: unit vectors in one matrix, each compared with the query. */
import { SemblanceError } from '../contract/index.ts';
import { type Hit, TopHits } from './top-hits.ts';

const firstCapacity = 256;

export class ExactIndex {
  #dimension = 0;
  #matrix = new Float32Array();
  /** Id of each row, and row of each id. */
  #ids: number[] = [];
  readonly #rows = new Map<number, number>();

  get size(): number {
    return this.#ids.length;
  }

  /** Of the first vector, which all others share; 0 while there is none. */
  get dimension(): number {
    return this.#dimension;
  }

  /**
   * Adds a unit vector, or replaces that of a known id.
   * @throws SemblanceError `recipe-mismatch` when its dimension is not that of the others
   */
  set(id: number, vector: Float32Array): void {
    if (this.size === 0) this.#dimension = vector.length;
    this.#expectDimension(vector);
    let row = this.#rows.get(id);
    if (row === undefined) {
      row = this.#ids.push(id) - 1;
      this.#rows.set(id, row);
      this.#reserve(this.size);
    }
    this.#matrix.set(vector, row * this.#dimension);
  }

  /** The last row takes the place of the deleted one. */
  delete(id: number): boolean {
    const row = this.#rows.get(id);
    if (row === undefined) return false;
    const last = this.size - 1;
    const lastId = this.#ids[last];
    this.#matrix.copyWithin(row * this.#dimension, last * this.#dimension, (last + 1) * this.#dimension);
    this.#ids[row] = lastId;
    this.#rows.set(lastId, row);
    this.#rows.delete(id);
    this.#ids.pop();
    return true;
  }

  has(id: number): boolean {
    return this.#rows.has(id);
  }

  /** A copy of an id's vector. */
  vector(id: number): Float32Array | undefined {
    const row = this.#rows.get(id);
    return row === undefined
      ? undefined
      : this.#matrix.slice(row * this.#dimension, (row + 1) * this.#dimension);
  }

  *entries(): Generator<{ id: number; vector: Float32Array }> {
    for (const [row, id] of this.#ids.entries()) {
      yield { id, vector: this.#matrix.subarray(row * this.#dimension, (row + 1) * this.#dimension) };
    }
  }

  /** Similarity of one vector to the query; −Infinity for an unknown id. */
  score(id: number, query: Float32Array): number {
    const row = this.#rows.get(id);
    return row === undefined ? -Infinity : this.#dot(row, query);
  }

  /**
   * The `top` most similar, best first.
   * @param allowed ids that count; all by default
   */
  search(query: Float32Array, top: number, allowed?: Iterable<number>): Hit[] {
    if (this.size === 0) return [];
    this.#expectDimension(query);
    const best = new TopHits(top);
    const weigh = (row: number): void => {
      const score = this.#dot(row, query);
      if (score >= best.threshold) best.add(this.#ids[row], score);
    };
    if (allowed) {
      for (const id of allowed) {
        const row = this.#rows.get(id);
        if (row !== undefined) weigh(row);
      }
    } else for (let row = 0; row < this.#ids.length; row++) weigh(row);
    return best.sorted();
  }

  /** Four sums side by side, because one would wait for each addition before the next. */
  #dot(row: number, query: Float32Array): number {
    const matrix = this.#matrix;
    const dimension = this.#dimension;
    const start = row * dimension;
    const whole = dimension - (dimension % 4);
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = 0; i < whole; i += 4) {
      a += matrix[start + i] * query[i];
      b += matrix[start + i + 1] * query[i + 1];
      c += matrix[start + i + 2] * query[i + 2];
      d += matrix[start + i + 3] * query[i + 3];
    }
    for (let i = whole; i < dimension; i++) a += matrix[start + i] * query[i];
    return a + b + c + d;
  }

  #reserve(rows: number): void {
    const needed = rows * this.#dimension;
    if (needed <= this.#matrix.length) return;
    const grown = new Float32Array(
      Math.max(firstCapacity * this.#dimension, 2 * this.#matrix.length, needed),
    );
    grown.set(this.#matrix);
    this.#matrix = grown;
  }

  #expectDimension(vector: Float32Array): void {
    if (vector.length !== this.#dimension) {
      throw new SemblanceError('recipe-mismatch', 'The query was made by another recipe. Search again.', {
        retryable: true,
      });
    }
  }
}
