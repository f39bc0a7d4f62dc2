/** What is known of photos and folders. */
export { type KnownFile } from './photos.ts';
export { type CachedExtraction } from './extractions.ts';
export { generationInfo, type StoredGeneration } from './generations.ts';
export { type PendingMetadata } from './file-metadata.ts';
export { Library } from './library.ts';
export { isFiltering } from './photo-filter.ts';
export { type FolderScan, type FoundFile, scanFolder } from './scan.ts';
