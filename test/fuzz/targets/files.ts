/** Small files that people exchange: recipes and ground truths. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recipeFromFile } from '../../../src-main/cli/recipe-source.ts';
import { defaultRecipe, presets } from '../../../src-main/contract/index.ts';
import { canonical, recipeKey } from '../../../src-main/descriptor/index.ts';
import { readGroundTruthFile } from '../../../src-main/evaluate/index.ts';
import { type Dice, jsonOf } from '../dice.ts';
import { outcomeOf } from '../outcome.ts';
import type { Case, Target } from './target.ts';

/** Half of the files are JSON whose values were changed, the others were changed byte by byte. */
function changedText(dice: Dice, whole: unknown): Buffer {
  const text = jsonOf(dice.chance(0.5) ? dice.changedWithin(whole) : whole);
  if (dice.chance(0.03)) return Buffer.from('['.repeat(100_000));
  return dice.chance(0.5) ? Buffer.from(text) : dice.mutated(Buffer.from(text));
}

function written({ dice, folder, keep }: Case, name: string, whole: unknown): string {
  const bytes = changedText(dice, whole);
  keep(name, bytes);
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

export const recipes: Target = {
  name: 'recipes',
  limitMs: 30_000,
  open: () =>
    Promise.resolve({
      attempt: (one) => {
        const whole = one.dice.pick([defaultRecipe, ...presets().map(({ recipe }) => recipe)]);
        const path = written(one, 'recipe.json', whole);
        return outcomeOf(async () => {
          const recipe = await recipeFromFile(path);
          // What is taken for a recipe can be written down and has a key.
          recipeKey(recipe, 'a'.repeat(64), []);
          if (canonical(JSON.parse(JSON.stringify(recipe))) !== canonical(recipe))
            throw new Error('A recipe is another one once it was written down.');
        });
      },
      close: () => undefined,
    }),
};

const list = [
  { query: 'a.jpg', positives: ['b.jpg', 'c.jpg'], junk: ['d.jpg'], crop: [0, 0, 10, 10] },
  { query: '../e.jpg', positives: ['b.jpg'] },
];
const published = {
  imlist: ['a', 'b', 'c'],
  qimlist: ['q'],
  gnd: [{ easy: [0], hard: [1], junk: [2], bbx: [1, 2, 30, 40] }],
};

export const groundTruths: Target = {
  name: 'ground-truth',
  limitMs: 30_000,
  open: () =>
    Promise.resolve({
      attempt: (one) => {
        const path = written(one, 'truth.json', one.dice.pick<unknown>([list, { queries: list }, published]));
        const difficulty = one.dice.pick(['easy', 'medium', 'hard'] as const);
        return outcomeOf(() => readGroundTruthFile(path, one.dice.chance(0.5) ? { difficulty } : {}));
      },
      close: () => undefined,
    }),
};
