/**
 * Where another entry file of the program lies. The same code runs from source (TypeScript, in its own folders)
 * and from the bundle (CommonJS, all entries side by side).
 */

/**
 * @param from `import.meta.url` of the caller
 * @param name entry without extension; when run from source it is relative to the caller's folder
 */
export function sibling(from: string, name: string): URL {
  const bundled = !from.endsWith('.ts');
  return new URL(bundled ? `./${name.slice(name.lastIndexOf('/') + 1)}.cjs` : `./${name}.ts`, from);
}
