/** A filter as a condition on the tables `photos` and `contents`, joined. */
import type { PhotoFilter } from '../contract/index.ts';

export interface Condition {
  /** SQL with a question mark for each parameter. */
  sql: string;
  parameters: (string | number)[];
}

/**
 * @param offlineFolderIds folders whose drive is not there; asked for only where the filter is about that
 */
export function conditionOf(filter: PhotoFilter, offlineFolderIds: () => number[]): Condition {
  const conditions: Condition[] = [{ sql: 'photos.contentId IS NOT NULL', parameters: [] }];
  const add = (sql: string, ...parameters: (string | number)[]): void => {
    conditions.push({ sql, parameters });
  };
  if (filter.folderIds) add(`photos.folderId IN (${marks(filter.folderIds)})`, ...filter.folderIds);
  if (filter.directory !== undefined && filter.directory !== '') {
    // Everything below 'a' lies between 'a/' and 'a0', since '0' follows '/'.
    add(
      '(photos.directory = ? OR (photos.directory >= ? AND photos.directory < ?))',
      filter.directory,
      `${filter.directory}/`,
      `${filter.directory}0`,
    );
  }
  if (filter.takenFromMs !== undefined) add('contents.takenAtMs >= ?', filter.takenFromMs);
  if (filter.takenBeforeMs !== undefined) add('contents.takenAtMs < ?', filter.takenBeforeMs);
  if (filter.formats) add(`contents.format IN (${marks(filter.formats)})`, ...filter.formats);
  for (const tag of filter.tags ?? []) {
    add('contents.id IN (SELECT contentId FROM contentTags WHERE tag = ? COLLATE NOCASE)', tag);
  }
  if (filter.leastRating !== undefined) {
    add('contents.id IN (SELECT contentId FROM contentRatings WHERE rating >= ?)', filter.leastRating);
  }
  if (filter.offline !== undefined) {
    const offline = offlineFolderIds();
    add(`photos.folderId ${filter.offline ? '' : 'NOT '}IN (${marks(offline)})`, ...offline);
  }
  return {
    sql: conditions.map(({ sql }) => sql).join(' AND '),
    parameters: conditions.flatMap(({ parameters }) => parameters),
  };
}

/** Whether a filter asks for anything. */
export function isFiltering(filter: PhotoFilter | undefined): filter is PhotoFilter {
  return filter !== undefined && Object.values(filter).some((value) => value !== undefined);
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
