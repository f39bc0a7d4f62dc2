/** The one path that a browser may name: a folder to add, under the roots that the server was started with. */
import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, sep } from 'node:path';
import { SemblanceError } from '../contract/index.ts';

/**
 * Returns the real path of a folder.
 * @throws SemblanceError `folder-not-allowed`, `no-such-folder`
 */
export function allowedFolder(path: string, roots: string[]): string {
  const real = isAbsolute(path) && !path.includes('\0') ? realFolder(path) : null;
  // Whether a folder outside the roots exists is nobody's business.
  if (
    real !== null &&
    roots.some((root) => real === root || real.startsWith(root.endsWith(sep) ? root : root + sep))
  ) {
    return real;
  }
  if (roots.some((root) => path === root || path.startsWith(root + sep))) {
    throw new SemblanceError('no-such-folder', `There is no folder ${path}. Check the path.`);
  }
  throw new SemblanceError(
    'folder-not-allowed',
    `Folders can be added only under ${roots.join(', ')}. Start the server with --root DIR to allow another.`,
  );
}

function realFolder(path: string): string | null {
  try {
    const real = realpathSync(path);
    return statSync(real).isDirectory() ? real : null;
  } catch {
    return null;
  }
}
