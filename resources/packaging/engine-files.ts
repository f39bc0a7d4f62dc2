/**
 * Every file that the engine is shipped with. It is a plain Node program and lies in a folder of its own beside the
 * shell's archive, which plain Node cannot read; so the archive holds nothing but the shell and the interface, all of
 * it under Electron's integrity check.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { builtClosure } from './built-files.ts';
import { type NamesDependency, packagesFor, parseLockfile } from './locked-packages.ts';
import { isShipped } from './shipped-files.ts';
import { nodeFile, nodePackage, type Target } from './target.ts';

export interface ShippedFile {
  /** Path in the project, with forward slashes. */
  from: string;
  /** Path in the package's resources folder, with forward slashes. */
  to: string;
}

/** What the engine reads of resources/, where the project has it. */
const resources = [
  'backbone/LICENSE-Apache-2.0.txt',
  'backbone/NOTICE.md',
  'catalogue.json',
  'changelog.md',
  'generic-fit/generic-fit.bin',
  'generic-fit/generic-fit.json',
  'guide',
  'sbom.cdx.json',
  'third-party-notices.txt',
];

/**
 * @param root folder of package.json, built and installed
 * @throws when something was not built
 */
export function engineFiles(root: string, target: Target): ShippedFile[] {
  const own = [
    'package.json',
    'LICENSE',
    ...builtClosure(join(root, 'out/main'), 'engine-process.cjs').files.map((file) => `out/main/${file}`),
    ...filesIn(root, 'out/models/default'),
    ...resources
      .map((name) => `resources/${name}`)
      .filter((path) => existsSync(join(root, path)))
      .flatMap((path) => filesIn(root, path)),
    ...enginePackages(root, target).flatMap((folder) => packageFiles(root, folder, target)),
  ];
  return [
    ...own.map((file) => ({ from: file, to: `engine/${file}` })),
    ...nodeFiles(target).filter(({ from }) => existsSync(join(root, from))),
  ];
}

/** Folders of the npm packages that the engine loads on a target; those of another platform need not be installed here. */
export function enginePackages(root: string, target: Target): string[] {
  const { packages } = builtClosure(join(root, 'out/main'), 'engine-process.cjs');
  const lockfile = parseLockfile(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return packagesFor(lockfile, packages, target, namesIn(root, target));
}

function nodeFiles(target: Target): ShippedFile[] {
  const folder = `node_modules/${nodePackage(target)}`;
  return [
    { from: `${folder}/bin/${nodeFile(target)}`, to: `node/${nodeFile(target)}` },
    { from: `${folder}/LICENSE`, to: 'node/LICENSE' },
  ];
}

function namesIn(root: string, target: Target): NamesDependency {
  return (folder, dependency) => {
    const name = dependency.replace(/[.]/g, '\\.');
    const pattern = new RegExp(`["'\`]${name}(?:/[^"'\`]*)?["'\`]`);
    return packageFiles(root, folder, target)
      .filter((file) => /\.[cm]?js$/.test(file))
      .some((file) => pattern.test(readFileSync(join(root, file), 'utf8')));
  };
}

function packageFiles(root: string, folder: string, target: Target): string[] {
  if (!existsSync(join(root, folder))) return [];
  const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
  return filesIn(root, folder).filter((file) => isShipped(name, posix.relative(folder, file), target));
}

/** Paths of a file or of all files in a folder, with the folder's own, sorted. */
function filesIn(root: string, path: string): string[] {
  if (statSync(join(root, path)).isFile()) return [path];
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .split(sep)
        .join('/'),
    )
    .sort();
}
