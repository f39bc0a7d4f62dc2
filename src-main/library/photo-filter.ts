/** A filter as a condition on the tables `photos` and `contents`, joined. */
import type { PhotoFilter } from '../contract/index.ts';

export interface Condition {
  /** SQL with a question mark for each parameter. */
  sql: string;
  parameters: (string | number)[];
}

/** What a filter means at the moment; asked for only where the filter is about that. */
export interface FilterContext {
  /** Folders whose drive is not there. */
  offlineFolderIds: () => number[];
  /** All spellings of a tag. */
  spellingsOf: (tag: string) => string[];
}

/**
 * @param among whether the condition chooses among all photos, or is asked of the few of one picture, for which the
 *   pictures with a tag need not be gathered first
 */
export function conditionOf(
  filter: PhotoFilter,
  context: FilterContext,
  among: 'all' | 'few' = 'all',
): Condition {
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
    const spellings = context.spellingsOf(tag);
    if (among === 'all') {
      const { sql, parameters } = contentsTagged(spellings);
      add(`photos.contentId IN (${sql})`, ...parameters);
    } else {
      const isTag = spellings.map(() => 'tag = ? COLLATE NOCASE').join(' OR ');
      const found = `SELECT 1 FROM contentTags WHERE contentId = photos.contentId AND (${isTag})`;
      add(`EXISTS (${found})`, ...spellings);
    }
  }
  if (filter.leastRating !== undefined) {
    const rating = 'SELECT rating FROM contentRatings WHERE contentId = photos.contentId';
    add(`(${rating}) >= ?`, filter.leastRating);
  }
  if (filter.offline !== undefined) {
    const offline = context.offlineFolderIds();
    add(`photos.folderId ${filter.offline ? '' : 'NOT '}IN (${marks(offline)})`, ...offline);
  }
  return {
    sql: conditions.map(({ sql }) => sql).join(' AND '),
    parameters: conditions.flatMap(({ parameters }) => parameters),
  };
}

/**
 * A query for the pictures with a tag, by its spellings: what the view `contentTags` says, but from the tag's side, which
 * looks nothing up for each picture whose file holds it. A picture with two spellings may be there twice.
 */
export function contentsTagged(spellings: readonly string[]): Condition {
  const decided = 'SELECT decided.id FROM decidedTags JOIN contents AS decided USING (hash) WHERE tag = ?';
  const one = `
    SELECT contentId FROM fileTags WHERE tag = ? AND contentId NOT IN (${decided} AND present = 0)
    UNION ALL ${decided} AND present = 1`;
  return {
    sql: spellings.map(() => one).join(' UNION ALL '),
    parameters: spellings.flatMap((tag) => [tag, tag, tag]),
  };
}

/** Whether a filter asks for anything. */
export function isFiltering(filter: PhotoFilter | undefined): filter is PhotoFilter {
  return filter !== undefined && Object.values(filter).some((value) => value !== undefined);
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
