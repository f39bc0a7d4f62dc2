/** What patterns would keep of a folder. */
import { setImmediate } from 'node:timers/promises';
import { isPhotoName, type PatternCounts } from '../contract/index.ts';
import { PathFilter } from './patterns.ts';
import { everywhere, Walk } from './walk.ts';

/** Photos by their names, directory by directory, each after the one that contains it. */
export type ListedPhotos = { directory: string; photos: { name: string; sizeBytes: number }[] }[];

/** Directories that are counted before others get a turn. */
const directoriesAtOnce = 50;

/**
 * Lists all photos of a folder, hidden ones and those of systems, too.
 * @param notInto real paths that are passed over
 * @throws SemblanceError `no-such-folder`
 */
export async function listPhotos(
  folder: { path: string; followLinks: boolean },
  notInto: readonly string[],
): Promise<ListedPhotos> {
  const all: ListedPhotos = [];
  const walk = new Walk({
    folder,
    filter: { leavesOut: (path, isDirectory) => !isDirectory && !isPhotoName(path) },
    notInto,
    onDirectory: (directory, { files }) => {
      all.push({ directory, photos: files.map(({ name, sizeBytes }) => ({ name, sizeBytes })) });
    },
    onProblem: () => undefined,
    checkpoint: () => undefined,
  });
  await walk.run(everywhere);
  return all.sort((a, b) => (a.directory < b.directory ? -1 : 1));
}

/** @param checkpoint called now and then; may throw to cancel */
export async function countByPatterns(
  listed: ListedPhotos,
  patterns: string,
  checkpoint: () => void,
): Promise<PatternCounts> {
  const filter = new PathFilter(patterns);
  const counts: PatternCounts = { kept: { photos: 0, bytes: 0 }, leftOut: { photos: 0, bytes: 0 } };
  const entered = new Map<string, boolean>();
  /** Whether a directory is looked into: none is that lies in one that is left out. */
  const isEntered = (directory: string): boolean => {
    if (directory === '') return true;
    let known = entered.get(directory);
    if (known === undefined) {
      const parent = directory.slice(0, Math.max(0, directory.lastIndexOf('/')));
      known = isEntered(parent) && !filter.leavesOut(directory, true);
      entered.set(directory, known);
    }
    return known;
  };
  for (const [i, { directory, photos }] of listed.entries()) {
    const prefix = directory === '' ? '' : `${directory}/`;
    for (const { name, sizeBytes } of photos) {
      const isKept = isEntered(directory) && !filter.leavesOut(prefix + name, false);
      const side = isKept ? counts.kept : counts.leftOut;
      side.photos += 1;
      side.bytes += sizeBytes;
    }
    if (i % directoriesAtOnce === 0) {
      await setImmediate();
      checkpoint();
    }
  }
  return counts;
}
