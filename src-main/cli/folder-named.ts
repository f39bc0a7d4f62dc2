/** A folder of the library, by a path as a person types it. */
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Folder, SemblanceError } from '../contract/index.ts';
import type { Engine } from '../engine/index.ts';

/**
 * Also one that is gone.
 * @throws SemblanceError `not-found`
 */
export function folderNamed(engine: Engine, path: string): Folder {
  const wanted = [realOrGiven(path), resolve(path)];
  const folder = engine.library.folders.list().find((each) => wanted.includes(each.path));
  if (folder) return folder;
  throw new SemblanceError('not-found', `${path} is not a folder of this library. See: semblance folders`);
}

function realOrGiven(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
