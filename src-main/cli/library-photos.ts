/** Photos of the library that are named on the command line by their paths. */
import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { type Folder, SemblanceError } from '../contract/index.ts';
import type { Engine } from '../engine/index.ts';

const pageLength = 1000;

/**
 * Ids of photos by their paths; a folder stands for all photos in it, and in the folders below it.
 * @throws SemblanceError `not-found` for a path that is none of the library's
 */
export async function libraryPhotos(engine: Engine, paths: string[]): Promise<number[]> {
  const ids = new Set<number>();
  for (const path of paths) for (const id of await photosAt(engine, path)) ids.add(id);
  return [...ids];
}

async function photosAt(engine: Engine, path: string): Promise<number[]> {
  const { folder, directory: inside } = placeOf(engine, path);
  const parent = dirname(inside);
  const location = { directory: parent === '.' ? '' : parent, name: basename(inside) };
  const id = folder && engine.library.photos.at({ folderId: folder.id, ...location });
  if (id !== undefined) return [id];
  const ids = folder ? await photosBelow(engine, folder, inside) : [];
  if (ids.length > 0) return ids;
  throw new SemblanceError('not-found', `${path} is no photo of this library. Index its folder first.`);
}

async function photosBelow(engine: Engine, folder: Folder, directory: string): Promise<number[]> {
  const ids: number[] = [];
  const filter = { folderIds: [folder.id], directory };
  for (let offset = 0; ; offset += pageLength) {
    const { photos } = await engine.call('photos', { offset, limit: pageLength, order: 'path', filter });
    ids.push(...photos.map(({ id }) => id));
    if (photos.length < pageLength) return ids;
  }
}

/** The folder of the library that holds a path, which may be written with links in it or lie on a drive that is away. */
export function placeOf(
  { library }: Engine,
  path: string,
): { folder: Folder | undefined; /** Inside the folder, with '/' between names. */ directory: string } {
  const given = resolve(path);
  for (const real of [realOrNull(given), realParent(given), given]) {
    const folder = real === null ? undefined : library.folders.covering(real);
    if (folder && real !== null) {
      return { folder, directory: relative(folder.path, real).split(sep).join('/') };
    }
  }
  return { folder: undefined, directory: '' };
}

function realOrNull(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

function realParent(path: string): string | null {
  const parent = realOrNull(dirname(path));
  return parent === null ? null : join(parent, basename(path));
}
