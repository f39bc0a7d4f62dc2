/** What stands over photos that belong together. */
import { formatLocale } from '../language.ts';
import type { Folder, PhotoGroup } from '../../src-main/contract/index.ts';
import { folderName } from '../filter-words.ts';

const months = new Intl.DateTimeFormat(formatLocale(), { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** E.g. 'May 2024', or 'Pictures / trips / Rome'. */
export function groupTitle(group: PhotoGroup, folders: readonly Folder[]): string {
  if (group.kind === 'month') {
    return group.month === null ? 'Date unknown' : months.format(Date.parse(`${group.month}-01T00:00:00Z`));
  }
  const name = folderName(folders.find(({ id }) => id === group.folderId));
  return [name, ...group.directory.split('/').filter(Boolean)].join(' / ');
}
