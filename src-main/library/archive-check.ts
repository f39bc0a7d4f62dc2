/**
 * Looks at a catalogue or at thumbnails from elsewhere before anything is read from them: a file may make SQLite run what
 * its schema says, so the schema has to be ours to the letter, and every page has to be whole.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { SemblanceError, systemCodeOf } from '../contract/index.ts';
import { noArchive, type PartName, thumbnailsName } from './archive-manifest.ts';
import { thumbnailSchema } from './archive-tables.ts';
import { bringUpToDate } from './database.ts';
import { migrations, schemaVersion } from './schema.ts';
import { type Connection, openSqlite, otherInSchema } from './sqlite-file.ts';

/** Bytes of the header that tell whether there is a write-ahead log to it (sqlite.org/fileformat2.html, §1.3). */
const versionsOffset = 18;
const waitMs = 5000;

/**
 * Opens a part so that nothing in it is executed, and nothing is written.
 * @throws SemblanceError `archive-invalid`
 */
export function openForeign(file: string): Connection {
  refuseLog(file);
  try {
    return openSqlite(file, { readonly: true, timeout: waitMs });
  } catch (error) {
    throw damaged(error);
  }
}

/**
 * Checks a part, and brings a catalogue of an earlier version up to date. It takes a while: it reads every page.
 * @throws SemblanceError `archive-invalid`, `library-newer`
 */
export function checkPart(name: PartName, file: string): void {
  const database = openForeign(file);
  let version: number;
  try {
    version = Number(database.pragma('user_version', { simple: true }));
    if (name !== thumbnailsName && version > schemaVersion) {
      throw new SemblanceError(
        'library-newer',
        'This file was exported by a newer Semblance. Update Semblance to import it.',
      );
    }
    const steps = name === thumbnailsName ? [thumbnailSchema] : migrations.slice(0, version);
    if (otherInSchema(database, steps) !== null) throw noArchive(`${name} is no catalogue of Semblance`);
    if (database.pragma('quick_check(1)', { simple: true }) !== 'ok') throw noArchive(`${name} is damaged`);
  } catch (error) {
    throw damaged(error);
  } finally {
    database.close();
  }
  if (name !== thumbnailsName && version < schemaVersion) renewCopy(file, version);
}

/** The copy alone is changed, and by what this program brings along. */
function renewCopy(file: string, version: number): void {
  const database = openSqlite(file, { timeout: waitMs });
  try {
    bringUpToDate(database, version);
  } catch (error) {
    throw damaged(error);
  } finally {
    database.close();
  }
}

/** A catalogue as it is exported has no log, and one that asks for it is not opened. */
function refuseLog(file: string): void {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(2);
    const length = readSync(descriptor, bytes, 0, 2, versionsOffset);
    if (length < 2 || bytes[0] !== 1 || bytes[1] !== 1) throw noArchive('a part of it is no database');
  } finally {
    closeSync(descriptor);
  }
}

/** What SQLite says of a damaged file; anything else stays. */
export function damaged(error: unknown): unknown {
  const code = systemCodeOf(error);
  const isDamage = code.startsWith('SQLITE_') && !/FULL|IOERR|NOMEM/.test(code);
  return isDamage ? noArchive('a part of it is no whole database', error) : error;
}
