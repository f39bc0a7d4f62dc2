/** An order of photos as SQL on the tables `photos` and `contents`; each has an index that gives it without sorting. */
import type { PhotoArrangement } from '../contract/index.ts';
import type { Condition } from './photo-filter.ts';

export const photosAndContents = 'photos JOIN contents ON contents.id = photos.contentId';

export type Ordering = Pick<PhotoArrangement, 'order' | 'direction' | 'groupBy'>;

function isDescending({ order, direction }: Ordering): boolean {
  return (
    (direction ?? (order === 'taken' || order === 'added' ? 'descending' : 'ascending')) === 'descending'
  );
}

/** A query for the ids of the photos that a condition holds for, folder by folder where that is asked for, and in their order. */
export function sortedPhotos(ordering: Ordering, condition: Condition, isFiltered: boolean): Condition {
  const { order, groupBy } = ordering;
  // The path begins with the folder.
  const isGrouped = groupBy === 'folder' && order !== 'path';
  const within = orderWithin(ordering);
  const columns = isGrouped ? `${folderOrder(ordering)}, ${within}` : within;
  const ofContents = columns.includes('contents.') || condition.sql.includes('contents.');
  // Where all photos are wanted, walking the index of dates is quicker than sorting; SQLite does not begin with it.
  const byDate = order === 'taken' && !isGrouped && !isFiltered;
  const from = byDate
    ? 'contents CROSS JOIN photos ON photos.contentId = contents.id'
    : ofContents
      ? photosAndContents
      : 'photos';
  return {
    sql: `SELECT photos.id FROM ${from} WHERE ${condition.sql} ORDER BY ${columns}`,
    parameters: condition.parameters,
  };
}

export function folderOrder(ordering: Ordering): string {
  const way = ordering.order === 'path' && isDescending(ordering) ? 'DESC' : 'ASC';
  return `photos.folderId ${way}, photos.directory ${way}`;
}

/** The latest months come first, unless the photos are asked for from the oldest on. */
export function isOldestMonthFirst(ordering: Ordering): boolean {
  return ordering.order === 'taken' && !isDescending(ordering);
}

function orderWithin(ordering: Ordering): string {
  const way = isDescending(ordering) ? 'DESC' : 'ASC';
  switch (ordering.order) {
    case 'path':
      return `photos.folderId ${way}, photos.directory ${way}, photos.name ${way}`;
    case 'taken':
      return `contents.takenAtMs IS NULL, contents.takenAtMs ${way}, contents.id ${way}, photos.id ${way}`;
    case 'name':
      return `photos.name COLLATE NOCASE ${way}, photos.id ${way}`;
    case 'added':
      return `photos.addedAtMs ${way}, photos.id ${way}`;
  }
}
