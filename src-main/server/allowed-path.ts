/** The paths that a browser may name: folders to add and models to import or install, under the roots that the server was started with. */
import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, sep } from 'node:path';
import { isCommandName, pathArgumentsOf, SemblanceError } from '../contract/index.ts';

/**
 * The arguments of a command with real paths in place of those that a page has named.
 * @param args as `parseCommand` returns them
 * @throws SemblanceError `folder-not-allowed`, `no-such-folder`, `not-found`
 */
export function confined(command: string, args: unknown, roots: string[]): unknown {
  if (!isCommandName(command)) return args;
  const real = { ...(args as Record<string, unknown>) };
  for (const [name, kind] of pathArgumentsOf(command)) {
    const path = real[name];
    if (typeof path === 'string') {
      real[name] = kind === 'folder' ? allowedFolder(path, roots) : allowedFile(path, roots);
    }
  }
  return real;
}

/**
 * Returns the real path of a folder.
 * @throws SemblanceError `folder-not-allowed`, `no-such-folder`
 */
function allowedFolder(path: string, roots: string[]): string {
  const real = allowed(path, roots, 'Folders can be added');
  if (real !== null && statSync(real).isDirectory()) return real;
  throw new SemblanceError('no-such-folder', `There is no folder ${path}. Check the path.`);
}

/**
 * Returns the real path of a file.
 * @throws SemblanceError `folder-not-allowed`, `not-found`
 */
function allowedFile(path: string, roots: string[]): string {
  const real = allowed(path, roots, 'Models can be imported from files');
  if (real !== null && statSync(real).isFile()) return real;
  throw new SemblanceError('not-found', `There is no file ${path}. Check the path.`);
}

/**
 * @returns the real path, or null where there is nothing below a root
 * @throws SemblanceError `folder-not-allowed`; whether something outside the roots exists is nobody's business
 */
function allowed(path: string, roots: string[], what: string): string | null {
  const isUnder = (place: string): boolean =>
    roots.some((root) => place === root || place.startsWith(root.endsWith(sep) ? root : root + sep));
  const real = isAbsolute(path) && !path.includes('\0') ? realPath(path) : null;
  if (real !== null && isUnder(real)) return real;
  if (isUnder(path)) return null;
  throw new SemblanceError(
    'folder-not-allowed',
    `${what} only under ${roots.join(', ')}. Start the server with --root DIR to allow another.`,
  );
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
