/**
 * Where folders of a library from elsewhere are here. Paths are taken as they were written there: with slashes or with
 * backslashes, under a drive letter or not, composed as the file system there composed them.
 */
import { posix, win32 } from 'node:path';

/** Folders under `from`, or that one itself, are under `to` here; null leaves them out. */
export interface Root {
  from: string;
  to: string | null;
}

/** A path of either kind of system, absolute there. */
export function isAbsoluteSomewhere(path: string): boolean {
  return posix.isAbsolute(path) || isWindowsPath(path);
}

function isWindowsPath(path: string): boolean {
  return /^(?:[A-Za-z]:[\\/]|\\\\)/.test(path);
}

/**
 * The path at which a folder is here.
 * @returns null where it is left out
 */
export function rerooted(path: string, roots: readonly Root[]): string | null {
  const root = rootOf(path, roots);
  if (!root) return path;
  if (root.to === null) return null;
  const rest = namesOf(path).slice(namesOf(root.from).length);
  const joined = isWindowsPath(root.to) ? win32.join(root.to, ...rest) : posix.join(root.to, ...rest);
  return rest.length === 0 ? root.to : joined;
}

/** The closest of the roots that hold a path; letters that differ in case count as the same where none fits exactly. */
export function rootOf(path: string, roots: readonly Root[]): Root | null {
  for (const fold of [composed, inSmallLetters]) {
    const holding = roots
      .filter(({ from }) => isUnder(namesOf(path).map(fold), namesOf(from).map(fold)))
      .sort((a, b) => namesOf(b.from).length - namesOf(a.from).length);
    if (holding.length > 0) return holding[0];
  }
  return null;
}

/** Accents are compared however they are composed. */
function composed(name: string): string {
  return name.normalize('NFC');
}

function inSmallLetters(name: string): string {
  return composed(name).toLowerCase();
}

function isUnder(names: readonly string[], root: readonly string[]): boolean {
  return root.every((name, place) => names[place] === name);
}

/** A path from the top has an empty first name. */
function namesOf(path: string): string[] {
  const names = path.split(isWindowsPath(path) ? /[\\/]+/ : /\/+/);
  while (names.length > 1 && names.at(-1) === '') names.pop();
  return names;
}

/** Whether this can be the name of a file or a directory on any system, and of nothing outside of it. */
export function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name);
}

/** Whether a file system here could hold a file of this name; it takes a backslash on Windows for two names. */
export function canBeHere(directory: string, name: string, platform: string): boolean {
  return platform !== 'win32' || !/[\\:]/.test(directory + name);
}
