/** Generations: a recipe with its fit and the descriptors made by it. One is in service, another may be in the making. */
import * as v from 'valibot';
import { type GenerationInfo, type Recipe, recipeSchema, SemblanceError } from '../contract/index.ts';
import type { Connection } from './database.ts';

export interface NewGeneration {
  recipe: Recipe;
  recipeKey: string;
  extractionKey: string;
  fit: GenerationInfo['fit'];
  encodedFit: Uint8Array | null;
  fittedOn: number;
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
  createdAtMs: number;
}

export class Generations {
  readonly #database: Connection;

  constructor(database: Connection) {
    this.#database = database;
  }

  serving(): StoredGeneration | null {
    return this.#withState('serving');
  }

  building(): StoredGeneration | null {
    return this.#withState('building');
  }

  #withState(state: 'serving' | 'building'): StoredGeneration | null {
    const row = this.#database
      .prepare<[string], GenerationRow>('SELECT * FROM generations WHERE state = ? ORDER BY id DESC LIMIT 1')
      .get(state);
    return row ? toGeneration(row) : null;
  }

  create(generation: NewGeneration, state: 'serving' | 'building', nowMs: number): StoredGeneration {
    const { lastInsertRowid } = this.#database
      .prepare(
        `INSERT INTO generations (recipeKey, extractionKey, recipe, fitKind, fit, fittedOn, state, createdAtMs)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        generation.recipeKey,
        generation.extractionKey,
        JSON.stringify(generation.recipe),
        generation.fit,
        generation.encodedFit,
        generation.fittedOn,
        state,
        nowMs,
      );
    return { ...generation, id: Number(lastInsertRowid), createdAtMs: nowMs };
  }

  /** Puts a complete generation in service and forgets every other, in one transaction. */
  putInService(generationId: number): void {
    this.#database.transaction(() => {
      this.#database.prepare('DELETE FROM generations WHERE id <> ?').run(generationId);
      this.#database.prepare("UPDATE generations SET state = 'serving' WHERE id = ?").run(generationId);
    })();
  }

  /** Drops generations that were never completed. */
  dropBuilding(): void {
    this.#database.prepare("DELETE FROM generations WHERE state = 'building'").run();
  }

  addDescriptors(generationId: number, descriptors: { contentId: number; vector: Float32Array }[]): void {
    const insert = this.#database.prepare(
      `INSERT OR REPLACE INTO descriptors (generationId, contentId, vector) VALUES (?, ?, ?)`,
    );
    this.#database.transaction(() => {
      for (const { contentId, vector } of descriptors) insert.run(generationId, contentId, bytesOf(vector));
    })();
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
   * are never rewritten under the same row, so their number and newest row change with every change.
   */
  stamp(generationId: number): string {
    const row = this.#database
      .prepare<[number], { total: number; newest: number | null; sum: number | null }>(
        'SELECT count(*) AS total, max(id) AS newest, sum(id) AS sum FROM descriptors WHERE generationId = ?',
      )
      .get(generationId);
    return `${row?.total ?? 0}-${row?.newest ?? 0}-${row?.sum ?? 0}`;
  }

  /** All descriptors of a generation, in the order of their pictures' ids. */
  *descriptors(generationId: number): Generator<{ contentId: number; vector: Float32Array }> {
    const rows = this.#database
      .prepare<[number], { contentId: number; vector: Buffer }>(
        'SELECT contentId, vector FROM descriptors WHERE generationId = ? ORDER BY contentId',
      )
      .iterate(generationId);
    for (const { contentId, vector } of rows) yield { contentId, vector: floatsOf(vector) };
  }
}

function toGeneration(row: GenerationRow): StoredGeneration {
  const recipe = v.safeParse(recipeSchema, JSON.parse(row.recipe));
  if (!recipe.success) {
    throw new SemblanceError(
      'library-damaged',
      'The recipe stored in this library is not valid. Index again.',
    );
  }
  const { id, recipeKey, extractionKey, fitKind, fit, fittedOn, createdAtMs } = row;
  return {
    id,
    recipe: recipe.output,
    recipeKey,
    extractionKey,
    fit: fitKind,
    encodedFit: fit,
    fittedOn,
    createdAtMs,
  };
}

/** What interfaces are told of a generation. */
export function generationInfo(generation: StoredGeneration): GenerationInfo {
  const { id, recipeKey, recipe, fit, fittedOn, createdAtMs } = generation;
  return { id, recipeKey, recipe, fit, fittedOn, createdAtMs };
}

function bytesOf(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
}

/** Copies, because a buffer that comes from SQLite need not be aligned to four bytes. */
function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}
