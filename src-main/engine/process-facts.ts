/** What runs a process. Loads without native modules. */
import { arch, platform, release } from 'node:os';
import { version } from './version.ts';

/** Versions by name; Electron's and Chromium's only in the window's own process. */
export function processFacts(): Record<string, string> {
  // Electron's types say that it is always there.
  const { electron, chrome }: Partial<NodeJS.ProcessVersions> = process.versions;
  return {
    semblance: version,
    node: process.versions.node,
    ...(electron !== undefined && { electron }),
    ...(chrome !== undefined && { chromium: chrome }),
    system: `${platform()} ${arch()} ${release()}`,
  };
}
