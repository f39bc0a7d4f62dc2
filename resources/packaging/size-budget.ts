/** How large each part of a package is, and how large it may be. */
import { lstatSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

export interface PartSize {
  name: string;
  bytes: number;
  limitBytes: number;
}

interface Part {
  name: string;
  limitMb: number;
  /** Of paths in the resources folder, with forward slashes. */
  pattern: RegExp;
}

const inPackages = (names: string): RegExp => new RegExp(`^engine/node_modules/(?:${names})(?:/|$)`);

/** A file belongs to the first that it matches. Limits hold on every platform, with some room for the next versions. */
const parts: readonly Part[] = [
  { name: 'Node', limitMb: 135, pattern: /^node\// },
  { name: 'onnxruntime', limitMb: 75, pattern: inPackages('onnxruntime-[^/]+') },
  { name: 'sharp with libvips', limitMb: 23, pattern: inPackages('sharp|@img/[^/]+') },
  { name: 'better-sqlite3', limitMb: 3, pattern: inPackages('better-sqlite3') },
  { name: 'hnswlib-node', limitMb: 1, pattern: inPackages('hnswlib-node') },
  { name: 'libheif', limitMb: 2.5, pattern: inPackages('libheif-js') },
  { name: 'other npm packages', limitMb: 5, pattern: /^engine\/node_modules\// },
  { name: 'default backbone', limitMb: 10, pattern: /^engine\/out\/models\// },
  { name: 'shell and interface', limitMb: 4, pattern: /^app\.asar$/ },
  { name: 'engine', limitMb: 2.5, pattern: /^engine\/(?:out\/main\/|package\.json$)/ },
  {
    name: 'guide, notices and generic fit',
    limitMb: 8,
    pattern: /^engine\/|^(?:\.\.\/)?(?:LICENSE|sbom\.cdx\.json|third-party-notices\.txt)$/,
  },
];
const electron = { name: 'Electron', limitMb: 290 };
const totalLimitMb = 500;
const bytesPerMb = 1e6;

/**
 * Sizes of all parts, as they are named above; Electron's is what is in no other.
 * @param app folder of the unpacked app
 * @param resources the folder in it that holds the archive and the engine
 */
export function measureParts(app: string, resources: string): PartSize[] {
  const sizes = new Map([...parts, electron].map((part) => [part.name, 0]));
  for (const entry of readdirSync(app, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = relative(resources, file).split(sep).join('/');
    const part = parts.find(({ pattern }) => pattern.test(path)) ?? electron;
    sizes.set(part.name, (sizes.get(part.name) ?? 0) + lstatSync(file).size);
  }
  return [...parts, electron].map(({ name, limitMb }) => ({
    name,
    bytes: sizes.get(name) ?? 0,
    limitBytes: limitMb * bytesPerMb,
  }));
}

/** What is wrong with the sizes, in words: a part that is missing, or one that is too large. */
export function budgetProblems(sizes: readonly PartSize[]): string[] {
  const problems = sizes.flatMap(({ name, bytes, limitBytes }) => {
    if (bytes === 0) return [`${name} is missing: npm install on a machine of this kind, and npm run build`];
    return bytes > limitBytes ? [`${name} takes ${mb(bytes)} MB, and ${mb(limitBytes)} are allowed`] : [];
  });
  const total = totalOf(sizes);
  return total > totalLimitMb * bytesPerMb
    ? [...problems, `all together take ${mb(total)} MB, and ${totalLimitMb} are allowed`]
    : problems;
}

/** A table for the terminal, the largest first. */
export function budgetTable(sizes: readonly PartSize[]): string {
  const total = totalOf(sizes);
  const rows = [
    ...[...sizes].sort((a, b) => b.bytes - a.bytes),
    { name: 'together', bytes: total, limitBytes: totalLimitMb * bytesPerMb },
  ].map(({ name, bytes, limitBytes }) => [
    name,
    mb(bytes),
    `${((100 * bytes) / total).toFixed(1)} %`,
    mb(limitBytes),
  ]);
  const head = ['part', 'MB', 'share', 'limit'];
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
        .join('  '),
    )
    .join('\n');
}

function totalOf(sizes: readonly PartSize[]): number {
  return sizes.reduce((sum, { bytes }) => sum + bytes, 0);
}

function mb(bytes: number): string {
  return (bytes / bytesPerMb).toFixed(1);
}
