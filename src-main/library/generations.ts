/** Generations: a recipe with its fit and the descriptors made by it. One is in service, another may be in the making. */
import * as v from 'valibot';
import { anyRecipeSchema, type GenerationInfo, type Recipe, SemblanceError } from '../contract/index.ts';
import type { Connection } from './database.ts';
import { Prepared } from './prepared.ts';
import { storedJson } from './stored-json.ts';
import { storedFloats } from './stored-numbers.ts';

export interface NewGeneration {
  recipe: Recipe;
  recipeKey: string;
  /** Of the cache that its descriptors come from; '' while that has yet to be learned. */
  extractionKey: string;
  fit: GenerationInfo['fit'];
  /** As `encodeFitted` makes it; null where nothing is fitted. */
  encodedFit: Uint8Array | null;
  fittedOn: number;
  /** False while the fit is still to be made. */
  fitted: boolean;
  /** What learning came to, in words, or ''. */
  note: string;
}

export interface StoredGeneration extends NewGeneration {
  id: number;
  createdAtMs: number;
}

interface GenerationRow {
  id: number;
  recipeKey: string;
  extractionKey: string;
  recipe: string;
  fitKind: GenerationInfo['fit'];
  fit: Buffer | null;
  fittedOn: number;
  fitted: number;
  note: string;
  createdAtMs: number;
}

export class Generations {
  readonly #database: Connection;
  readonly #prepared: Prepared;

  constructor(database: Connection) {
    this.#database = database;
    this.#prepared = new Prepared(database);
  }

  serving(): StoredGeneration | null {
    return this.#withState('serving');
  }

  /** Where another one was begun from it, the first. */
  building(): StoredGeneration | null {
    return this.#withState('building');
  }

  /** All that are stored. */
  count(): number {
    const row = this.#database
      .prepare<[], { total: number }>('SELECT count(*) AS total FROM generations')
      .get();
    return row?.total ?? 0;
  }

