/** Copies a library's catalogue, as it was at one moment, into a file that holds nothing but what goes along. */
import Database from 'better-sqlite3';
import { modelsOfExtraction, decodeExtraction } from '../descriptor/index.ts';
import { type ArchiveControl, throughRows } from './archive-control.ts';
import { type Manifest, mostSampledFiles } from './archive-manifest.ts';
import { type ArchivedTable, archivedTables, thumbnailSchema, thumbnailTable } from './archive-tables.ts';
import type { Connection } from './database.ts';
import { Files } from './files.ts';
import { migrations, schemaVersion } from './schema.ts';

/** What an archive tells of a catalogue. */
export type CatalogueFacts = Pick<Manifest, 'folders' | 'models'> & {
  counts: Omit<Manifest['counts'], 'thumbnails'>;
};

/**
 * @param source the library's catalogue, which others may go on writing to
 * @param target where there is no file yet; half a file may be left there when this throws
 * @throws SemblanceError `cancelled`, and what SQLite throws
 */
export async function copyCatalogue(
  source: string,
  target: string,
  control: ArchiveControl,
): Promise<CatalogueFacts> {
  return between(source, target, async (from, to) => {
    for (const step of migrations) to.exec(step);
    to.pragma(`user_version = ${schemaVersion}`);
    const total = count(from, 'contents WHERE orphanedAtMs IS NULL');
    control.report({ step: 'Copying the catalogue', done: 0, total });
    to.exec('BEGIN');
    for (const table of archivedTables) {
      const isLargest = table.name === 'powerMeans';
      await copyTable(from, to, table, control, (done) => {
        // Statistics are most of the work, and there is one row of them for each picture and extraction.
        if (isLargest) control.report({ done: Math.min(done, total) });
      });
    }
    to.exec('COMMIT');
    return factsOf(to);
  });
}

/** @returns how many there are */
export async function copyThumbnails(
  source: string,
  target: string,
  control: ArchiveControl,
): Promise<number> {
  return between(source, target, async (from, to) => {
    to.exec(thumbnailSchema);
    const total = count(from, 'thumbnails');
    control.report({ step: 'Copying the thumbnails', done: 0, total });
    to.exec('BEGIN');
    await copyTable(from, to, thumbnailTable, control, (done) => control.report({ done }));
    to.exec('COMMIT');
    return total;
  });
}

/** The source stays as it is for as long as it is read, whatever is written to it meanwhile. */
async function between<Result>(
  source: string,
  target: string,
  action: (from: Connection, to: Connection) => Promise<Result>,
): Promise<Result> {
  const from = new Database(source, { readonly: true, timeout: 5000 });
  try {
    from.exec('BEGIN');
    const to = new Database(target);
    try {
      // Whatever ends this half-way, the file is not used.
      to.pragma('journal_mode = OFF');
      to.pragma('synchronous = OFF');
      return await action(from, to);
    } finally {
      to.close();
    }
  } finally {
    from.close();
  }
}

async function copyTable(
  from: Connection,
  to: Connection,
  { name, columns, where, order }: ArchivedTable,
  control: ArchiveControl,
  onRound: (done: number) => void,
): Promise<void> {
  const list = columns.join(', ');
  const condition = where === undefined ? '' : ` WHERE ${where}`;
  const rows = from
    .prepare<[], unknown[]>(`SELECT ${list} FROM ${name}${condition} ORDER BY ${order}`)
    .raw()
    .iterate();
  const insert = to.prepare(`INSERT INTO ${name} (${list}) VALUES (${columns.map(() => '?').join(', ')})`);
  await throughRows(rows, (row) => insert.run(...row), control, { onRound });
}

function count(database: Connection, what: string): number {
  return database.prepare<[], number>(`SELECT count(*) FROM ${what}`).pluck().get() ?? 0;
}

function factsOf(database: Connection): CatalogueFacts {
  const files = new Files(database);
  const folders = database
    .prepare<[], { id: number; path: string; photos: number }>(
      `SELECT id, path, (SELECT count(contentId) FROM photos WHERE folderId = folders.id) AS photos
       FROM folders ORDER BY path`,
    )
    .all()
    .map(({ id, path, photos }) => ({
      path,
      photos,
      sample: files
        .sample(id)
        .slice(0, mostSampledFiles)
        .map(({ directory, name, sizeBytes }) => ({ directory, name, sizeBytes })),
    }));
  const extractions = database
    .prepare<[], Buffer>(
      'SELECT description FROM extractions JOIN generations ON generations.extractionKey = extractions.key',
    )
    .pluck()
    .all();
  return {
    folders,
    models: extractions.flatMap((bytes) => modelsOfExtraction(decodeExtraction(bytes))),
    counts: {
      photos: count(database, 'photos WHERE contentId IS NOT NULL'),
      problems: count(database, 'photos WHERE contentId IS NULL'),
      pictures: count(database, 'contents'),
      tags: count(database, 'decidedTags'),
      ratings: count(database, 'decidedRatings'),
      kept: count(database, 'keptFiles'),
      savedSearches: count(database, 'savedSearches'),
    },
  };
}
