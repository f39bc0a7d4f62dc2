import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { SemblanceError } from '../../contract/index.ts';
import { openInterface } from '../open-interface.ts';
import { libraryOption, wholeNumber } from '../options.ts';

interface WindowOptions {
  library: string;
  port: number;
  browser: boolean;
}

/** Also what `semblance photo.jpg` means; so a word that is no command arrives here. */
export const windowCommand = new Command('window')
  .description(
    'open the window, or a browser where there is none: `semblance photo.jpg` searches with a photo',
  )
  .argument('[paths...]', 'photos to search with, folders to add')
  .addOption(libraryOption())
  .option('--browser', 'use a browser even where a window can be opened', false)
  .option('--port <n>', 'port on 127.0.0.1 where a browser is used; 0 takes a free one', wholeNumber(0), 0)
  .action(async (paths: string[], { library, port, browser }: WindowOptions) => {
    const open = paths.map((path) => resolve(path));
    const missing = open.findIndex((path) => !existsSync(path));
    if (missing >= 0) {
      throw new SemblanceError(
        'not-found',
        `${paths[missing]} is no command, and no photo or folder that is there. For the commands: semblance --help`,
      );
    }
    await openInterface({ library: resolve(library), open, port, browser });
  });
