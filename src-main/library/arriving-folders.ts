/** Where the folders of a library from elsewhere are here. */
import { realpathSync, statSync } from 'node:fs';
import { sep } from 'node:path';
import type { ForeignCatalogue, ForeignRow } from './archive-catalogue.ts';
import { rerooted, type Root } from './archive-paths.ts';
import type { Folders } from './folders.ts';
import type { FileLocation } from './photos.ts';

export interface FolderTarget {
  row: ForeignRow<'folders'>;
  /** As the file system spells it, where it is there. */
  path: string;
  isHere: boolean;
}

/** A folder of this library that holds what a folder there held, and in which directory of it; '' at its top. */
export interface FolderPlace {
  folderId: number;
  directory: string;
}

/** By the numbers that the folders have there; those that are left out are not in it. */
export function targetsOf(foreign: ForeignCatalogue, roots: readonly Root[]): Map<number, FolderTarget> {
  const targets = new Map<number, FolderTarget>();
  for (const row of foreign.rows('folders')) {
    const path = rerooted(row.path, roots);
    if (path !== null) targets.set(row.id, { row, ...placeHere(path) });
  }
  return targets;
}

export function placeHere(path: string): { path: string; isHere: boolean } {
  try {
    const real = realpathSync.native(path);
    if (statSync(real).isDirectory()) return { path: real, isHere: true };
  } catch {
    // It may be on a drive that is away.
  }
  return { path, isHere: false };
}

/** Where in this library a folder lies already. */
export function placeIn(folders: Folders, path: string): FolderPlace | null {
  const covering = folders.covering(path);
  if (!covering) return null;
  // By their number: names of one folder may differ in case or in how accents are composed.
  const inner = namesOf(path).slice(namesOf(covering.path).length);
  return { folderId: covering.id, directory: inner.join('/') };
}

function namesOf(path: string): string[] {
  return path.split(sep).filter((name) => name !== '');
}

export function locationIn(
  { folderId, directory }: FolderPlace,
  photo: Pick<FileLocation, 'directory' | 'name'>,
): FileLocation {
  const inner = [directory, photo.directory].filter((each) => each !== '').join('/');
  return { folderId, directory: inner, name: photo.name };
}
