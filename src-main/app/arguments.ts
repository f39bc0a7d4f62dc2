/** What the app was started with: a library, and photos and folders to open. */
import { resolve } from 'node:path';

export interface StartArguments {
  library: string | undefined;
  /** What is to be logged, for this process and the engine. */
  logLevel: string | undefined;
  /** Absolute paths. */
  paths: string[];
}

/**
 * @param given as `process.argv`; Chromium's own switches may stand anywhere in it
 * @param namesApp whether the first of them is the folder of the app, as where it is not packaged
 * @param workingFolder what relative paths start from
 */
export function parseArguments(
  given: readonly string[],
  namesApp: boolean,
  workingFolder: string,
): StartArguments {
  const rest = given.slice(1);
  const plain: string[] = [];
  let library: string | undefined;
  let logLevel: string | undefined;
  for (let i = 0; i < rest.length; i++) {
    const argument = rest[i];
    if (argument === '--library') library = rest.at(++i);
    else if (argument.startsWith('--library=')) library = argument.slice('--library='.length);
    else if (argument === '--log-level') logLevel = rest.at(++i);
    else if (argument.startsWith('--log-level=')) logLevel = argument.slice('--log-level='.length);
    // A module that is to be loaded first.
    else if (argument === '-r') i++;
    else if (!argument.startsWith('-') && argument !== '') plain.push(argument);
  }
  const paths = (namesApp ? plain.slice(1) : plain).map((path) => resolve(workingFolder, path));
  return {
    library: library === undefined ? undefined : resolve(workingFolder, library),
    logLevel,
    paths,
  };
}
