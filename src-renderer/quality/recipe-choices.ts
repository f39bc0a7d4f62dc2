/** Recipes that can be measured: what is in service, the draft, presets, and what was in service before. */
import { formatLocale } from '../language.ts';
import type { Recipe, Recipes } from '../../src-main/contract/index.ts';
import { equal } from '../equal.ts';

export interface RecipeChoice {
  key: string;
  title: string;
  recipe: Recipe;
}

/** Recipes of the past that are offered, the latest. */
const mostPast = 5;
const dates = new Intl.DateTimeFormat(formatLocale(), { dateStyle: 'medium', timeStyle: 'short' });

/** @param draft the one in Tune, where it differs from what is in service */
export function recipeChoices({ current, presets, past }: Recipes, draft: Recipe | null): RecipeChoice[] {
  return [
    { key: 'current', title: 'In service', recipe: current },
    ...(draft ? [{ key: 'draft', title: 'Draft in Tune', recipe: draft }] : []),
    ...presets
      .filter(({ recipe }) => !equal(recipe, current))
      .map(({ name, title, recipe }) => ({ key: `preset:${name}`, title, recipe })),
    ...past.slice(0, mostPast).map(({ recipe, endedAtMs }) => ({
      key: `past:${endedAtMs}`,
      title: `Until ${dates.format(endedAtMs)}`,
      recipe,
    })),
  ];
}
