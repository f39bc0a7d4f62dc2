/** What runs a process. Loads without native modules. */
import { arch, platform, release } from 'node:os';
import { version } from './version.ts';

/** Versions by name; Electron's and Chromium's only in the window's own process. */
export function processFacts(): Record<string, string> {
  const { versions } = process;
  return {
    semblance: version,
    node: versions.node,
    ...('electron' in versions && { electron: versions.electron, chromium: versions.chrome }),
    system: `${platform()} ${arch()} ${release()}`,
  };
}
