import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { Command } from 'commander';
import { messageOf, SemblanceError } from '../../contract/index.ts';
import { isLoopback, serve } from '../../server/index.ts';
import { libraryOption, wholeNumber } from '../options.ts';

interface ServeOptions {
  library: string;
  port: number;
  root: string[];
  host: string;
  name: string[];
  tokenFile?: string;
}

const several = (text: string, all: string[]): string[] => [...all, text];

export const serveCommand = new Command('serve')
  .description('serve the interface to a browser on this machine')
  .addOption(libraryOption())
  .option('--port <n>', 'port; 0 takes a free one', wholeNumber(0), 0)
  .option(
    '--root <dir>',
    'folders may be added only under this one; repeatable (default: the home folder)',
    several,
    [],
  )
  .option('--host <address>', 'address to listen at, for browsers on other machines', '127.0.0.1')
  .option('--name <name>', 'name by which they reach this machine, as nas.local; repeatable', several, [])
  .option('--token-file <file>', 'file with a token of your own, which browsers sign in with')
  .action(async ({ library, port, root, host, name, tokenFile }: ServeOptions) => {
    const server = await serve({
      libraryPath: library,
      port,
      host,
      names: name,
      token: tokenFile === undefined ? null : tokenIn(tokenFile),
      roots: root.length > 0 ? root : [homedir()],
      openBrowser: false,
    });
    console.log(`Semblance is at ${server.address()} (this address works once; for another: semblance open)`);
    if (!isLoopback(host)) {
      console.error(
        'Warning: whoever reaches this machine over the network and has the token sees these photos and can change the library. ' +
          'What is sent is not encrypted; on a network that others use, put a proxy with HTTPS before it.',
      );
      console.log('From another machine: http://NAME:PORT/?token=TOKEN, with the token of your file.');
    }
    const stop = (): void => void server.close();
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    await server.closed;
  });

/** @throws SemblanceError `not-found` */
function tokenIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new SemblanceError('not-found', `The token cannot be read: ${messageOf(error)}`);
  }
}
