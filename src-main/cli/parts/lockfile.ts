/** What package-lock.json says of the packages that Semblance needs when it runs. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';

const names = v.optional(v.record(v.string(), v.string()), {});
const list = v.optional(
  v.pipe(
    v.union([v.string(), v.array(v.string())]),
    v.transform((value) => (typeof value === 'string' ? [value] : value)),
  ),
);
const packageSchema = v.object({
  version: v.string(),
  license: v.optional(v.string()),
  integrity: v.optional(v.string()),
  dependencies: names,
  optionalDependencies: names,
  os: list,
  cpu: list,
  libc: list,
});
const lockSchema = v.object({ packages: v.record(v.string(), packageSchema) });

export type Lock = v.InferOutput<typeof lockSchema>['packages'];
export type LockedPackage = Lock[string];

/** What Semblance is packed for. */
const platforms = [
  { os: 'linux', cpu: 'x64' },
  { os: 'linux', cpu: 'arm64' },
  { os: 'win32', cpu: 'x64' },
  { os: 'darwin', cpu: 'arm64' },
];
const libc = 'glibc';

/** All packages of package-lock.json by path (`node_modules/sharp`); Semblance itself is `''`. */
export function readLock(file: string): Lock {
  return v.parse(lockSchema, JSON.parse(readFileSync(file, 'utf8'))).packages;
}

/** The name of a package by its path, which may lie inside that of another. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** Paths of the packages that a package needs on some platform that Semblance is packed for. */
export function neededBy(lock: Lock, path: string): string[] {
  const { dependencies, optionalDependencies } = lock[path];
  return Object.keys({ ...dependencies, ...optionalDependencies }).flatMap((name) => {
    const found = resolve(lock, path, name);
    return found !== null && isPackedFor(lock[found]) ? [found] : [];
  });
}

/** Paths of all packages that are installed with Semblance, those of packages included, in order. */
export function productionPaths(lock: Lock): string[] {
  const found = new Set<string>();
  const waiting = neededBy(lock, '');
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    waiting.push(...neededBy(lock, path));
  }
  return [...found].sort();
}

/** As Node does: beside what needs it, or in a folder above. Optional packages may be in no lock. */
function resolve(lock: Lock, from: string, name: string): string | null {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (Object.hasOwn(lock, path)) return path;
    if (folder === '') return null;
  }
}

function isPackedFor({ os, cpu, libc: libraries }: LockedPackage): boolean {
  return (
    platforms.some((platform) => admits(os, platform.os) && admits(cpu, platform.cpu)) &&
    admits(libraries, libc)
  );
}

function admits(wanted: readonly string[] | undefined, value: string): boolean {
  if (wanted === undefined) return true;
  return (
    wanted.includes(value) || (wanted.every((word) => word.startsWith('!')) && !wanted.includes(`!${value}`))
  );
}
