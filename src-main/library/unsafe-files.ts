/**
 * What lies in a library folder is looked at before any of it is opened. A folder that somebody else made may hold links
 * that lead out of it, pipes that never answer, or a journal by which SQLite deletes a file elsewhere.
 */
import { closeSync, fstatSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { SemblanceError } from '../contract/index.ts';

/** Journals of databases that know only write-ahead logs, but for a moment while they are made. */
const journalPattern = /\.(?:sqlite|lock)-journal$/;
/** The last bytes of a journal that belongs to a change of several databases (sqlite.org/fileformat2.html, §3). */
const superJournalMark = Buffer.from('d9d505f920a163d7', 'hex');

/**
 * Refuses a library folder that holds anything but plain files and folders, or a journal that names another file. One
 * that is not there, or cannot be listed, is left to whoever opens it.
 * @throws SemblanceError `library-unsafe`
 */
export function refuseUnsafeFiles(folder: string): void {
  for (const name of namesIn(folder)) {
    const stats = lstatSync(join(folder, name), { throwIfNoEntry: false });
    if (!stats || stats.isDirectory()) continue;
    if (!stats.isFile()) {
      throw new SemblanceError(
        'library-unsafe',
        `${join(folder, name)} is a link or no plain file, and Semblance puts none there. Take it away to open this library.`,
      );
    }
    if (journalPattern.test(name) && namesAnotherFile(join(folder, name))) {
      throw new SemblanceError(
        'library-unsafe',
        `${join(folder, name)} names a file elsewhere, as no journal of a library does. Take it away to open this library.`,
      );
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * SQLite deletes the super-journal that a journal names once it has played it back: any file in earlier versions, and in
 * later ones any whose name looks like one. A catalogue is never part of such a change.
 */
function namesAnotherFile(journal: string): boolean {
  const descriptor = openSync(journal, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const end = Buffer.alloc(superJournalMark.length);
    if (size < end.length) return false;
    readSync(descriptor, end, 0, end.length, size - end.length);
    return end.equals(superJournalMark);
  } finally {
    closeSync(descriptor);
  }
}
