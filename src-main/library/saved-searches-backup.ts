/** Saved searches as the decisions' backup holds them: folders by their paths, because their numbers are the catalogue's. */
import * as v from 'valibot';
import type { Connection } from './database.ts';

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** No folder ever has this number. A filter by folders that are gone finds nothing, rather than photos of all others. */
export const noFolder = Number.MAX_SAFE_INTEGER;

const savedSearchSchema = v.object({
  id: v.string(),
  name: v.string(),
  /** Without the folders of its filter, where they are known. As in the catalogue, and checked when it is read. */
  query: v.looseObject({ filter: v.looseObject({}) }),
  folders: v.array(v.string()),
  savedAtMs: whole,
  seenAtMs: whole,
});

export const savedSearchesSchema = v.object({
  searches: v.array(savedSearchSchema),
  /** Small copies of pictures, in base 64. */
  copies: v.array(v.object({ hash: v.string(), data: v.pipe(v.string(), v.base64()) })),
});

export type SavedSearchesBody = v.InferOutput<typeof savedSearchesSchema>;

interface SearchRow {
  id: string;
  name: string;
  query: string;
  savedAtMs: number;
  seenAtMs: number;
}

const withFilterSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({ filter: v.looseObject({ folderIds: v.optional(v.array(whole)) }) }),
);

export function savedSearchesBody(database: Connection): SavedSearchesBody {
  const pathOf = database.prepare<[number], string>('SELECT path FROM folders WHERE id = ?').pluck();
  const searches = database
    .prepare<[], SearchRow>('SELECT * FROM savedSearches ORDER BY id')
    .all()
    .flatMap(({ query, ...row }) => {
      const parsed = v.safeParse(withFilterSchema, query);
      if (!parsed.success) return [];
      const { folderIds = [], ...others } = parsed.output.filter;
      const folders = folderIds.flatMap((id) => pathOf.get(id) ?? []);
      const isOfNone = folderIds.length > 0 && folders.length === 0;
      const filter = isOfNone ? { ...others, folderIds: [noFolder] } : others;
      return [{ ...row, query: { ...parsed.output, filter }, folders }];
    });
  const copies = database
    .prepare<[], { hash: string; data: Buffer }>('SELECT hash, data FROM savedExamples ORDER BY hash')
    .all()
    .map(({ hash, data }) => ({ hash, data: data.toString('base64') }));
  return { searches, copies };
}

/**
 * Brings them back; those that are there already stay, unless the backup is a later state of the same library. Folders
 * have to be back before.
 */
export function restoreSavedSearches(
  database: Connection,
  { searches, copies }: SavedSearchesBody,
  isNewer: boolean,
): void {
  if (isNewer) database.exec('DELETE FROM savedSearches; DELETE FROM savedExamples');
  const folderAt = database.prepare<[string], number>('SELECT id FROM folders WHERE path = ?').pluck();
  const add = database.prepare(
    'INSERT OR IGNORE INTO savedSearches (id, name, query, savedAtMs, seenAtMs) VALUES (?, ?, ?, ?, ?)',
  );
  const addCopy = database.prepare('INSERT OR IGNORE INTO savedExamples (hash, data) VALUES (?, ?)');
  for (const { id, name, query, folders, savedAtMs, seenAtMs } of searches) {
    const known = folders.flatMap((path) => folderAt.get(path) ?? []);
    const folderIds = known.length > 0 ? known : [noFolder];
    const filter = folders.length > 0 ? { ...query.filter, folderIds } : query.filter;
    add.run(id, name, JSON.stringify({ ...query, filter }), savedAtMs, seenAtMs);
  }
  for (const { hash, data } of copies) addCopy.run(hash, Buffer.from(data, 'base64'));
}
