/** Room on the disk that holds the library: what takes it, and waiting for it where there is none. */
import {
  type Job,
  type JobObstacle,
  SemblanceError,
  type StorageKind,
  type StorageReport,
} from '../contract/index.ts';
import { fileSizes, freeBytesAt, type Library } from '../library/index.ts';
import { installedModels } from '../vision/index.ts';
import type { Engine } from './engine.ts';

/** SQLite writes changes down twice before they take their place, and its journal grows to some megabytes. */
const journalBytes = 16e6;
/** Files that grow with each photo; journals are large for a while only, and what is damaged was set aside. */
const growing = /^(library\.sqlite|thumbnails\.sqlite|index.*)$/;

export function storageReport({ library }: Engine): StorageReport {
  const statistics = library.cacheBytes();
  const bytes: Record<StorageKind, number> = {
    statistics,
    catalogue: -statistics,
    thumbnails: 0,
    'search-index': 0,
    decisions: 0,
    models: installedModels().reduce((sum, { info }) => sum + info.sizeBytes, 0),
  };
  for (const [name, size] of fileSizes(library.path)) bytes[kindOf(name)] += size;
  // What is cached is counted photo by photo, and SQLite may hold some of it in pages that it has not written out yet.
  bytes.catalogue = Math.max(0, bytes.catalogue);
  const parts = Object.entries(bytes) as [StorageKind, number][];
  return {
    parts: parts.map(([kind, size]) => ({ kind, bytes: size })).sort((a, b) => b.bytes - a.bytes),
    path: library.path,
    freeBytes: freeBytesAt(library.path),
  };
}

function kindOf(file: string): StorageKind {
  if (file.startsWith('thumbnails.')) return 'thumbnails';
  if (file.startsWith('decisions')) return 'decisions';
  return /^index\b/.test(file) ? 'search-index' : 'catalogue';
}

/**
 * A job that a full disk has stopped may wait for room: for what its other photos take, if they are like those in the
 * library.
 */
export function waitForRoom(library: Library) {
  return (error: unknown, { done, total }: Job): (() => JobObstacle | null) | null => {
    const explained = library.explain(error);
    if (!(explained instanceof SemblanceError) || explained.code !== 'disk-full') return null;
    const stored = [...fileSizes(library.path)]
      .filter(([name]) => growing.test(name))
      .reduce((sum, [, size]) => sum + size, 0);
    const photos = library.contents.count();
    const bytesPerPhoto = photos === 0 ? 0 : stored / photos;
    const neededBytes = journalBytes + Math.max(0, total - done) * bytesPerPhoto;
    return () => {
      const freeBytes = freeBytesAt(library.path);
      return freeBytes >= neededBytes
        ? null
        : { code: 'disk-full', path: library.path, neededBytes, freeBytes };
    };
  };
}
