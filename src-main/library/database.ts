/** Opens the SQLite files of a library: migrations, write lock, and SQLite's errors in plain words. */
import { accessSync, constants, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { SemblanceError, systemCodeOf } from '../contract/index.ts';
import { readThroughOnce } from './first-opening.ts';
import { type OwnerProgram, ownerInWords, removeOwner, writeOwner } from './lock-owner.ts';
import { migrations, schemaVersion } from './schema.ts';
import { type Connection, openSqlite, refuseOtherSchema } from './sqlite-file.ts';
import { storedVersion } from './stored-version.ts';

export type { Connection };
export type Statement<Parameters extends unknown[], Row> = Database.Statement<Parameters, Row>;

export const databaseName = 'library.sqlite';

/**
 * Opens the catalogue of a library folder. Writers create it and bring it up to date.
 * @throws SemblanceError `no-library` (readers), `library-newer`, `library-unsafe`, `library-damaged`, `disk-full`
 */
export function openDatabase(folder: string, access: 'read' | 'write'): Connection {
  const file = join(folder, databaseName);
  if (access === 'read' && !existsSync(file)) {
    throw new SemblanceError(
      'no-library',
      `There is no library in ${folder} yet. Make one with: semblance index FOLDER`,
    );
  }
  return explained(folder, () => {
    if (access === 'write') mkdirSync(folder, { recursive: true });
    const database = openSqlite(file, { readonly: access === 'read', timeout: 5000 });
    try {
      // Before anything is written, or read from a table.
      const version = versionOf(database);
      if (version > schemaVersion) throw newer(folder);
      refuseOtherSchema(database, migrations.slice(0, version), file);
      if (access === 'write') {
        database.pragma('journal_mode = WAL');
        database.pragma('synchronous = NORMAL');
        database.pragma('foreign_keys = ON');
      }
      migrate(database, version, access, folder);
      if (version > 0) readThroughOnce(folder, database);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** Of the SQLite that reads and writes libraries. */
export function sqliteVersion(): string {
  const database = new Database(':memory:');
  try {
    const row = database.prepare<[], { version: string }>('SELECT sqlite_version() AS version').get();
    return row?.version ?? 'unknown';
  } finally {
    database.close();
  }
}

function versionOf(database: Connection): number {
  return database.pragma('user_version', { simple: true }) as number;
}

/**
 * Looked at before anything is opened, so that what a newer program made stays untouched to the last byte.
 * @throws SemblanceError `library-newer`
 */
export function refuseNewer(folder: string): void {
  if (storedVersion(join(folder, databaseName)) <= schemaVersion) return;
  throw newer(folder);
}

function newer(folder: string): SemblanceError {
  return new SemblanceError(
    'library-newer',
    `The library in ${folder} was made by a newer Semblance. Update Semblance to open it.`,
  );
}

function migrate(database: Connection, version: number, access: 'read' | 'write', folder: string): void {
  if (version === schemaVersion) return;
  if (access === 'read') {
    const why = version === 0 ? 'has not been set up completely' : 'was made by an older Semblance';
    throw new SemblanceError(
      'no-library',
      `The library in ${folder} ${why}. Run once: semblance index FOLDER, or start Semblance.`,
    );
  }
  bringUpToDate(database, version);
}

/** Takes a catalogue of an earlier version through all steps at once, or through none. */
export function bringUpToDate(database: Connection, version: number): void {
  database.transaction(() => {
    for (const step of migrations.slice(version)) database.exec(step);
    database.pragma(`user_version = ${schemaVersion}`);
  })();
}

/** Keeps a second process from writing; released by the system however the process ends. */
export interface WriteLock {
  release(): void;
}

/**
 * Takes the library's write lock: an exclusive SQLite transaction on a file of its own, because the system
 * releases that even when the process is killed.
 * @param program who others are told of
 * @throws SemblanceError `library-in-use`, which says by whom
 */
export function takeWriteLock(folder: string, program: OwnerProgram): WriteLock {
  return explained(folder, () => {
    mkdirSync(folder, { recursive: true });
    const lock = openSqlite(emptyLockFile(folder), { timeout: 0 });
    try {
      lock.pragma('journal_mode = DELETE');
      lock.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      lock.close();
      if (systemCodeOf(error).startsWith('SQLITE_BUSY')) {
        throw new SemblanceError(
          'library-in-use',
          `The library in ${folder} is in use by ${ownerInWords(folder)}. Close it, or choose another with --library DIR.`,
          { retryable: true },
        );
      }
      throw error;
    }
    writeOwner(folder, program);
    return {
      release: () => {
        removeOwner(folder);
        lock.close();
      },
    };
  });
}

/** Nothing is ever written to it: what holds something is no lock of Semblance's, and nobody's. */
function emptyLockFile(folder: string): string {
  const file = join(folder, 'library.lock');
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0) rmSync(file);
  rmSync(`${file}-journal`, { force: true });
  return file;
}

/** Runs something that touches the library's files, and says SQLite's and the system's errors in plain words. */
export function explained<Result>(folder: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw explain(folder, error);
  }
}

const fullCodes = ['SQLITE_FULL', 'ENOSPC', 'EDQUOT', 'EFBIG', 'SQLITE_IOERR_WRITE', 'SQLITE_IOERR_SHMSIZE'];

/** An error in plain words where it is about the library's files, and the error itself where it is not. */
export function explain(folder: string, error: unknown): unknown {
  const code = systemCodeOf(error);
  if (fullCodes.includes(code)) {
    return new SemblanceError(
      'disk-full',
      `The disk that holds ${folder} is full. Free some space and run the same again; nothing indexed is lost.`,
      { retryable: true, cause: error },
    );
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return new SemblanceError(
      'library-damaged',
      `The library in ${folder} is damaged. Set it aside and start anew with: semblance library repair. Tags, ratings and recipes come back from their backup, and photos are not affected.`,
      { cause: error },
    );
  }
  if (code.startsWith('SQLITE_BUSY')) {
    return new SemblanceError('library-in-use', `The library in ${folder} is busy. Try again.`, {
      retryable: true,
      cause: error,
    });
  }
  if (code.startsWith('SQLITE_READONLY') || code === 'EROFS' || isClosedToWriters(folder, code)) {
    return new SemblanceError(
      'library-read-only',
      `Nothing can be written to ${folder} (${code}), which even searching needs. Allow it, or choose another folder with --library DIR.`,
      { cause: error },
    );
  }
  // Making a folder on a disk that can only be read comes to ENOENT in Node.
  if (['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR', 'SQLITE_CANTOPEN'].includes(code)) {
    return new SemblanceError(
      'no-library',
      `${folder} cannot hold a library (${code}). Choose another folder with --library DIR.`,
      { cause: error },
    );
  }
  return error;
}

/** SQLite cannot open what it may not write beside; whether that is so, the folder tells. */
function isClosedToWriters(folder: string, code: string): boolean {
  if (!['SQLITE_CANTOPEN', 'EACCES', 'EPERM'].includes(code) || !existsSync(folder)) return false;
  try {
    accessSync(folder, constants.W_OK);
    return false;
  } catch {
    return true;
  }
}
