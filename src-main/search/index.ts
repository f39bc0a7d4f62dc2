/** From a descriptor to the most similar ones. */
export { ExactIndex } from './exact-index.ts';
export { type Hit, TopHits } from './top-hits.ts';
export { HnswTier } from './hnsw-tier.ts';

/**
 * Photos above which HNSW answers. Measured on two cores with 256 dimensions: the exact scan takes 1.7 ms for
 * 10,000 photos, 12.6 ms for 100,000 and 25 ms for 200,000, which nobody notices, and is never wrong; HNSW takes
 * 1.7 ms, and a minute or more to build at such sizes.
 */
export const exactCrossover = 200_000;
