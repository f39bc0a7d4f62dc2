/**
 * Query expansion: what was found first is added to the query.
 * Average: Chum, Philbin, Sivic, Isard, Zisserman, "Total Recall: Automatic Query Expansion with a Generative Feature Model
 * for Object Retrieval", ICCV 2007. Weighted by similarity to the power α: Radenović, Tolias, Chum, "Fine-tuning CNN Image
 * Retrieval with No Human Annotation", TPAMI 2019, section 3.4; α = 0 is the average.
 */
import { l2Normalise } from '../descriptor/index.ts';

/** A vector that is added to another, and how similar the two are. */
export interface Neighbour {
  vector: Float32Array;
  /** Cosine similarity. */
  score: number;
}

/**
 * normalise(x + Σ max(0, sᵢ)^α · xᵢ), with every weight 1 for α = 0.
 * @param vector unit vector, which is not changed; without neighbours a copy of it is the result
 */
export function expanded(
  vector: Float32Array,
  neighbours: readonly Neighbour[],
  alpha: number,
): Float32Array {
  const sum = Float32Array.from(vector);
  let isChanged = false;
  for (const { vector: other, score } of neighbours) {
    const weight = alpha === 0 ? 1 : Math.max(0, score) ** alpha;
    if (weight === 0) continue;
    isChanged = true;
    for (let i = 0; i < sum.length; i++) sum[i] += weight * other[i];
  }
  return isChanged ? l2Normalise(sum) : sum;
}
