/** Recipes as files: to pass on, and to come back to. */
import * as v from 'valibot';
import { anyRecipeSchema, type Recipe, recipeSchema } from '../../src-main/contract/index.ts';

export const recipeFileName = 'semblance-recipe.json';

export function writeRecipe(recipe: Recipe): string {
  return `${JSON.stringify(recipe, null, 2)}\n`;
}

/**
 * Reads a recipe of any version.
 * @throws Error that says in plain words what is wrong with the file
 */
export function readRecipe(text: string, name: string): Recipe {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw noJson(name);
  }
  const parsed = v.safeParse(anyRecipeSchema, content);
  if (parsed.success) return parsed.output;
  throw noRecipe(name, whatIsWrong(content));
}

/** Made apart from where they are thrown: texts of throw statements are not translated. */
const noJson = (name: string): Error =>
  new Error(`${name} is no JSON file, or only a part of one. Choose a recipe that was exported.`);
const noRecipe = (name: string, wrong: string): Error =>
  new Error(`${name} is no recipe that can be used: ${wrong}`);

/** The present version tells what is wrong; a choice of versions would only say that neither fits. */
function whatIsWrong(content: unknown): string {
  const { success, issues } = v.safeParse(recipeSchema, content);
  if (success) return '';
  const [issue] = issues;
  const { type, expected, received } = issue;
  const where = v.getDotPath(issue);
  if (where === null || (where === 'version' && received === 'undefined')) return 'it holds something else.';
  if (where === 'version') return `its version is ${received}, and this Semblance knows 1 and 2.`;
  if (received === 'undefined') return `${where} is missing.`;
  if (expected === 'never') return `${where} is not known.`;
  const wanted = expected === null ? 'something else' : inWords(expected);
  return type.endsWith('_length')
    ? `${where} has a length of ${received}, but should be ${wanted}.`
    : `${where} is ${received}, but should be ${wanted}.`;
}

const typeWords: Partial<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
};

/** The validator's shorthand, e.g. '>=64' or '("none" | "pca")'. */
function inWords(expected: string): string {
  if (expected.startsWith('>=')) return `at least ${expected.slice(2)}`;
  if (expected.startsWith('<=')) return `at most ${expected.slice(2)}`;
  if (expected.startsWith('/')) return 'a name of letters, digits, dots and dashes';
  const choices = expected.replace(/^\(|\)$/g, '').split(' | ');
  return choices.length > 1 ? `one of ${choices.join(', ')}` : (typeWords[expected] ?? `a ${expected}`);
}

/** Hands a text over as a file. */
export function download(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The download has taken hold of its content when this task is over.
  setTimeout(() => URL.revokeObjectURL(address));
}
