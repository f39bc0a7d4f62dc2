/**
 * A library that this machine has not opened before may be another person's. It is read through once, before it is
 * believed: whether the database is whole, and whether its rows are what Semblance would have written.
 */
import { readFileSync, realpathSync } from 'node:fs';
import * as v from 'valibot';
import { SemblanceError } from '../contract/index.ts';
import { keepFile, keptFile } from '../vision/index.ts';
import { isFolderPath } from './photo-path.ts';
import type { Connection } from './sqlite-file.ts';
import { storedJson } from './stored-json.ts';

/** Beside what else is known of this machine, since the library itself may say anything. */
const storeName = 'opened-libraries.json';
const storeSchema = v.record(v.string(), v.string());
/** The libraries that were opened longest ago are read through again. */
const mostKnown = 200;

/** Rows that Semblance never writes: names that no file has, sizes that no picture has, numbers cut short. */
const excesses: readonly { table: string; query: string }[] = [
  {
    table: 'photos',
    query: `SELECT 1 FROM photos WHERE length(CAST(directory AS BLOB)) + length(CAST(name AS BLOB)) > 32767
      OR name IN ('', '.', '..') OR name LIKE '%/%' OR '/' || directory || '/' LIKE '%/../%' OR directory LIKE '/%'
      OR instr(CAST(directory || name AS BLOB), x'00') > 0`,
  },
  // Lists are as long as the highest number.
  { table: 'photos', query: 'SELECT 1 FROM photos WHERE id NOT BETWEEN 1 AND 100000000' },
  { table: 'contents', query: 'SELECT 1 FROM contents WHERE id NOT BETWEEN 1 AND 100000000' },
  {
    table: 'contents',
    query: `SELECT 1 FROM contents WHERE width NOT BETWEEN 1 AND 1000000 OR height NOT BETWEEN 1 AND 1000000
      OR length(hash) > 200 OR length(format) > 100 OR length(camera) > 10000 OR length(lens) > 10000`,
  },
  {
    table: 'descriptors',
    query: `SELECT 1 FROM descriptors WHERE length(vector) NOT BETWEEN 4 AND 4 * 65536 OR length(vector) % 4 <> 0`,
  },
  {
    table: 'descriptors',
    query: `SELECT 1 FROM descriptors GROUP BY generationId HAVING count(DISTINCT length(vector)) > 1`,
  },
  {
    table: 'neighbours',
    query: `SELECT 1 FROM neighbours WHERE length(data) % 8 <> 0 OR length(data) > 8 * 100000`,
  },
  {
    table: 'powerMeans',
    query: `SELECT 1 FROM powerMeans WHERE length(data) > 100000000`,
  },
];

/**
 * Reads a library through unless this machine knows it.
 * @throws SemblanceError `library-damaged` where the database is not whole, `library-unsafe` where a row holds what none
 *   of Semblance's does
 */
export function readThroughOnce(folder: string, database: Connection): void {
  refuseFolderPaths(folder, database);
  if (isKnown(folder, database)) return;
  // Types, sizes of cells, and what the tables demand of their rows.
  if (database.pragma('quick_check(1)', { simple: true }) !== 'ok') {
    throw new SemblanceError(
      'library-damaged',
      `The library in ${folder} is damaged. Set it aside and start anew with: semblance library repair. Tags, ratings and recipes come back from their backup, and photos are not affected.`,
    );
  }
  for (const { table, query } of excesses) {
    if (database.prepare(`${query} LIMIT 1`).get() !== undefined) throw unsafe(folder, table);
  }
}

/** Remembers on this machine that the library was read through, or was made here. */
export function rememberOpening(folder: string, database: Connection): void {
  const id = libraryId(database);
  if (id === null || isKnown(folder, database)) return;
  const others = Object.entries(knownLibraries()).filter(([path]) => path !== realPath(folder));
  const latest = [...others.slice(-mostKnown + 1), [realPath(folder), id]];
  keepFile(storeName, JSON.stringify(Object.fromEntries(latest)));
}

/** There are few folders, and everything is looked at below them. */
function refuseFolderPaths(folder: string, database: Connection): void {
  const paths = database.prepare<[], string>('SELECT path FROM folders').pluck().all();
  if (!paths.every(isFolderPath)) throw unsafe(folder, 'folders');
}

function unsafe(folder: string, table: string): SemblanceError {
  return new SemblanceError(
    'library-unsafe',
    `The library in ${folder} is not opened, because it holds what Semblance never writes (${table}). Set it aside and start anew with: semblance library repair --force. Tags, ratings and recipes come back from their backup.`,
  );
}

function isKnown(folder: string, database: Connection): boolean {
  const known = knownLibraries()[realPath(folder)];
  return known !== undefined && known === libraryId(database);
}

function knownLibraries(): Partial<Record<string, string>> {
  try {
    return v.parse(storeSchema, JSON.parse(readFileSync(keptFile(storeName), 'utf8')));
  } catch {
    // None was opened yet.
    return {};
  }
}

function libraryId(database: Connection): string | null {
  const text = database
    .prepare<[], string>("SELECT value FROM settings WHERE name = 'decisions'")
    .pluck()
    .get();
  const parsed = v.safeParse(v.object({ libraryId: v.string() }), text && storedJson(text));
  return parsed.success ? parsed.output.libraryId : null;
}

function realPath(folder: string): string {
  return realpathSync.native(folder);
}
