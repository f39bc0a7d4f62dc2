/** Where the exact index keeps its vectors: in memory, or in a file where they are many. */
import { DotKernel } from './dot-kernel.ts';

export interface RowStore {
  /** How many rows of a whole scan take as long as one row that is asked for by itself. */
  readonly singleCost: number;
  /** @param row one that is there, or the next one */
  set(row: number, vector: Float32Array): void;
  copy(from: number, to: number): void;
  /** Puts rows that were set lately where a scan finds them. @throws what the system says where there is no room */
  flush(): void;
  /** A copy of a row. */
  read(row: number): Float32Array;
  /**
   * What later scores are of.
   * @param factors what each component of the rows is multiplied by first; the scores are then cosines
   */
  setQuery(query: Float32Array, factors?: Float32Array): void;
  score(row: number): number;
  /** Scores of the first `count` rows, block by block. */
  scan(count: number, visit: (firstRow: number, scores: Float32Array) => void): void;
  close(): void;
}

export class MemoryRows implements RowStore {
  readonly singleCost = 8;
  readonly #kernel: DotKernel;

  constructor(dimension: number) {
    this.#kernel = new DotKernel(dimension);
  }

  set(row: number, vector: Float32Array): void {
    this.#kernel.reserve(row + 1);
    this.#kernel.set(row, vector);
  }

  copy(from: number, to: number): void {
    this.#kernel.copy(from, to);
  }

  read(row: number): Float32Array {
    return this.#kernel.read(row);
  }

  setQuery(query: Float32Array, factors?: Float32Array): void {
    this.#kernel.setQuery(query, factors);
  }

  score(row: number): number {
    return this.#kernel.score(row);
  }

  scan(count: number, visit: (firstRow: number, scores: Float32Array) => void): void {
    const { blockRows } = this.#kernel;
    for (let row = 0; row < count; row += blockRows) {
      visit(row, this.#kernel.scores(row, Math.min(blockRows, count - row)));
    }
  }

  flush(): void {
    return;
  }

  /** The memory goes with the last reference to it. */
  close(): void {
    return;
  }
}
