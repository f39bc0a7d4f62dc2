/**
 * Diffusion over the graph of nearest neighbours: Iscen, Tolias, Avrithis, Furon, Chum, "Efficient Diffusion on Region
 * Manifolds: Recovering Small Objects with Compact CNN Representations", CVPR 2017. What a query is worth to its nearest
 * pictures flows on to pictures similar to those; the state in which nothing changes any more is f = (I − αS)⁻¹ y up to a
 * factor, which conjugate gradients find. As there, it is restricted to the first results of the search (truncation).
 */
import type { Hit } from './top-hits.ts';

/** Similarities count by this power: the paper's γ, which keeps weak edges from leading astray. */
const affinityExponent = 3;
/**
 * Neighbours that a picture flows to, of those that are known. The paper takes 50, for collections in which a query has
 * hundreds of matches; on the shared photos more than 10 were worse.
 */
export const diffusionEdges = 10;
/**
 * Share of what a picture has that it gets from its neighbours, the paper's α. What the query is worth to each of the first
 * results is where the flow begins, so that a small share keeps most of the order. With the paper's 0.99, ten pictures to
 * begin with and 32 neighbours, mAP fell on the shared photos (by .020, .047 and .034 for clothes, groceries and copies).
 */
const flowing = 0.6;
/** Relative error at which conjugate gradients stop, far below what changes an order. */
const tolerance = 1e-8;
/** Even at α = 0.99 the error falls below the tolerance in about 140 steps (condition 199). */
const mostSteps = 200;

/** A symmetric matrix without diagonal: the entries of row i are those from `starts[i]` to `starts[i + 1]`. */
export interface SparseMatrix {
  starts: Uint32Array;
  columns: Uint32Array;
  values: Float64Array;
}

/** max(0, s)^γ. */
export function affinity(similarity: number): number {
  return Math.max(0, similarity) ** affinityExponent;
}

/**
 * S = D^-1/2 A D^-1/2, where A holds the affinity of each two that are neighbours of each other, and D its sums of rows.
 * @param lists neighbours of each node, best first, ids being places in the list
 */
export function transitionMatrix(lists: readonly (readonly Hit[])[]): SparseMatrix {
  const count = lists.length;
  const near = lists.map((list) => list.slice(0, diffusionEdges));
  const neighbours = near.map((list) => new Set(list.map(({ id }) => id)));
  const starts = new Uint32Array(count + 1);
  const columns: number[] = [];
  const values: number[] = [];
  const degrees = new Float64Array(count);
  near.forEach((list, row) => {
    for (const { id, score } of list) {
      const weight = affinity(score);
      if (id === row || id >= count || weight === 0 || !neighbours[id].has(row)) continue;
      columns.push(id);
      values.push(weight);
      degrees[row] += weight;
    }
    starts[row + 1] = columns.length;
  });
  for (let row = 0; row < count; row++) {
    for (let at = starts[row]; at < starts[row + 1]; at++) {
      values[at] /= Math.sqrt(degrees[row] * degrees[columns[at]]);
    }
  }
  return { starts, columns: Uint32Array.from(columns), values: Float64Array.from(values) };
}

/** x − α·S·x. */
function lessFlow(matrix: SparseMatrix, alpha: number, x: Float64Array): Float64Array {
  const { starts, columns, values } = matrix;
  const result = new Float64Array(x.length);
  for (let row = 0; row < x.length; row++) {
    let sum = 0;
    for (let at = starts[row]; at < starts[row + 1]; at++) sum += values[at] * x[columns[at]];
    result[row] = x[row] - alpha * sum;
  }
  return result;
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/**
 * f of (I − αS) f = y, by conjugate gradients (Hestenes and Stiefel, 1952); the matrix is positive definite for α < 1.
 * @param matrix S, as `transitionMatrix` makes it
 * @param sources y
 */
export function diffuse(matrix: SparseMatrix, sources: Float64Array, alpha = flowing): Float64Array {
  const solution = new Float64Array(sources.length);
  const residual = Float64Array.from(sources);
  let direction = Float64Array.from(sources);
  let squares = product(residual, residual);
  const enough = tolerance ** 2 * squares;
  for (let step = 0; step < mostSteps && squares > enough; step++) {
    const image = lessFlow(matrix, alpha, direction);
    const length = squares / product(direction, image);
    for (let i = 0; i < solution.length; i++) {
      solution[i] += length * direction[i];
      residual[i] -= length * image[i];
    }
    const before = squares;
    squares = product(residual, residual);
    const kept = squares / before;
    direction = direction.map((value, i) => residual[i] + kept * value);
  }
  return solution;
}

/**
 * Scores by which the first results are to be ordered: how much of the query reaches each.
 * @param similarities of the results with the query
 * @param lists neighbours of each result, best first, ids being places among the results
 */
export function diffusedScores(
  similarities: readonly number[],
  lists: readonly (readonly Hit[])[],
): Float64Array {
  return diffuse(transitionMatrix(lists), Float64Array.from(similarities, affinity));
}
