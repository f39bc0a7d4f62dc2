import { Command } from 'commander';
import { parseCommand, type SavedSearch, SemblanceError } from '../../contract/index.ts';
import type { Engine } from '../../engine/index.ts';
import { jsonOption, type LibraryOptions, libraryOption, wholeNumber } from '../options.ts';
import { rankingOf, type RankingOptions, withRankingOptions } from '../ranking-options.ts';
import { printAnswer } from '../search-output.ts';
import { withEngine } from '../with-engine.ts';

/** By its name, or by its id. @throws SemblanceError `not-found` */
async function savedNamed(engine: Engine, name: string): Promise<SavedSearch> {
  const searches = await engine.call('savedSearches', {});
  const found = searches.find((search) => search.name === name) ?? searches.find(({ id }) => id === name);
  if (found) return found;
  throw new SemblanceError('not-found', `There is no saved search “${name}”. See: semblance saved list`);
}

const list = new Command('list')
  .description('all saved searches')
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async ({ library, json }: LibraryOptions) => {
    const searches = await withEngine(library, 'read', (engine) => engine.call('savedSearches', {}));
    if (json) console.log(JSON.stringify(searches));
    else for (const search of searches) console.log(`${search.name}  (${wordsOf(search)})`);
  });

function wordsOf({ examples, whitening }: SavedSearch): string {
  const names = examples.map(({ name, weight, crop, isMissing }) =>
    [
      weight < 0 ? 'not ' : '',
      crop ? 'part of ' : '',
      name,
      Math.abs(weight) === 1 ? '' : ` × ${Math.abs(weight)}`,
      isMissing ? ', which is gone' : '',
    ].join(''),
  );
  return [...names, ...(whitening === null ? [] : [`whitening ${whitening}`])].join(', ');
}

const run = withRankingOptions(
  new Command('run')
    .description('search again')
    .argument('<name>')
    .addOption(libraryOption())
    .option('--top <k>', 'how many results', wholeNumber(1), 10),
)
  .addOption(jsonOption())
  .action(async (name: string, options: LibraryOptions & RankingOptions & { top: number }) => {
    const { library, top, json } = options;
    const answer = await withEngine(library, 'read', async (engine) => {
      const { id } = await savedNamed(engine, name);
      return engine.call('runSavedSearch', { id, top, ranking: rankingOf(options) });
    });
    printAnswer(answer, json);
  });

const rename = new Command('rename')
  .description('give a saved search another name')
  .argument('<from>')
  .argument('<to>')
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async (from: string, to: string, { library, json }: LibraryOptions) => {
    const search = await withEngine(library, 'write', async (engine) => {
      const { id } = await savedNamed(engine, from);
      return engine.call('renameSavedSearch', parseCommand('renameSavedSearch', { id, name: to }));
    });
    if (json) console.log(JSON.stringify(search));
    else console.log(`Renamed “${from}” to “${search.name}”.`);
  });

const remove = new Command('remove')
  .description('forget a saved search; photos stay as they are')
  .argument('<name>')
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async (name: string, { library, json }: LibraryOptions) => {
    const answer = await withEngine(library, 'write', async (engine) => {
      const { id } = await savedNamed(engine, name);
      return engine.call('removeSavedSearch', { id });
    });
    if (json) console.log(JSON.stringify(answer));
    else console.log(`Removed “${answer.removed}”.`);
  });

export const savedCommand = new Command('saved')
  .description('searches that were kept with semblance search --save')
  .addCommand(list)
  .addCommand(run)
  .addCommand(rename)
  .addCommand(remove);
