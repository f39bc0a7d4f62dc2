/** Options that several commands share. */
import { InvalidArgumentError, Option } from 'commander';
import { dataFolder } from '../vision/data-folder.ts';

/** Where the library lies unless `--library` says otherwise. */
export function defaultLibraryPath(): string {
  return dataFolder('library');
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