  #withState(state: 'serving' | 'building'): StoredGeneration | null {
    const row = this.#database
      .prepare<[string], GenerationRow>('SELECT * FROM generations WHERE state = ? ORDER BY id LIMIT 1')
      .get(state);
    return row ? toGeneration(row) : null;
  }

  create(generation: NewGeneration, state: 'serving' | 'building', nowMs: number): StoredGeneration {
    const { lastInsertRowid } = this.#database
      .prepare(
        `INSERT INTO generations (recipeKey, extractionKey, recipe, fitKind, fit, fittedOn, fitted, note, state, createdAtMs)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        generation.recipeKey,
        generation.extractionKey,
        JSON.stringify(generation.recipe),
        generation.fit,
        generation.encodedFit,
        generation.fittedOn,
        Number(generation.fitted),
        generation.note,
        state,
        nowMs,
      );
    return { ...generation, id: Number(lastInsertRowid), createdAtMs: nowMs };
  }

  /** Gives a generation in the making the cache that its descriptors come from. */
  setExtraction(generationId: number, extractionKey: string): void {
    this.#database
      .prepare('UPDATE generations SET extractionKey = ? WHERE id = ?')
      .run(extractionKey, generationId);
  }

  /** Gives a generation in the making its fit. */
  setFit(
    generationId: number,
    { fit, encodedFit, fittedOn, note }: Pick<NewGeneration, 'fit' | 'encodedFit' | 'fittedOn' | 'note'>,
  ): void {
    this.#database
      .prepare('UPDATE generations SET fitKind = ?, fit = ?, fittedOn = ?, note = ?, fitted = 1 WHERE id = ?')
      .run(fit, encodedFit, fittedOn, note, generationId);
  }

  /** Puts a complete generation in service and forgets every other, in one transaction. */
  putInService(generationId: number): void {
    this.#database.transaction(() => {
      this.#database.prepare('DELETE FROM generations WHERE id <> ?').run(generationId);
      this.#database.prepare("UPDATE generations SET state = 'serving' WHERE id = ?").run(generationId);
    })();
  }

  /** Drops a generation that is not to be completed, with what was begun from it; one in service stays. */
  drop(generationId: number): void {
    this.#database.prepare("DELETE FROM generations WHERE id >= ? AND state = 'building'").run(generationId);
  }

  /** Drops what was begun from a generation in the making, and not completed. */
  dropBegunFrom(generationId: number): void {
    this.#database.prepare("DELETE FROM generations WHERE id > ? AND state = 'building'").run(generationId);
  }

  addDescriptors(generationId: number, descriptors: { contentId: number; vector: Float32Array }[]): void {
    const insert = this.#prepared.get(
      `INSERT OR REPLACE INTO descriptors (generationId, contentId, vector) VALUES (?, ?, ?)`,
    );
    this.#database.transaction(() => {
      for (const { contentId, vector } of descriptors) insert.run(generationId, contentId, bytesOf(vector));
    })();
  }

  hasDescriptor(generationId: number, contentId: number): boolean {
    return (
      this.#prepared
        .get('SELECT 1 FROM descriptors WHERE generationId = ? AND contentId = ?')
        .get(generationId, contentId) !== undefined
    );
  }

  /** Searchable pictures that have no descriptor in the generation. */
  missing(generationId: number): number[] {
    return this.#database
      .prepare<[number], { id: number }>(
        `SELECT id FROM contents WHERE orphanedAtMs IS NULL AND NOT EXISTS
           (SELECT 1 FROM descriptors WHERE generationId = ? AND contentId = contents.id) ORDER BY id`,
      )
      .all(generationId)
      .map(({ id }) => id);
  }

  countDescriptors(generationId: number): number {
    const row = this.#database
      .prepare<[number], { total: number }>(
        'SELECT count(*) AS total FROM descriptors WHERE generationId = ?',
      )
      .get(generationId);
    return row?.total ?? 0;
  }

  /**
   * Tells the set of descriptors of a generation from any other, for index files that must match it: descriptors
   * are never rewritten under the same row, so their number and newest row change with every change. Those of pictures
   * in no file are in no index.
   */
  stamp(generationId: number): string {
    const row = this.#database
      .prepare<[number], { total: number; newest: number | null; sum: number | null }>(
        'SELECT count(*) AS total, max(id) AS newest, sum(id) AS sum FROM descriptors WHERE generationId = ?',
      )
      .get(generationId);
    const orphaned = this.#database
      .prepare<[number], { total: number; sum: number | null }>(
        `SELECT count(*) AS total, sum(descriptors.id) AS sum
         FROM contents JOIN descriptors ON descriptors.contentId = contents.id
         WHERE orphanedAtMs IS NOT NULL AND generationId = ?`,
      )
      .get(generationId);
    const total = (row?.total ?? 0) - (orphaned?.total ?? 0);
    return `${total}-${row?.newest ?? 0}-${(row?.sum ?? 0) - (orphaned?.sum ?? 0)}`;
  }

  /** A picture's descriptor, in a file or not. */
  descriptor(generationId: number, contentId: number): Float32Array | undefined {
    const vector = this.#database
      .prepare<[number, number], Buffer>(
        'SELECT vector FROM descriptors WHERE generationId = ? AND contentId = ?',
      )
      .pluck()
      .get(generationId, contentId);
    return vector && storedFloats(vector);
  }

  /** One of them, which tells how long all are. */
  anyDescriptor(generationId: number): Float32Array | undefined {
    const vector = this.#database
      .prepare<[number], Buffer>('SELECT vector FROM descriptors WHERE generationId = ? LIMIT 1')
      .pluck()
      .get(generationId);
    return vector && storedFloats(vector);
  }

  /** All descriptors of a generation of pictures in files, in the order of the pictures' ids. */
  *descriptors(generationId: number): Generator<{ contentId: number; vector: Float32Array }> {
    const rows = this.#database
      .prepare<[number], { contentId: number; vector: Buffer }>(
        `SELECT contentId, vector FROM descriptors JOIN contents ON contents.id = contentId
         WHERE generationId = ? AND orphanedAtMs IS NULL ORDER BY contentId`,
      )
      .iterate(generationId);
    for (const { contentId, vector } of rows) yield { contentId, vector: storedFloats(vector) };
  }
}

function toGeneration(row: GenerationRow): StoredGeneration {
  const recipe = v.safeParse(anyRecipeSchema, storedJson(row.recipe));
  if (!recipe.success) {
    throw new SemblanceError(
      'library-damaged',
      'The recipe stored in this library is not valid. Index again.',
    );
  }
  const { id, recipeKey, extractionKey, fitKind, fit, fittedOn, fitted, note, createdAtMs } = row;
  return {
    id,
    recipe: recipe.output,
    recipeKey,
    extractionKey,
    fit: fitKind,
    encodedFit: fit,
    fittedOn,
    fitted: fitted === 1,
    note,
    createdAtMs,
  };
}

/** What interfaces are told of a generation. */
export function generationInfo(generation: StoredGeneration): GenerationInfo {
  const { id, recipeKey, recipe, fit, fittedOn, note, createdAtMs } = generation;
  return { id, recipeKey, recipe, fit, fittedOn, note, createdAtMs };
}

function bytesOf(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
}
