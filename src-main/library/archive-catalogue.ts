/**
 * What a catalogue from elsewhere holds, row by row. Only known columns are read, by their names, and each value is checked:
 * texts are data, and numbers are in their bounds.
 */
import * as v from 'valibot';
import { damaged, openForeign } from './archive-check.ts';
import { noArchive } from './archive-manifest.ts';
import { isAbsoluteSomewhere, isPlainName } from './archive-paths.ts';
import { archivedTables, thumbnailTable } from './archive-tables.ts';
import type { Connection } from './database.ts';
import { Prepared } from './prepared.ts';

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const timeMs = v.pipe(v.number(), v.finite());
const sizePixels = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(1e6));
const hash = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const word = v.pipe(v.string(), v.maxLength(1000));
const text = v.pipe(v.string(), v.maxLength(32_767));
const json = v.pipe(v.string(), v.maxLength(64e6));
/** A ThumbHash has no more. */
const mostPlaceholderBytes = 25;
const bytes = v.pipe(v.instance(Uint8Array), v.maxLength(256e6));
const flag = v.picklist([0, 1]);
const path = v.pipe(
  text,
  v.check((each) => isAbsoluteSomewhere(each) && !each.includes('\0')),
);
/** Of a directory in a folder: '/' between names, none of which leads out of it. */
const directory = v.pipe(
  text,
  v.check((each) => each === '' || each.split('/').every(isPlainName)),
);

const rowSchemas = {
  folders: v.object({
    id,
    path,
    addedAtMs: timeMs,
    patterns: text,
    followLinks: flag,
    volume: v.nullable(word),
    pathOnVolume: v.nullable(text),
  }),
  contents: v.object({
    id,
    hash,
    width: sizePixels,
    height: sizePixels,
    format: word,
    metadataVersion: whole,
    takenAtMs: v.nullable(timeMs),
    camera: v.nullable(word),
    lens: v.nullable(word),
    latitude: v.nullable(timeMs),
    longitude: v.nullable(timeMs),
    fileRating: v.nullable(v.pipe(whole, v.maxValue(5))),
    sharpness: v.nullable(timeMs),
    placeholder: v.nullable(v.pipe(v.instance(Uint8Array), v.maxLength(mostPlaceholderBytes))),
  }),
  photos: v.object({
    id,
    folderId: id,
    directory,
    name: v.pipe(word, v.check(isPlainName)),
    sizeBytes: whole,
    modifiedAtMs: timeMs,
    addedAtMs: timeMs,
    contentId: v.nullable(id),
    problemCode: v.nullable(word),
    problemMessage: v.nullable(text),
  }),
  fileTags: v.object({ contentId: id, tag: word }),
  extractions: v.object({ key: word, description: bytes }),
  powerMeans: v.object({ id, contentId: id, extractionKey: word, data: bytes, encoding: v.literal(2) }),
  variants: v.object({ contentId: id, extractionKey: word, variant: word, data: bytes }),
  localFeatures: v.object({ contentId: id, key: word, data: bytes }),
  generations: v.object({
    id,
    recipeKey: word,
    extractionKey: word,
    recipe: json,
    fitKind: v.picklist(['generic', 'library', 'none']),
    fit: v.nullable(bytes),
    fittedOn: whole,
    fitted: v.literal(1),
    note: text,
    state: v.literal('serving'),
    createdAtMs: timeMs,
  }),
  descriptors: v.object({ id, generationId: id, contentId: id, vector: bytes }),
  maps: v.object({
    generationId: id,
    method: v.picklist(['umap', 'tsne']),
    contentIds: bytes,
    points: bytes,
  }),
  pastRecipes: v.object({ id, recipe: json, endedAtMs: timeMs }),
  decidedTags: v.object({ hash, tag: word, present: flag }),
  decidedRatings: v.object({ hash, rating: v.pipe(whole, v.maxValue(5)) }),
  notDuplicates: v.object({ hash, otherHash: hash }),
  keptFiles: v.object({ hash, path: text }),
  decisions: v.object({ id, decidedAtMs: whole, description: text, changes: json, undone: flag }),
  savedSearches: v.object({
    id: v.pipe(word, v.minLength(1)),
    name: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
    query: json,
    savedAtMs: whole,
    seenAtMs: whole,
  }),
  savedExamples: v.object({ hash, data: bytes }),
  settings: v.object({ name: v.literal('settings'), value: json }),
  thumbnails: v.object({ hash, data: v.pipe(v.instance(Uint8Array), v.maxLength(4e6)) }),
} satisfies Record<string, v.GenericSchema>;

export type ForeignTable = keyof typeof rowSchemas;
export type ForeignRow<Table extends ForeignTable> = v.InferOutput<(typeof rowSchemas)[Table]>;

const tables = new Map([...archivedTables, thumbnailTable].map((table) => [table.name, table]));

export class ForeignCatalogue {
  readonly #database: Connection;
  readonly #prepared: Prepared;

  /** @param file that has been checked */
  constructor(file: string) {
    this.#database = openForeign(file);
    this.#prepared = new Prepared(this.#database);
  }

  /**
   * All rows of a table, one at a time.
   * @throws SemblanceError `archive-invalid`
   */
  *rows<Table extends ForeignTable>(table: Table): Generator<ForeignRow<Table>> {
    const { columns, order } = this.#table(table);
    yield* this.#ask(table, `SELECT ${columns.join(', ')} FROM ${table} ORDER BY ${order}`);
  }

  /** Those that are about a picture. */
  of<Table extends ForeignTable>(table: Table, contentId: number): ForeignRow<Table>[] {
    const { columns, order } = this.#table(table);
    const sql = `SELECT ${columns.join(', ')} FROM ${table} WHERE contentId = ? ORDER BY ${order}`;
    return [...this.#ask(table, sql, contentId)];
  }

  count(table: ForeignTable): number {
    return this.#database.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0;
  }

  *#ask<Table extends ForeignTable>(
    table: Table,
    sql: string,
    ...parameters: unknown[]
  ): Generator<ForeignRow<Table>> {
    try {
      for (const row of this.#prepared.get(sql).iterate(...parameters)) {
        const parsed = v.safeParse(rowSchemas[table], row);
        if (!parsed.success) throw noArchive(`what it says of ${table} cannot be right`);
        yield parsed.output;
      }
    } catch (error) {
      throw damaged(error);
    }
  }

  #table(name: ForeignTable): { columns: readonly string[]; order: string } {
    const table = tables.get(name);
    if (!table) throw noArchive(`it tells nothing of ${name}`);
    return table;
  }

  close(): void {
    this.#database.close();
  }
}
