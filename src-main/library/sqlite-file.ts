/** Opens SQLite files so that nothing in them is run, whoever made them. */
import Database from 'better-sqlite3';
import { SemblanceError } from '../contract/index.ts';

export type Connection = Database.Database;

/**
 * Opens a file as data (sqlite.org/security.html, §2): functions in its schema are not trusted, cells are checked against
 * their pages, and the file is never mapped into memory. better-sqlite3 forbids writing to the schema (SQLite's
 * defensive mode) and loads no extension by itself.
 */
export function openSqlite(file: string, options: { readonly?: boolean; timeout: number }): Connection {
  const database = new Database(file, options);
  try {
    database.pragma('trusted_schema = OFF');
    database.pragma('cell_size_check = ON');
    database.pragma('mmap_size = 0');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Loads SQLite itself, as the first database does otherwise. */
export function loadSqlite(): void {
  new Database(':memory:').close();
}

interface SchemaEntry {
  type: string;
  name: string;
  sql: string | null;
}

/** What ANALYZE finds; all else that SQLite adds of itself is expected. */
const ownOfSqlite = /^sqlite_stat[14]$/;

/**
 * Refuses a database whose tables, indexes, views and triggers are not exactly those that were made for it: a trigger or
 * a view of somebody else would be run with the next change.
 * @param statements that make the tables as they must be
 * @throws SemblanceError `library-unsafe`
 */
export function refuseOtherSchema(database: Connection, statements: readonly string[], file: string): void {
  const other = otherInSchema(database, statements);
  if (other !== null) throw otherSchema(file, other);
}

/** What is in a database and not as it was made, or lacks; null where all is as it must be. */
export function otherInSchema(database: Connection, statements: readonly string[]): string | null {
  const expected = new Map(schemaMadeBy(statements).map((entry) => [entry.name, entry]));
  for (const entry of schemaOf(database)) {
    const own = expected.get(entry.name);
    expected.delete(entry.name);
    if (own && own.type === entry.type && spaced(own.sql) === spaced(entry.sql)) continue;
    if (entry.type === 'table' && ownOfSqlite.test(entry.name)) continue;
    return entry.name;
  }
  return expected.keys().next().value ?? null;
}

function otherSchema(file: string, name: string): SemblanceError {
  return new SemblanceError(
    'library-unsafe',
    `${file} is not opened, because '${name.slice(0, 100)}' in it is not as Semblance makes it. Set it aside and start anew with: semblance library repair --force. Tags, ratings and recipes come back from their backup.`,
  );
}

function schemaOf(database: Connection): SchemaEntry[] {
  return database.prepare<[], SchemaEntry>('SELECT type, name, sql FROM sqlite_schema ORDER BY rowid').all();
}

const made = new Map<string, SchemaEntry[]>();

function schemaMadeBy(statements: readonly string[]): SchemaEntry[] {
  const key = statements.join(';\n');
  const known = made.get(key);
  if (known) return known;
  const database = new Database(':memory:');
  try {
    for (const statement of statements) database.exec(statement);
    const schema = schemaOf(database);
    made.set(key, schema);
    return schema;
  } finally {
    database.close();
  }
}

/** Another SQLite may have spaced what it wrote differently. */
function spaced(sql: string | null): string | null {
  return sql?.replaceAll(/\s+/g, ' ') ?? null;
}
