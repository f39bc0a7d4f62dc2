import { homedir } from 'node:os';
import { Command } from 'commander';
import { serve } from '../../server/index.ts';
import { libraryOption, wholeNumber } from '../options.ts';

interface ServeOptions {
  library: string;
  port: number;
  root: string[];
}

export const serveCommand = new Command('serve')
  .description('serve the interface to a browser on this machine')
  .addOption(libraryOption())
  .option('--port <n>', 'port on 127.0.0.1; 0 takes a free one', wholeNumber(0), 0)
  .option(
    '--root <dir>',
    'folders may be added only under this one; repeatable (default: the home folder)',
    (dir: string, all: string[]) => [...all, dir],
    [],
  )
  .action(async ({ library, port, root }: ServeOptions) => {
    const server = await serve({
      libraryPath: library,
      port,
      roots: root.length > 0 ? root : [homedir()],
      openBrowser: false,
    });
    console.log(`Semblance is at ${server.address()} (this address works once; for another: semblance open)`);
    const stop = (): void => void server.close();
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    await server.closed;
  });
