/** A way on from a catalogue that is damaged: it is set aside, and a new one starts with the backup of decisions. */
import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { SemblanceError, systemCodeOf } from '../contract/index.ts';
import { databaseName, explained, refuseNewer, takeWriteLock } from './database.ts';
import { type Connection, openSqlite } from './sqlite-file.ts';
import { refuseUnsafeFiles } from './unsafe-files.ts';

/** The catalogue with its log, and what only goes with it. */
const goesAlong = /^(?:library\.sqlite|thumbnails\.sqlite)(?:-wal|-shm)?$/;

/**
 * Moves the catalogue and the thumbnails of a library aside, under names that say so.
 * @param force also where SQLite finds nothing wrong with them
 * @returns paths of the files as they are called now
 * @throws SemblanceError `library-in-use`, `library-newer`, `library-unsafe`, `invalid-arguments` when nothing is damaged
 */
export function setAside(folder: string, force: boolean): string[] {
  refuseUnsafeFiles(folder);
  refuseNewer(folder);
  const lock = takeWriteLock(folder, 'terminal');
  try {
    return explained(folder, () => {
      if (existsSync(join(folder, databaseName)) && !force && isWhole(folder)) {
        throw new SemblanceError(
          'invalid-arguments',
          `Nothing is wrong with the library in ${folder}. To start anew all the same: semblance library repair --force`,
        );
      }
      const mark = new Date().toISOString().replaceAll(/[:.]/g, '-');
      return readdirSync(folder)
        .filter((name) => goesAlong.test(name))
        .map((name) => {
          const aside = join(folder, `damaged-${mark}-${name}`);
          renameSync(join(folder, name), aside);
          return aside;
        });
    });
  } finally {
    lock.release();
  }
}

function isWhole(folder: string): boolean {
  for (const name of [databaseName, 'thumbnails.sqlite']) {
    if (existsSync(join(folder, name)) && !isWholeFile(join(folder, name))) return false;
  }
  return true;
}

function isWholeFile(file: string): boolean {
  let database: Connection | null = null;
  try {
    database = openSqlite(file, { timeout: 5000 });
    return database.pragma('integrity_check', { simple: true }) === 'ok';
  } catch (error) {
    if (/^SQLITE_(?:CORRUPT|NOTADB)/.test(systemCodeOf(error))) return false;
    throw error;
  } finally {
    database?.close();
  }
}
