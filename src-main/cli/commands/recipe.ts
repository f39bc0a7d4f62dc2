import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { presets, type Recipes } from '../../contract/index.ts';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';
import { recipeFromFile } from '../recipe-source.ts';
import { withEngine } from '../with-engine.ts';
import { applyRecipe } from './retune.ts';

/** Components whose share is printed on a terminal; JSON has all. */
const listedComponents = 10;

const show = new Command('show')
  .description('the recipe in service, and how much of the variance its components explain')
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async ({ library, json }: LibraryOptions) => {
    const recipes = await withEngine(library, 'read', (engine) => engine.call('recipes', {}));
    const { current, explained } = recipes;
    console.log(JSON.stringify(json ? { recipe: current, explained } : current, null, json ? 0 : 2));
    if (!json) console.log(explainedText(explained));
  });

function explainedText(explained: Recipes['explained']): string {
  if (!explained) return 'No principal components.';
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const first = explained.components.slice(0, listedComponents).map(percent).join(', ');
  return `Explained variance: ${percent(explained.total)} by ${explained.components.length} components (${first}, …)`;
}

const exportCommand = new Command('export')
  .description('write the recipe in service to a file')
  .argument('<file>')
  .addOption(libraryOption())
  .action(async (file: string, { library }: LibraryOptions) => {
    const { current } = await withEngine(library, 'read', (engine) => engine.call('recipes', {}));
    await writeFile(file, `${JSON.stringify(current, null, 2)}\n`);
    console.log(`Written to ${file}`);
  });

const importCommand = new Command('import')
  .description('apply a recipe from a file')
  .argument('<file>')
  .option('--yes', 'read photos again without asking where the recipe needs it', false)
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async (file: string, options: LibraryOptions & { yes: boolean }) => {
    const recipe = await recipeFromFile(file);
    await withEngine(options.library, 'write', (engine) => applyRecipe(engine, recipe, options));
  });

const presetsCommand = new Command('presets')
  .description('recipes that are worth starting from')
  .addOption(jsonOption())
  .action(({ json }: { json: boolean }) => {
    if (json) console.log(JSON.stringify(presets()));
    else for (const { name, purpose } of presets()) console.log(`${name.padEnd(18)}${purpose}`);
  });

export const recipeCommand = new Command('recipe')
  .description('show, export or import the recipe by which photos are described')
  .addCommand(show)
  .addCommand(exportCommand)
  .addCommand(importCommand)
  .addCommand(presetsCommand);
