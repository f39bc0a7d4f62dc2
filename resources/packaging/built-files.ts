/** What a built entry needs of the others, and of npm's packages: read from the built files themselves. */
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';

export interface BuiltClosure {
  /** Names of files in the folder, sorted. */
  files: string[];
  /** Names of npm packages, sorted. */
  packages: string[];
}

/** `require('x')`, `import('x')`, and what is required or found by way of `createRequire(…)`. */
const requirePattern = /(?:\brequire|\bimport|\.href\)(?:\.resolve)?)\((["'`])([^"'`]+)\1\)/g;
/** `sibling(…, 'x')`: threads and processes that are started by name. */
const siblingPattern = /\.href, (["'`])([\w./-]+)\1\)/g;

/**
 * Follows every file that an entry loads or starts, as far as it goes.
 * @param folder of built files
 * @param entry a file in it
 */
export function builtClosure(folder: string, entry: string): BuiltClosure {
  const files = new Set<string>();
  const packages = new Set<string>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    const code = readFileSync(join(folder, file), 'utf8');
    for (const [, , name] of code.matchAll(requirePattern)) {
      if (name.startsWith('./')) waiting.push(posix.normalize(name));
      // A name that is put together as it runs is that of the Node that npm installed, of which a package has its own.
      else if (!isBuiltin(name) && name !== 'electron' && !name.startsWith('${'))
        packages.add(packageName(name));
    }
    for (const [, , name] of code.matchAll(siblingPattern)) waiting.push(`${posix.basename(name)}.cjs`);
  }
  return { files: [...files].sort(), packages: [...packages].sort() };
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
