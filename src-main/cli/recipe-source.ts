/** Recipes that a person names: the one in service, a preset, or a file. */
import { readFile, stat } from 'node:fs/promises';
import * as v from 'valibot';
import { anyRecipeSchema, presets, type Recipe, SemblanceError } from '../contract/index.ts';

/** A recipe has a few hundred bytes; a file of another kind must not fill the memory. */
const mostBytes = 1024 * 1024;

/**
 * @param name `current`, the name of a preset, or the path of a file
 * @throws SemblanceError `not-found`, `invalid-arguments`
 */
export async function recipeNamed(name: string, current: Recipe): Promise<Recipe> {
  if (name === 'current') return current;
  return presets().find((preset) => preset.name === name)?.recipe ?? recipeFromFile(name);
}

/** @throws SemblanceError `not-found`, `invalid-arguments` */
export async function recipeFromFile(path: string): Promise<Recipe> {
  const names = presets().map(({ name }) => name);
  const { size } = await stat(path).catch((cause: unknown) => {
    throw new SemblanceError(
      'not-found',
      `There is no recipe '${path}': name a file, 'current', or a preset (${names.join(', ')}).`,
      { cause },
    );
  });
  if (size > mostBytes) throw new SemblanceError('invalid-arguments', `${path} is too large to be a recipe.`);
  return parsedRecipe(await readFile(path, 'utf8'), path);
}

function parsedRecipe(text: string, path: string): Recipe {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SemblanceError('invalid-arguments', `${path} is not JSON. Export a recipe to see its form.`, {
      cause,
    });
  }
  const parsed = v.safeParse(anyRecipeSchema, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new SemblanceError(
    'invalid-arguments',
    `${path} is no recipe: ${v.getDotPath(issue) ?? 'recipe'}: ${issue.message}.`,
  );
}
