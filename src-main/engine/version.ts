import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Semblance's version; package.json lies two folders above, from source and from the bundle alike. */
export const version = readVersion();

function readVersion(): string {
  // As a path: Electron looks into its archive for paths, and not for addresses.
  const text = readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
