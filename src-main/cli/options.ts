/** Options that several commands share. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';

/** Where the library lies unless `--library` says otherwise: the system's place for a program's data. */
export function defaultLibraryPath(): string {
  const { SEMBLANCE_LIBRARY, APPDATA, XDG_DATA_HOME } = process.env;
  if (SEMBLANCE_LIBRARY) return resolve(SEMBLANCE_LIBRARY);
  if (process.platform === 'win32') return join(APPDATA ?? homedir(), 'Semblance', 'library');
  if (process.platform === 'darwin') {
    return join(homedir(), 'Library', 'Application Support', 'Semblance', 'library');
  }
  return join(XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'semblance', 'library');
}

export function libraryOption(): Option {
  return new Option('--library <dir>', 'folder of the library').default(
    defaultLibraryPath(),
    "the user's own",
  );
}

export function jsonOption(): Option {
  return new Option('--json', 'print JSON').default(false);
}

export interface LibraryOptions {
  library: string;
  json: boolean;
}

/** Parses a whole number of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < least) {
      throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
    }
    return number;
  };
}
