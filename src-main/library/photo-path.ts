/** Paths out of the catalogue, which are data: none leads out of the folder that a person added. */
import { join, normalize, posix, win32 } from 'node:path';
import { SemblanceError } from '../contract/index.ts';
import { isInside } from './is-inside.ts';

/** Windows reaches devices by such paths, and files past all that it checks. */
const devicePath = /^[\\/]{2}[?.][\\/]/;
/** More no system allows. */
const longestPath = 32_767;

/**
 * The path of a file that the catalogue places in a folder.
 * @throws SemblanceError `library-unsafe` where it lies elsewhere
 */
export function photoPath(folderPath: string, directory: string, name: string): string {
  const path = join(folderPath, directory, name);
  const folder = normalize(folderPath);
  const isSafe = isFolderPath(folderPath) && path !== folder && isInside(path, folder);
  if (isSafe && !path.includes('\0') && path.length <= longestPath) return path;
  throw new SemblanceError(
    'library-unsafe',
    'A photo of this library lies outside of the folder that it is said to be in, and is not touched. Set the library aside and start anew with: semblance library repair --force',
  );
}

/**
 * Whether a path may be that of a folder: absolute and without detours, on this system or on the one that the library
 * comes from, where it is not found here.
 */
export function isFolderPath(path: string): boolean {
  if (path.includes('\0') || path.length > longestPath || devicePath.test(path)) return false;
  return [posix, win32].some((system) => system.isAbsolute(path) && system.normalize(path) === path);
}
