/** Which of npm's packages belong into a package of the app: read from the lockfile, which names those of every platform. */
import * as v from 'valibot';
import type { Target } from './target.ts';

const namesSchema = v.optional(v.record(v.string(), v.string()), {});
const limitSchema = v.optional(
  v.pipe(
    v.union([v.string(), v.array(v.string())]),
    v.transform((limit) => [limit].flat()),
  ),
);

const lockedPackageSchema = v.object({
  dependencies: namesSchema,
  optionalDependencies: namesSchema,
  os: limitSchema,
  cpu: limitSchema,
  libc: limitSchema,
  dev: v.optional(v.boolean(), false),
});

export type LockedPackage = v.InferOutput<typeof lockedPackageSchema>;

const lockfileSchema = v.object({ packages: v.record(v.string(), lockedPackageSchema) });

/** Packages by the folder that npm installs them in, as `node_modules/sharp`. */
export type Lockfile = Readonly<Record<string, LockedPackage>>;

/** @throws when the text is no lockfile of npm's, version 3 */
export function parseLockfile(text: string): Lockfile {
  return v.parse(lockfileSchema, JSON.parse(text)).packages;
}

/**
 * Whether the code of an installed package ever names another one that it depends on. What is named nowhere is for
 * installing or compiling it only.
 */
export type NamesDependency = (folder: string, dependency: string) => boolean;

/**
 * Folders of all packages that are loaded when those with the given names are, on a target; sorted.
 * @throws when a name is not in the lockfile
 */
export function packagesFor(
  lockfile: Lockfile,
  names: readonly string[],
  target: Target,
  namesDependency: NamesDependency,
): string[] {
  const found = new Set<string>();
  const waiting = names.map((name) => `node_modules/${name}`);
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (found.has(folder)) continue;
    if (!(folder in lockfile)) throw new Error(`${folder} is not in the lockfile: npm install`);
    const locked = lockfile[folder];
    if (!runsOn(locked, target)) continue;
    found.add(folder);
    for (const dependency of Object.keys({ ...locked.dependencies, ...locked.optionalDependencies })) {
      const at = installedAt(lockfile, folder, dependency);
      if (at === null) continue;
      // Code finds the parts of its own platform by names that it puts together.
      if (isForSomePlatforms(lockfile[at]) || namesDependency(folder, dependency)) waiting.push(at);
    }
  }
  return [...found].sort();
}

/** Node's own way: in the package's folder, then in those around it. Null where npm left an optional one out. */
function installedAt(lockfile: Lockfile, folder: string, dependency: string): string | null {
  for (let around: string | null = folder; around !== null; around = outer(around)) {
    const at = `${around === '' ? '' : `${around}/`}node_modules/${dependency}`;
    if (at in lockfile) return at;
  }
  return null;
}

function outer(folder: string): string | null {
  if (folder === '') return null;
  const end = folder.lastIndexOf('/node_modules/');
  return end === -1 ? '' : folder.slice(0, end);
}

function isForSomePlatforms({ os, cpu }: LockedPackage): boolean {
  return os !== undefined || cpu !== undefined;
}

function runsOn({ os, cpu, libc }: LockedPackage, { platform, arch }: Target): boolean {
  // Electron for Linux is made for glibc alone.
  return allows(os, platform) && allows(cpu, arch) && (platform !== 'linux' || allows(libc, 'glibc'));
}

function allows(limit: readonly string[] | undefined, value: string): boolean {
  if (limit === undefined || limit.includes(value)) return true;
  return limit.every((each) => each.startsWith('!')) && !limit.includes(`!${value}`);
}
