/** Which files of npm's packages are shipped: what the engine runs, for one platform, and every licence. */
import type { Target } from './target.ts';

const licence = /(?:^|\/)(?:licen[cs]e|copying|notice|copyright)[^/]*$/i;

/** What people who work on a package have in it. */
const leftOut: readonly RegExp[] = [
  /\.(?:map|[cm]?ts|flow|md|markdown|txt|tsbuildinfo|ya?ml|html)$/i,
  /\.(?:c|cc|cpp|cxx|h|hh|hpp|gypi?|o|obj|lib|pdb|cmake)$/i,
  /(?:^|\/)(?:test|tests|__tests__|docs?|examples?|benchmarks?|scripts?|install)\//i,
  /(?:^|\/)(?:\.[^/]+|makefile|tsconfig[^/]*\.json|[^/]*\.config\.[cm]?js)(?:$|\/)/i,
  /(?:^|\/)package-lock\.json$/,
];

/** Of packages that hold several builds of the same, or parts for all platforms: the files that are run. */
const runs: Partial<Record<string, (target: Target) => readonly RegExp[]>> = {
  'better-sqlite3': ({ platform, arch }) => [
    /^lib\/(?!(?:linux|linuxmusl|darwin|win32)-)/,
    new RegExp(`^prebuilds/${platform}-${arch}\\.node$`),
  ],
  'hnswlib-node': () => [/^lib\/[^/]+\.js$/, /^build\/Release\/addon\.node$/],
  'libheif-js': () => [/^libheif-wasm\/libheif-bundle\.js$/],
  'ml-matrix': () => [/^matrix\.js$/],
  'onnxruntime-common': () => [/^dist\/cjs\//],
  'onnxruntime-node': ({ platform, arch }) => [
    /^dist\//,
    // The Mac's library lies there under two names. The binding asks for the one without the minor version.
    new RegExp(`^bin/napi-v6/${platform}/${arch}/(?!libonnxruntime\\.\\d+\\.\\d+\\.\\d+\\.dylib$)`),
  ],
  protobufjs: () => [/^(?:index\.js$|src\/)/],
  sharp: () => [/^dist\/.*\.cjs$/],
  '@msgpack/msgpack': () => [/^dist\.cjs\//],
  '@saehrimnir/druidjs': () => [/^dist\/druid\.cjs$/],
  'umap-js': () => [/^dist\//],
};

/**
 * Whether a file of a package is shipped.
 * @param name of the package
 * @param file its path in the package's folder, with forward slashes
 */
export function isShipped(name: string, file: string, target: Target): boolean {
  // What is nested is a package of its own.
  if (file.includes('node_modules/')) return false;
  if (file === 'package.json' || licence.test(file)) return true;
  if (leftOut.some((pattern) => pattern.test(file))) return false;
  const patterns = runs[name]?.(target);
  return patterns === undefined || patterns.some((pattern) => pattern.test(file));
}
