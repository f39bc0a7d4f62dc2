/** Which packages the bundler has put into `out/`, by the source maps that it wrote beside each file. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';

const mapSchema = v.object({ sources: v.array(v.string()) });
const packagePath = /node_modules\/(?:@[^/]+\/)?[^/]+/g;
/** The bundler's own few lines, which have no map. */
const bundlerRuntime = /^rolldown-runtime-/;

/**
 * Paths of packages (`node_modules/svelte`), in order.
 * @param out folder of the build
 * @throws Error when a program file has no map, and so may hold anything
 */
export function bundledPaths(out: string): string[] {
  const paths = new Set<string>();
  for (const entry of readdirSync(out, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.c?js$/.test(entry.name)) continue;
    if (bundlerRuntime.test(entry.name)) {
      paths.add('node_modules/rolldown');
      continue;
    }
    const map = join(entry.parentPath, `${entry.name}.map`);
    if (!existsSync(map)) throw new Error(`${map} is missing. Build again: npm run build`);
    for (const source of v.parse(mapSchema, JSON.parse(readFileSync(map, 'utf8'))).sources) {
      const folders = source.match(packagePath);
      if (folders !== null) paths.add(folders.join('/'));
    }
  }
  return [...paths].sort();
}
