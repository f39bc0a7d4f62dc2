/** An order of photos as SQL on the tables `photos` and `contents`; each has an index that gives it without sorting. */
import type { PhotoArrangement } from '../contract/index.ts';
import type { Condition } from './photo-filter.ts';

export const photosAndContents = 'photos JOIN contents ON contents.id = photos.contentId';

/** The month in which a photo was taken, by the camera's clock; NULL where that is not known. */
export const monthColumn = "strftime('%Y-%m', contents.takenAtMs / 1000, 'unixepoch')";

export type Ordering = Pick<PhotoArrangement, 'order' | 'direction' | 'groupBy'>;

function isDescending({ order, direction }: Ordering): boolean {
  return (
    (direction ?? (order === 'taken' || order === 'added' ? 'descending' : 'ascending')) === 'descending'
  );
}

/** A query for the ids of the photos that a condition holds for, group by group and in their order in each. */
export function sortedPhotos(ordering: Ordering, condition: Condition, isFiltered: boolean): Condition {
  const { order, groupBy } = ordering;
  // The path begins with the folder, and the date with the month.
  const isGrouped = groupBy !== undefined && !(groupBy === 'folder' ? order === 'path' : order === 'taken');
  const within = orderWithin(ordering);
  const columns = isGrouped ? `${groupOrder(ordering)}, ${within}` : within;
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

/** The order of the groups. Those of the latest months come first, unless the photos are asked for from the oldest on. */
export function groupOrder(ordering: Ordering): string {
  const { order, groupBy } = ordering;
  if (groupBy === 'folder') {
    const way = order === 'path' && isDescending(ordering) ? 'DESC' : 'ASC';
    return `photos.folderId ${way}, photos.directory ${way}`;
  }
  const way = order === 'taken' && !isDescending(ordering) ? 'ASC' : 'DESC';
  return `contents.takenAtMs IS NULL, ${monthColumn} ${way}`;
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
