/** Where models lie: those that come along, and those that the user has added. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { dataFolder } from './data-folder.ts';

/** out/models beside the nearest package.json. */
export function shippedModelsFolder(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'package.json')) && path.dirname(folder) !== folder) {
    folder = path.dirname(folder);
  }
  return path.join(folder, 'out/models');
}

/** The user's own. */
export function ownModelsFolder(): string {
  return dataFolder('models');
}
