/** Adding, changing, finding again and forgetting folders. */
import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type CommandArguments, type Folder, SemblanceError } from '../contract/index.ts';
import type { Engine } from './engine.ts';

export function addFolder(engine: Engine, path: string): Folder {
  const { library } = engine;
  const real = realFolder(path);
  const folder = library.decide(() => library.folders.add(real, Date.now()));
  tell(engine);
  return folder;
}

export function removeFolder(engine: Engine, folderId: number): { forgotten: number } {
  const { library } = engine;
  const { photos } = library.folders.get(folderId);
  engine.forget(library.removeFolder(folderId));
  tell(engine);
  return { forgotten: photos };
}

/** Photos that the patterns now leave out go with the indexing that this begins, and others come. */
export function changeFolder(
  engine: Engine,
  folderId: number,
  changes: Pick<CommandArguments['changeFolder'], 'patterns' | 'followLinks'>,
): Folder {
  const { library } = engine;
  library.decide(() => library.folders.change(folderId, changes));
  const folder = library.folders.get(folderId);
  engine.index([folder]);
  tell(engine);
  return folder;
}

/**
 * @throws SemblanceError `no-such-folder`, `folder-overlaps`, `invalid-arguments` where none of the known files is there
 */
export function relocateFolder(engine: Engine, folderId: number, path: string): Folder {
  const { library } = engine;
  const folder = library.folders.get(folderId);
  const real = realFolder(path);
  if (library.places.share(folderId, real) === 0) {
    throw new SemblanceError(
      'invalid-arguments',
      `${real} holds none of the photos that ${folder.path} held. Choose the folder in which they are now.`,
    );
  }
  library.decide(() => library.folders.relocate(folderId, real));
  const moved = library.folders.get(folderId);
  engine.index([moved]);
  tell(engine);
  return moved;
}

function tell(engine: Engine): void {
  engine.watching.renew();
  engine.tellLibraryChanged(true);
}

/**
 * The path as the file system itself spells it.
 * @throws SemblanceError `no-such-folder`
 */
function realFolder(path: string): string {
  try {
    const real = realpathSync.native(resolve(path));
    if (statSync(real).isDirectory()) return real;
  } catch {
    // Said below, as for a path that is no folder.
  }
  throw new SemblanceError('no-such-folder', `There is no folder ${path}. Check the path.`);
}
