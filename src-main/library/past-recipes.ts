/** Recipes that were in service before: the way back. */
import * as v from 'valibot';
import { anyRecipeSchema, type Recipe } from '../contract/index.ts';
import type { Connection } from './database.ts';
import { storedJson } from './stored-json.ts';

/** More are of no use to anybody. */
const mostRemembered = 50;

export interface PastRecipe {
  recipe: Recipe;
  endedAtMs: number;
}

export class PastRecipes {
  readonly #database: Connection;

  constructor(database: Connection) {
    this.#database = database;
  }

  add(recipe: Recipe, endedAtMs: number): void {
    this.#database
      .prepare('INSERT INTO pastRecipes (recipe, endedAtMs) VALUES (?, ?)')
      .run(JSON.stringify(recipe), endedAtMs);
    this.#database
      .prepare(
        'DELETE FROM pastRecipes WHERE id NOT IN (SELECT id FROM pastRecipes ORDER BY id DESC LIMIT ?)',
      )
      .run(mostRemembered);
  }

  /** Adds one as another library has stored it, if it is one. */
  bring(text: string, endedAtMs: number): void {
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), anyRecipeSchema), text);
    if (parsed.success) this.add(parsed.output, endedAtMs);
  }

  /** The latest first. */
  list(): PastRecipe[] {
    const rows = this.#database
      .prepare<[], { recipe: string; endedAtMs: number }>(
        'SELECT recipe, endedAtMs FROM pastRecipes ORDER BY id DESC',
      )
      .all();
    return rows.flatMap(({ recipe, endedAtMs }) => {
      const parsed = v.safeParse(anyRecipeSchema, storedJson(recipe));
      return parsed.success ? [{ recipe: parsed.output, endedAtMs }] : [];
    });
  }
}
