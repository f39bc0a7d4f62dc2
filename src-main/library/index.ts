/** What is known of photos and folders. */
export { countByPatterns, type ListedPhotos, listPhotos } from './count-patterns.ts';
export { type KnownFile } from './photos.ts';
export type { Suspect } from './in-flight.ts';
export { type CachedExtraction } from './extractions.ts';
export { fileNumber } from './file-number.ts';
export { isInside } from './folders.ts';
export { generationInfo, type StoredGeneration } from './generations.ts';
export { type PendingMetadata } from './file-metadata.ts';
export { Library } from './library.ts';
export { type NeighbourList, type StoredNeighbours } from './neighbours.ts';
export { setAside } from './repair.ts';
export { isFiltering } from './photo-filter.ts';
export { PathFilter } from './patterns.ts';
export { type FolderScan, type FoundFile } from './reconcile.ts';
export { type ScannedFolder, scanFolder } from './scan.ts';
export type { Mount, VolumeTable } from './volumes.ts';
export { type ScanPlace } from './walk.ts';
export { type Change, type FolderWatch, watchFolder } from './watch.ts';
