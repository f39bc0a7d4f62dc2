/** The options by which a person names a draft: what to start from, which models to take, and what to change. */
import type { Command } from 'commander';
import {
  modelNames,
  type ProfileName,
  type Recipe,
  SemblanceError,
  withModel,
  withSecondModel,
} from '../contract/index.ts';
import { type Engine, modelNamed } from '../engine/index.ts';
import { profileNamed, profileOption } from './profile-option.ts';
import { changedRecipe } from './recipe-changes.ts';
import { recipeNamed } from './recipe-source.ts';

export interface DraftOptions {
  set: string[];
  recipe?: string;
  model?: string;
  addModel?: string;
  profile?: ProfileName;
}

/** Collects an option that may be given several times. */
function collected(value: string, before: string[]): string[] {
  return [...before, value];
}

export function withDraftOptions(command: Command): Command {
  return command
    .option(
      '--set <path=value>',
      'change one thing, e.g. pooling.p=5 or reduction.dimension=128',
      collected,
      [],
    )
    .option('--recipe <name>', 'start from a recipe file, or from a preset (see: semblance recipe presets)')
    .option('--model <name>', 'take another backbone, with its usual taps (see: semblance models)')
    .addOption(profileOption('read photos more or less thoroughly (see: semblance profiles)'))
    .option('--add-model <name>', 'take the usual taps of a second backbone besides');
}

/**
 * The recipe in service, or the one that is named, changed as the options say.
 * @throws SemblanceError `not-found`, `no-model`, `invalid-arguments`
 */
export async function draftOf(engine: Engine, options: DraftOptions): Promise<Recipe> {
  const { recipe, model, addModel, profile, set } = options;
  const start = recipe === undefined ? engine.recipe : await recipeNamed(recipe, engine.recipe);
  const first = model === undefined ? start : withModel(start, modelNamed(model).info);
  const both = addModel === undefined ? first : withSecond(first, addModel);
  const read = profile === undefined ? both : (await profileNamed(engine, profile, both)).recipe;
  return changedRecipe(read, set);
}

/** @throws SemblanceError `no-model`, `invalid-arguments` */
function withSecond(recipe: Recipe, name: string): Recipe {
  const both = withSecondModel(recipe, modelNamed(name).info);
  if (both !== recipe) return both;
  const why = modelNames(recipe).includes(name)
    ? `the recipe takes taps of '${name}' already`
    : 'the recipe has as many taps as it may have';
  throw new SemblanceError('invalid-arguments', `--add-model ${name}: ${why}.`);
}
