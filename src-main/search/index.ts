/** From a descriptor to the most similar ones. */
export { diffusedScores } from './diffusion.ts';
export { ExactIndex } from './exact-index.ts';
export { expanded } from './expansion.ts';
export { nearestAmong } from './nearest.ts';
export { nearestNeighbours, type Neighbours } from './nearest-neighbours.ts';
export {
  type DescribedPictures,
  forgetDepleted,
  missingNeighbours,
  neighbourCount,
} from './neighbour-graph.ts';
export { refinedScores } from './refined-descriptors.ts';
export { compareHits, type Hit, TopHits } from './top-hits.ts';
export { type Moves, movesOf } from './moves.ts';
export { HnswTier } from './hnsw-tier.ts';
export { measureInBackground } from './measure-in-background.ts';
export { crossoverOf } from './scan-speed.ts';
