/** What is said of an exported library, and of how moving one went. */
import type { ExportedFolder, ExportedLibrary, Job } from '../../src-main/contract/index.ts';
import { formatLocale } from '../language.ts';
import { plural } from '../plural.ts';
import { listed } from '../wording.ts';

const days = new Intl.DateTimeFormat(formatLocale(), { dateStyle: 'medium' });

export function day(ms: number): string {
  return days.format(ms);
}

/** E.g. '12 tags, 3 ratings and 1 saved search'; what there is none of is left out. */
export function contentsWords({
  tags,
  ratings,
  kept,
  savedSearches,
  thumbnails,
}: Pick<ExportedLibrary, 'tags' | 'ratings' | 'kept' | 'savedSearches' | 'thumbnails'>): string {
  const parts = [
    tags > 0 && plural(tags, ['# tag of a photo', '# tags of photos']),
    ratings > 0 && plural(ratings, ['# rating', '# ratings']),
    kept > 0 && plural(kept, ['# kept file', '# kept files']),
    savedSearches > 0 && plural(savedSearches, ['# saved search', '# saved searches']),
    thumbnails > 0 && plural(thumbnails, ['# thumbnail', '# thumbnails']),
  ].filter((part) => part !== false);
  return parts.length === 0 ? 'Nothing was tagged, rated or saved.' : `With ${listed(parts)}.`;
}

/** Whether the photos of a folder would be found where it is to be. */
export function foundWords({
  isThere,
  found,
  sampled,
}: Pick<ExportedFolder, 'isThere' | 'found' | 'sampled'>): string {
  if (!isThere) return 'It is not there now: its photos will be offline, and can be searched.';
  if (sampled === 0) return 'It is there.';
  if (found === 0) return 'It is there, but holds none of the photos that were looked for.';
  if (found === sampled) return 'Its photos are there.';
  return `Of ${sampled} photos that were looked for, ${found} are there.`;
}

/** What became of an export or an import that is over. */
export function movedWords({ kind, state, outcome, error }: Job): string {
  if (error) return error.message;
  if (state !== 'cancelled') return outcome;
  return kind === 'export' ? 'Stopped. There is no file.' : 'Stopped. The library is as it was.';
}
