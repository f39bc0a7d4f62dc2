import { Command } from 'commander';
import { requestAddress } from '../../server/index.ts';
import { libraryOption } from '../options.ts';

export const openCommand = new Command('open')
  .description('print a fresh one-time address of the running server')
  .addOption(libraryOption())
  .action(async ({ library }: { library: string }) => {
    console.log(await requestAddress(library));
  });
