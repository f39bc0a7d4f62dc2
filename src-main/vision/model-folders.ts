/** Where models lie: those that come along, and those that the user has added. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** out/models beside the nearest package.json. */
export function shippedModelsFolder(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'package.json')) && path.dirname(folder) !== folder) {
    folder = path.dirname(folder);
  }
  return path.join(folder, 'out/models');
}

/** SEMBLANCE_MODELS, or a folder in the system's place for a program's data. */
export function ownModelsFolder(): string {
  const { SEMBLANCE_MODELS, APPDATA, XDG_DATA_HOME } = process.env;
  if (SEMBLANCE_MODELS) return path.resolve(SEMBLANCE_MODELS);
  if (process.platform === 'win32') return path.join(APPDATA ?? homedir(), 'Semblance', 'models');
  if (process.platform === 'darwin') {
    return path.join(homedir(), 'Library', 'Application Support', 'Semblance', 'models');
  }
  return path.join(XDG_DATA_HOME ?? path.join(homedir(), '.local', 'share'), 'semblance', 'models');
}
