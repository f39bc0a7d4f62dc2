/** Where Semblance keeps what is the user's. This loads no native module, so that the launcher can ask, too. */
import { homedir } from 'node:os';
import path from 'node:path';

/** SEMBLANCE_LIBRARY or SEMBLANCE_MODELS, or a folder in the system's place for a program's data. */
export function dataFolder(part: 'library' | 'models'): string {
  const { SEMBLANCE_LIBRARY, SEMBLANCE_MODELS, APPDATA, XDG_DATA_HOME } = process.env;
  const wanted = part === 'library' ? SEMBLANCE_LIBRARY : SEMBLANCE_MODELS;
  if (wanted) return path.resolve(wanted);
  if (process.platform === 'win32') return path.join(APPDATA ?? homedir(), 'Semblance', part);
  if (process.platform === 'darwin') {
    return path.join(homedir(), 'Library', 'Application Support', 'Semblance', part);
  }
  return path.join(XDG_DATA_HOME ?? path.join(homedir(), '.local', 'share'), 'semblance', part);
}
