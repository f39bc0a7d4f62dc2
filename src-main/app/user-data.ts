/**
 * Where Electron keeps what is its own. Its lock for one instance belongs to such a folder; so each library but the usual one has
 * a folder of its own, and two libraries can be open side by side.
 */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * The folder for the window of a library.
 * @param usualLibrary the library that is opened when none is named
 */
export function userDataFolder(base: string, library: string, usualLibrary: string): string {
  const path = realPath(library);
  if (path === realPath(usualLibrary)) return base;
  return join(base, 'libraries', createHash('sha256').update(path).digest('hex').slice(0, 16));
}

/** Links lead to the same library; one that is not there yet has no other name. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
