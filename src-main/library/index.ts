/** What is known of photos and folders. */
export { type FileStamp, type FileLocation, type KnownFile } from './photos.ts';
export { generationInfo, type NewGeneration, type StoredGeneration } from './generations.ts';
export { isInside } from './folders.ts';
export { Library } from './library.ts';
export { type FolderScan, type FoundFile, scanFolder } from './scan.ts';
export { type Suspect } from './in-flight.ts';
