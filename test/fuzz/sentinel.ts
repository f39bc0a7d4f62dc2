/** Files around what is fuzzed that nothing may touch. */
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Sentinel {
  /** A file of it. */
  file: string;
  /** @returns what is not as it was, or null */
  change: () => string | null;
}

/** Makes the files in a folder of their own. */
export function sentinelIn(folder: string): Sentinel {
  mkdirSync(join(folder, 'home', '.config'), { recursive: true });
  mkdirSync(join(folder, 'etc'));
  const file = join(folder, 'etc', 'passwd');
  for (const path of [file, join(folder, 'home', '.profile'), join(folder, 'precious')])
    writeFileSync(path, `the person's own ${path}`);
  const before = listing(folder);
  return {
    file,
    change: () => {
      const now = listing(folder);
      for (const [path, state] of now) if (before.get(path) !== state) return `${path} is ${state}`;
      for (const path of before.keys()) if (!now.has(path)) return `${path} is gone`;
      return null;
    },
  };
}

function listing(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    const stats = lstatSync(path);
    const content = stats.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'folder';
    found.set(path, `${stats.mode} ${stats.size} ${stats.mtimeMs} ${stats.ino} ${content}`);
  }
  return found;
}
