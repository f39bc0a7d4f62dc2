/** What tells which photos of a library belong together. */
import { isDeepStrictEqual } from 'node:util';
import { type LabelKind, SemblanceError, tagKey } from '../contract/index.ts';
import type { Library } from '../library/index.ts';
import type { Groups } from './analysis.ts';

type FolderLabels = Extract<Groups, { from: 'folders' }>;
type TagLabels = Extract<Groups, { from: 'tags' }>;

interface KnownLabels {
  /** Of the library, when it was looked at. */
  stamp: string;
  labels: FolderLabels;
  /** Counts how often the labels have changed. */
  version: number;
}

/** The latest labels of each library: of a large one they take a while, and every preview asks for them. */
const known = new WeakMap<Library, KnownLabels>();

function latest(library: Library): KnownLabels {
  const stamp = library.changeStamp();
  const before = known.get(library);
  if (before?.stamp === stamp) return before;
  const labels = labelByFolder(library);
  const changed = before && !isDeepStrictEqual(labels, before.labels);
  const now =
    before && !changed ? { ...before, stamp } : { stamp, labels, version: (before?.version ?? 0) + 1 };
  known.set(library, now);
  return now;
}

/** Folder names as labels: every picture by the folder of its first file. */
export function folderLabels(library: Library): FolderLabels {
  return latest(library).labels;
}

/** Another number as soon as a folder label has changed. */
export function folderLabelsVersion(library: Library): number {
  return latest(library).version;
}

function labelByFolder(library: Library): FolderLabels {
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

/**
 * Tags as labels: pictures that share one match; those without any are ranked among the others, but do not ask.
 * @throws SemblanceError `no-ground-truth`
 */
export function tagLabels(library: Library): TagLabels {
  const numbers = new Map<string, number>();
  const tagsOf = new Map<number, number[]>();
  const pictures: number[] = [];
  for (const { contentId, tag } of library.decisions.taggedContents()) {
    const number = numbers.get(tagKey(tag)) ?? numbers.size;
    numbers.set(tagKey(tag), number);
    tagsOf.set(contentId, [...(tagsOf.get(contentId) ?? []), number]);
    pictures[number] = (pictures[number] ?? 0) + 1;
  }
  const total = library.contents.count();
  const isTelling = (tag: number): boolean => pictures[tag] > 1 && pictures[tag] < total;
  if (!pictures.some((_, tag) => isTelling(tag))) {
    throw new SemblanceError(
      'no-ground-truth',
      'Tags cannot serve as labels here: it takes one that two photos have, and others have not. Give some with: semblance tag add',
    );
  }
  const labelled = [...tagsOf].flatMap(([contentId, tags]) => {
    const rarest = tags
      .filter(isTelling)
      .sort((a, b) => pictures[a] - pictures[b] || a - b)
      .at(0);
    return rarest === undefined ? [] : [{ contentId, tags, rarest }];
  });
  return {
    from: 'tags',
    contentIds: labelled.map(({ contentId }) => contentId),
    labels: labelled.map(({ rarest }) => rarest),
    tags: labelled.map(({ tags }) => tags),
  };
}

/** @throws SemblanceError `no-ground-truth` */
export function groupsFor(library: Library, by: LabelKind, extractionKey: string): Groups {
  if (by === 'pairs') {
    if (library.variants.count(extractionKey) > 0) return { from: 'pairs' };
    throw new SemblanceError(
      'no-ground-truth',
      'There are no self-made pairs for these settings yet. Make them first: semblance tune pairs',
    );
  }
  if (by === 'tag') return tagLabels(library);
  const folders = folderLabels(library);
  if (areTelling(folders)) return folders;
  throw new SemblanceError(
    'no-ground-truth',
    'Folder names cannot serve as labels here: it takes two folders, one of them with two photos.',
  );
}
