/**
 * Re-ranking by refined global descriptors: Shao, Chen, Karpur, Cui, Araujo, Cao, "Global Features are All You Need for
 * Image Retrieval and Reranking" (SuperGlobal), ICCV 2023. Each of the first results is refined by its
 * neighbours among them, and the query by the best of what was refined.
 */
import { nearestAmong } from './nearest.ts';

/** How much less a neighbour counts than the picture itself: the paper's β. */
const neighbourWeight = 0.15;

/**
 * Scores by which the results are to be ordered: the mean of what the query and what the refined query make of each
 * refined descriptor. They are no cosines.
 * @param query unit vector
 * @param vectors unit vectors of the first results, in any order
 * @param neighbours descriptors that are joined to one, its own among them
 */
export function refinedScores(
  query: Float32Array,
  vectors: readonly Float32Array[],
  neighbours: number,
): Float64Array {
  const nearest = nearestAmong(vectors, neighbours - 1);
  const refined = vectors.map((vector, place) => {
    const mean = Float32Array.from(vector);
    let weights = 1;
    for (const { id, score } of nearest[place]) {
      const weight = neighbourWeight * Math.max(0, score);
      weights += weight;
      for (let i = 0; i < mean.length; i++) mean[i] += weight * vectors[id][i];
    }
    for (let i = 0; i < mean.length; i++) mean[i] /= weights;
    return mean;
  });
  const scores = Float64Array.from(refined, (vector) => dot(query, vector));
  const best = [...scores.keys()].sort((a, b) => scores[b] - scores[a] || a - b).slice(0, neighbours);
  const refinedQuery = Float32Array.from(query, (_, i) =>
    Math.max(...best.map((place) => refined[place][i])),
  );
  return scores.map((score, place) => (score + dot(refinedQuery, refined[place])) / 2);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
