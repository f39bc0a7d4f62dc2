import { Command } from 'commander';
import { parseCommand, SemblanceError } from '../../contract/index.ts';
import { type FilterOptions, filterOf, withFilterOptions } from '../filter-options.ts';
import { jsonOption, type LibraryOptions, libraryOption, wholeNumber } from '../options.ts';
import {
  namedExamples,
  readNamedExample,
  whiteningOf,
  type WhiteningOptions,
  withQueryOptions,
} from '../query-options.ts';
import { rankingOf, type RankingOptions, withRankingOptions } from '../ranking-options.ts';
import { refuseTooManyOnSheet, writeRankingSheet } from '../sheet-file.ts';
import { printAnswer } from '../search-output.ts';
import { withEngine } from '../with-engine.ts';

type SearchOptions = LibraryOptions &
  FilterOptions &
  WhiteningOptions &
  RankingOptions & { top: number; save?: string; contactSheet?: string };

const described = new Command('search')
  .description('rank the photos of the library by similarity to one photo, or to what several have in common')
  .argument(
    '[photo...]',
    'examples: files, which need not be in the library, data URLs, or - for standard input',
  )
  .addOption(libraryOption())
  .option('--top <k>', 'how many results', wholeNumber(1), 10);

export const searchCommand = withFilterOptions(withRankingOptions(withQueryOptions(described)))
  .option('--save <name>', 'keep the search under this name (see: semblance saved)')
  .option(
    '--contact-sheet <file>',
    'write the results as a page of HTML with their pictures, to print or mail',
  )
  .addOption(jsonOption())
  .addHelpText(
    'after',
    `
Examples:
  semblance search beach.jpg
  semblance search car.jpg --crop 10,20,300,200 --minus red-car.jpg --weight 0.5
  semblance search group.jpg --ignore 0,0,120,400 --expand 5:3 --top 20
  semblance search beach.jpg --top 35 --contact-sheet beaches.html`,
  )
  .action(async (_: string[], options: SearchOptions, command: Command) => {
    const { library, top, json, save, contactSheet } = options;
    const named = namedExamples(command);
    if (named.length === 0) {
      throw new SemblanceError(
        'invalid-arguments',
        'Name a photo to search with. See: semblance search --help',
      );
    }
    if (named.filter(({ source }) => source === '-').length > 1) {
      throw new SemblanceError('invalid-arguments', 'Standard input can be one example only.');
    }
    if (contactSheet !== undefined) refuseTooManyOnSheet(top);
    const examples = await Promise.all(named.map(readNamedExample));
    const ranking = rankingOf(options);
    const answer = await withEngine(library, save === undefined ? 'read' : 'write', async (engine) => {
      const query = { examples, whitening: whiteningOf(options), filter: await filterOf(engine, options) };
      const found = await engine.call('search', parseCommand('search', { ...query, top, ranking }));
      if (save !== undefined) {
        await engine.call('saveSearch', parseCommand('saveSearch', { name: save, query, ranking }));
      }
      if (contactSheet !== undefined) {
        await writeRankingSheet(contactSheet, engine, { ...found, examples });
      }
      return found;
    });
    printAnswer(answer, json);
  });
