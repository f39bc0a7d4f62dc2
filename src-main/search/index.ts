/** From a descriptor to the most similar ones. */
export { ExactIndex } from './exact-index.ts';
export { type Hit, TopHits } from './top-hits.ts';
export { type Moves, movesOf } from './moves.ts';
export { HnswTier } from './hnsw-tier.ts';
export { measureInBackground } from './measure-in-background.ts';
export { crossoverOf } from './scan-speed.ts';
