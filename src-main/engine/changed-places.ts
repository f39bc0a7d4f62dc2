/** Where to look after changes. */
import { lstatSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { isInside, type Change, type Library, type ScanPlace } from '../library/index.ts';

/**
 * The directories that hold what has changed, and with all that lies below them those that came or went.
 * @param changes last kind of change of each path in the folder
 */
export function placesOf(
  library: Library,
  folder: { id: number; path: string },
  changes: ReadonlyMap<string, Change['kind']>,
): ScanPlace[] {
  const spellings = new Map<string, string | null>();
  const places = new Map<string, boolean>();
  for (const [path, kind] of changes) {
    const parent = spelled(folder.path, path.slice(0, Math.max(0, path.lastIndexOf('/'))), spellings);
    if (parent === null) continue;
    if (!places.has(parent)) places.set(parent, false);
    const name = path.slice(path.lastIndexOf('/') + 1);
    const whole = parent === '' ? name : `${parent}/${name}`;
    const isDirectory =
      kind === 'create'
        ? isDirectoryNow(join(folder.path, path))
        : kind === 'delete' && library.files.directoriesOf(folder.id, whole).length > 0;
    if (isDirectory) places.set(whole, true);
  }
  return [...places].map(([directory, deep]) => ({ directory, deep }));
}

/**
 * A directory as the file system spells it, or as it came where it is gone: some systems tell of changes in other words,
 * composing accents differently. null where it lies elsewhere.
 */
function spelled(folder: string, directory: string, known: Map<string, string | null>): string | null {
  let spelling = known.get(directory);
  if (spelling === undefined) {
    spelling = directory;
    try {
      const real = realpathSync.native(join(folder, directory));
      spelling = isInside(real, folder) ? relative(folder, real).split(sep).join('/') : null;
    } catch {
      // It is gone: what is known in it is looked for under this name.
    }
    known.set(directory, spelling);
  }
  return spelling;
}

function isDirectoryNow(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}
