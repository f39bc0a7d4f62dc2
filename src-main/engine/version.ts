import { readFileSync } from 'node:fs';

/** Semblance's version; package.json lies two folders above, from source and from the bundle alike. */
export const version = readVersion();

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
