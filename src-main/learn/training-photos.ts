/** Photos to learn from, and how they are divided into those that are learned from and those that judge. */
import { randomFrom, type Rows } from '../descriptor/index.ts';
import type { NodeTable } from './pooling-exponent.ts';

export interface TrainingPhotos {
  readonly count: number;
  /** One number a photo, the same for a photo and its altered copies. */
  readonly ids: ArrayLike<number>;
  /** One number a photo; photos with the same number match. null where nothing tells which do. */
  readonly groups: Int32Array | null;
  /** Descriptors before selection, with learned exponents by the tap's place in the recipe. */
  describe(exponents: ReadonlyMap<number, number>): Rows;
  /** Power means of the taps that are pooled by GeM, for learning their exponents. */
  nodeTable(): NodeTable;
  /** Some of the photos, by their rows. */
  subset(rows: readonly number[]): TrainingPhotos;
}

/** Tells how good descriptors are: the mean average precision of some rows as queries among all rows. */
export type Quality = (rows: Rows, groups: Int32Array, queries: readonly number[]) => Promise<number>;

/**
 * Whether a photo judges rather than teaches: a share of all photos, chosen by their numbers alone, so that whatever is
 * learned in several places holds out the same ones.
 */
export function isHeldOut(id: number, share: number, seed: number): boolean {
  return randomFrom(Math.imul(id, 0x9e3779b1) ^ seed)() < share;
}
