/** What tells which photos of a library belong together. */
import { SemblanceError } from '../contract/index.ts';
import type { Library } from '../library/index.ts';
import type { Groups } from './analysis.ts';

/** Folder names as labels: every picture by the folder of its first file. */
export function folderLabels(library: Library): Extract<Groups, { from: 'folders' }> {
  const names = new Map<string, number>();
  const labels = new Map<number, number>();
  for (const { folderId, directory, contentId } of library.photos.searchable()) {
    const name = `${folderId}/${directory}`;
    const label = names.get(name) ?? names.size;
    names.set(name, label);
    if (!labels.has(contentId)) labels.set(contentId, label);
  }
  return { from: 'folders', contentIds: [...labels.keys()], labels: [...labels.values()] };
}

/** Whether labels tell anything: it takes two, one of them with two photos. */
export function areTelling({ labels }: { labels: readonly number[] }): boolean {
  const distinct = new Set(labels).size;
  return distinct >= 2 && distinct < labels.length;
}

/** @throws SemblanceError `no-ground-truth` */
export function groupsFor(library: Library, by: 'folder' | 'pairs', extractionKey: string): Groups {
  if (by === 'pairs') {
    if (library.variants.count(extractionKey) > 0) return { from: 'pairs' };
    throw new SemblanceError(
      'no-ground-truth',
      'There are no self-made pairs for these settings yet. Make them first: semblance tune pairs',
    );
  }
  const folders = folderLabels(library);
  if (areTelling(folders)) return folders;
  throw new SemblanceError(
    'no-ground-truth',
    'Folder names cannot serve as labels here: it takes two folders, one of them with two photos.',
  );
}
