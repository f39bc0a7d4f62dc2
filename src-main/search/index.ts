/** From a descriptor to the most similar ones. */
export { augmentedRows, augmentedVectors } from './augmentation.ts';
export { diffusedScores, diffusionEdges } from './diffusion.ts';
export { type AllowedIds, ExactIndex } from './exact-index.ts';
export { expanded } from './expansion.ts';
export { nearestAmong } from './nearest.ts';
export { nearestNeighbours, type Neighbours } from './nearest-neighbours.ts';
export {
  type DescribedPictures,
  forgetDepleted,
  insertedInto,
  isDepleted,
  missingNeighbours,
  neighbourCount,
  type NeighbourEntry,
} from './neighbour-graph.ts';
export { refinedScores } from './refined-descriptors.ts';
export { compareHits, type Hit, TopHits } from './top-hits.ts';
export { movesOf } from './moves.ts';
export { HnswTier } from './hnsw-tier.ts';
export { measureInBackground } from './measure-in-background.ts';
export { crossoverOf } from './scan-speed.ts';
export {
  type DuplicateGroup,
  groupCounts,
  groupsOf,
  groupSteps,
  type Joining,
  joiningSteps,
  type ScoredPair,
} from './duplicate-groups.ts';
export { editKindOf, isSamePicture, type LocalMatch, matchLocally, tellsSamePlaces } from './local-match.ts';
