import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Folder that holds the engine's package.json and out/: in a package it lies beside the shell's archive, which plain Node
 * cannot read; elsewhere shell and engine lie in the same folder.
 * @param root folder of the shell's package.json
 * @param resources Electron's resources folder
 */
export function engineFolder(root: string, resources: string): string {
  const shipped = join(resources, 'engine');
  return existsSync(shipped) ? shipped : root;
}
