/** The conditions of a filter, each in words and with the filter that is left without it. */
import { formatLocale } from './language.ts';
import { plural } from './plural.ts';
import { listed } from './wording.ts';
import type { Folder, PhotoFilter } from '../src-main/contract/index.ts';

export const dayMs = 24 * 60 * 60 * 1000;

export interface FilterCondition {
  /** Tells it from the other conditions. */
  key: string;
  words: string;
  without: PhotoFilter;
}

/** Days are those of the camera's clock, which is kept as if it were UTC. */
const day = new Intl.DateTimeFormat(formatLocale(), { dateStyle: 'medium', timeZone: 'UTC' });

export function conditionsOf(filter: PhotoFilter, folders: readonly Folder[]): FilterCondition[] {
  const { folderIds, directory, takenFromMs, takenBeforeMs, formats, tags, leastRating, offline } = filter;
  const conditions: FilterCondition[] = [];
  if (folderIds) {
    const names = folderIds.map((id) => folderName(folders.find((folder) => folder.id === id)));
    conditions.push({
      key: 'folders',
      words: `In ${listed(names, 'disjunction')}`,
      without: changed(filter, { folderIds: undefined }),
    });
  }
  if (directory !== undefined && directory !== '') {
    conditions.push({
      key: 'directory',
      words: `Below ${directory}`,
      without: changed(filter, { directory: undefined }),
    });
  }
  if (takenFromMs !== undefined || takenBeforeMs !== undefined) {
    conditions.push({
      key: 'taken',
      words: takenWords(takenFromMs, takenBeforeMs),
      without: changed(filter, { takenFromMs: undefined, takenBeforeMs: undefined }),
    });
  }
  if (formats) {
    conditions.push({
      key: 'formats',
      words: listed(
        formats.map((format) => format.toUpperCase()),
        'disjunction',
      ),
      without: changed(filter, { formats: undefined }),
    });
  }
  for (const tag of tags ?? []) {
    conditions.push({ key: `tag:${tag}`, words: `Tag ${tag}`, without: withoutTag(filter, tag) });
  }
  if (leastRating !== undefined) {
    conditions.push({
      key: 'rating',
      words: leastRating === 5 ? '5 stars' : plural(leastRating, ['# or more stars', '# or more stars']),
      without: changed(filter, { leastRating: undefined }),
    });
  }
  if (offline !== undefined) {
    conditions.push({
      key: 'offline',
      words: offline ? 'Offline' : 'Not offline',
      without: changed(filter, { offline: undefined }),
    });
  }
  return conditions;
}

/** The filter with other values; what is undefined or an empty list is no condition, and is left out. */
export function changed(filter: PhotoFilter, changes: PhotoFilter): PhotoFilter {
  const entries = Object.entries({ ...filter, ...changes }).filter(
    ([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(entries);
}

/** The list with a value, or without it. */
export function toggled<Value>(list: readonly Value[] | undefined, value: Value, on: boolean): Value[] {
  const others = (list ?? []).filter((each) => each !== value);
  return on ? [...others, value] : others;
}

function withoutTag(filter: PhotoFilter, tag: string): PhotoFilter {
  return changed(filter, { tags: toggled(filter.tags, tag, false) });
}

/** The last name of a folder's path. */
export function folderName(folder: Pick<Folder, 'path'> | undefined): string {
  return folder?.path.split(/[/\\]/).filter(Boolean).at(-1) ?? 'a folder that is gone';
}

/** A day as a date field wants it, e.g. '2024-05-31'; '' for none. */
export function dayOf(ms: number | undefined): string {
  return ms === undefined || Number.isNaN(new Date(ms).getTime())
    ? ''
    : new Date(ms).toISOString().slice(0, 10);
}

/** The beginning of a day as a date field gives it; undefined for none. */
export function startOfDay(text: string): number | undefined {
  const ms = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

function takenWords(fromMs: number | undefined, beforeMs: number | undefined): string {
  const last = beforeMs === undefined ? undefined : beforeMs - 1;
  if (fromMs === undefined) return `Taken until ${day.format(last)}`;
  if (last === undefined) return `Taken from ${day.format(fromMs)}`;
  const [first, second] = [day.format(fromMs), day.format(last)];
  return first === second ? `Taken on ${first}` : `Taken ${first} to ${second}`;
}
